import { readable } from 'svelte/store';
import { createAuralis } from 'auralis';

/** A player and what it does, from the first subscription to the last. */
export const auralis = (options) => readable({ status: 'loading' }, (set) => {
  const making = createAuralis(options);
  making.then((music) => {
    const tell = () => set({ music, status: music.state.status });
    music.addEventListener('state', tell);
    tell();
  }, (error) => set({ status: 'failed', error }));
  return () => making.then((music) => music.dispose(), () => {});
});
