// A worker of the test's own around the site's worker of textures: it opens the GPU as that one does, and tells of trials.

/** How Chromium is started to have WebGPU where there is no GPU: by a program. */
export const SWIFTSHADER = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** Firefox's preferences for the same, by Mesa's. */
export const LAVAPIPE = { 'dom.webgpu.enabled': true, 'dom.webgpu.workers.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

/** The worker's script, for a site in /sub/. */
export const GPU_WORKER_JS = `
import { adapter, open } from '/sub/textures.js';

const devices = [];
const requestDevice = globalThis.GPUAdapter?.prototype.requestDevice;
if (requestDevice) {
  GPUAdapter.prototype.requestDevice = async function patched(...args) {
    const device = await requestDevice.apply(this, args);
    devices.push(device);
    return device;
  };
}
const FILES = { script: '/sub/gpu.js', module: '/sub/gpu_bg.wasm', software: true };
const second = 44100;
const loudest = (samples) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const tasks = {
  /** How far each kernel is off, as a share of what is allowed, and how loud it was. */
  async parity({ bindings: { Textures, Trial }, textures }) {
    const all = {};
    for (const [name, partials, grains] of [['bank', 4096, 0], ['grains', 0, 3000], ['both', 700, 900], ['nothing', 0, 0]]) {
      const trial = new Trial(7n, partials, grains);
      const [rendered, twin] = [await textures.try_out(trial, second), trial.twin(second)];
      all[name] = { apart: Trial.apart(rendered, twin), loudest: loudest(twin), frames: rendered.length / 2 };
      if (name === 'bank') all.wrong = Trial.apart(rendered, new Trial(8n, partials, grains).twin(second));
    }
    return { ...all, onDevice: textures.is_on_device() };
  },
  /** Milliseconds that a second of a bank takes, again and again, here and on the processor. */
  async speed({ bindings: { Trial }, textures }, { rounds }) {
    const trial = new Trial(7n, 4096, 0);
    const gpu = [];
    for (let i = 0; i < rounds; i += 1) {
      const begun = performance.now();
      await textures.try_out(trial, second);
      gpu.push(performance.now() - begun);
    }
    const begun = performance.now();
    trial.twin(second);
    return { gpu, twin: performance.now() - begun, onDevice: textures.is_on_device() };
  },
  /** Takes the device away while it renders; goes on until there is another one, or as often as it takes to give up. */
  async loss({ bindings: { Trial }, textures }, { often }) {
    const trial = new Trial(9n, 500, 500);
    const twin = trial.twin(second);
    const apart = [];
    const render = async () => apart.push(Trial.apart(await textures.try_out(trial, second), twin));
    const events = [];
    for (let i = 0; i < often; i += 1) {
      const rendering = render();
      devices.at(-1).destroy();
      await rendering;
      for (let tries = 0; tries < 200 && !textures.is_on_device() && !textures.is_left(); tries += 1) {
        await render();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      events.push(...textures.events());
    }
    await render();
    return { apart: Math.max(...apart), spans: apart.length, events, devices: devices.length, onDevice: textures.is_on_device(), left: textures.is_left() };
  },
};

globalThis.onmessage = async ({ data: { task, ...options } }) => {
  try {
    const name = await adapter(FILES);
    const opened = await open(FILES);
    globalThis.postMessage({ name, took: opened.took, ...(await tasks[task](opened, options)) });
  } catch (error) {
    globalThis.postMessage({ error: String(error?.stack ?? error) });
  }
};
`;

/** Runs in a page: has the worker do a task, and gives what it says. */
export function inWorker(told) {
  return new Promise((resolve) => {
    const worker = new Worker('/gpu-worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => resolve({ error: event.message || 'the worker did not start' });
    worker.postMessage(told);
  });
}
