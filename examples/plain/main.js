import { createAuralis } from 'auralis';

const play = document.getElementById('play');
const status = document.getElementById('status');
const intensity = document.getElementById('intensity');

const music = await createAuralis({ preset: 'focus', intensity: Number(intensity.value) });

play.addEventListener('click', () => (music.state.status === 'paused' ? music.play() : music.pause()));
intensity.addEventListener('input', () => music.set({ intensity: Number(intensity.value) }));
music.addEventListener('state', ({ detail }) => {
  status.textContent = detail.status;
  play.textContent = detail.status === 'paused' ? 'Play' : 'Pause';
});
