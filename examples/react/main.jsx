import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useAuralis } from './useAuralis.js';

function Music() {
  const { music, status, error } = useAuralis({ preset: 'focus' });
  if (error) return <p role="alert">{error.message}</p>;
  return (
    <>
      <button id="play" type="button" disabled={!music} onClick={() => (status === 'paused' ? music.play() : music.pause())}>
        {status === 'paused' ? 'Play' : 'Pause'}
      </button>
      <output id="status">{status}</output>
    </>
  );
}

createRoot(document.getElementById('root')).render(<StrictMode><Music /></StrictMode>);
