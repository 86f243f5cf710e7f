// The music follows the danger, in the game's own audio graph: `set` may be called in every frame, and costs nothing where nothing changes.

import { createAuralis } from 'auralis';

const field = document.getElementById('field');
const canvas = field.getContext('2d');
const play = document.getElementById('play');
const status = document.getElementById('status');

const pointer = { x: 500, y: 180 };
const hunter = { x: 60, y: 60 };
field.addEventListener('pointermove', ({ offsetX, offsetY }) => Object.assign(pointer, { x: offsetX, y: offsetY }));

async function begin() {
  const context = new AudioContext();
  const mixer = new GainNode(context, { gain: 0.8 });
  mixer.connect(context.destination);
  const music = await createAuralis({ context, destination: mixer, preset: 'abyss', intensity: 0.2 });
  music.addEventListener('state', ({ detail }) => { status.textContent = detail.status; });
  await context.resume();
  await music.play();
  return music;
}

function run(music) {
  let danger = 0;
  const frame = () => {
    hunter.x += (pointer.x - hunter.x) * 0.012;
    hunter.y += (pointer.y - hunter.y) * 0.012;
    const near = Math.max(0, 1 - Math.hypot(pointer.x - hunter.x, pointer.y - hunter.y) / 400);
    danger += (near - danger) * 0.02;
    // In steps: what changes by less is not worth a place in the session's log.
    const intensity = Math.round(danger * 20) / 20;
    if (intensity !== music.state.settings.intensity) music.set({ intensity });
    canvas.clearRect(0, 0, field.width, field.height);
    canvas.fillStyle = `hsl(${200 - 200 * danger} 60% 50%)`;
    for (const { x, y } of [pointer, hunter]) canvas.fillRect(x - 6, y - 6, 12, 12);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

play.addEventListener('click', async () => {
  play.disabled = true;
  run(await begin());
});
