import { onScopeDispose, ref, shallowRef } from 'vue';
import { createAuralis } from 'auralis';

/** A player for as long as the component is there. */
export function useAuralis(options) {
  const music = shallowRef();
  const status = ref('loading');
  const error = ref();
  let gone = false;

  createAuralis(options).then((player) => {
    if (gone) return player.dispose();
    player.addEventListener('state', ({ detail }) => { status.value = detail.status; });
    music.value = player;
    status.value = player.state.status;
  }, (reason) => { error.value = reason.message; });
  onScopeDispose(() => {
    gone = true;
    music.value?.dispose();
  });

  return { music, status, error };
}
