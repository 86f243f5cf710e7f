import { useEffect, useState } from 'react';
import { createAuralis } from 'auralis';

/** A player for as long as the component is there; `options` are those that it begins with. */
export function useAuralis(options) {
  const [music, setMusic] = useState(null);
  const [status, setStatus] = useState('loading');
  const [error, setError] = useState(null);

  useEffect(() => {
    let gone = false;
    const making = createAuralis(options);
    making.then((player) => {
      if (gone) return;
      player.addEventListener('state', ({ detail }) => setStatus(detail.status));
      setMusic(player);
      setStatus(player.state.status);
    }, setError);
    return () => {
      gone = true;
      making.then((player) => player.dispose(), () => {});
    };
    // What the options are later is for `music.set`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  return { music, status, error };
}
