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
const loudest = (samples) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const tasks = {
  /** How far each kernel is off, as a share of what is allowed, and how loud it was. */
  async parity({ bindings: { Sheet }, textures }) {
    const all = {};
    for (const [name, partials, grains] of [['bank', 4096, 0], ['grains', 0, 3000], ['both', 700, 900], ['nothing', 0, 0]]) {
      const trial = Sheet.trial(7n, partials, grains);
      const [rendered, twin] = [await textures.render(trial), trial.twin()];
      all[name] = { apart: Sheet.apart(rendered, twin), loudest: loudest(twin), frames: rendered.length / 2 };
      if (name === 'bank') all.wrong = Sheet.apart(rendered, Sheet.trial(8n, partials, grains).twin());
    }
    return { ...all, onDevice: textures.is_on_device() };
  },
  /** Milliseconds that a second of a bank takes, again and again, here and on the processor. */
  async speed({ bindings: { Sheet }, textures }, { rounds }) {
    const trial = Sheet.trial(7n, 4096, 0);
    const gpu = [];
    for (let i = 0; i < rounds; i += 1) {
      const begun = performance.now();
      await textures.render(trial);
      gpu.push(performance.now() - begun);
    }
    const begun = performance.now();
    trial.twin();
    return { gpu, twin: performance.now() - begun, onDevice: textures.is_on_device() };
  },
  /** Takes the device away while it renders; goes on until there is another one, or as often as it takes to give up. */
  async loss({ bindings: { Sheet }, textures }, { often }) {
    const trial = Sheet.trial(9n, 500, 500);
    const twin = trial.twin();
    const apart = [];
    const render = async () => apart.push(Sheet.apart(await textures.render(trial), twin));
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
    const opened = await open(FILES, name);
    globalThis.postMessage({ name, took: opened.took, ...(await tasks[task](opened, options)) });
  } catch (error) {
    globalThis.postMessage({ error: String(error?.stack ?? error) });
  }
};
`;

/**
 * Runs in a page before its own scripts: quality is rich, programs count as GPUs, and `gpu` has what the site's worker of textures says: its `device`, its
 * end, and what happened to its GPU.
 */
export function watchGpu() {
  localStorage.setItem('auralis.1.quality', 'rich');
  globalThis.gpu = { workers: 0, told: [] };
  const Own = globalThis.Worker;
  globalThis.Worker = class extends Own {
    constructor(url, options) {
      super(url, options);
      if (!String(url).includes('textures.js')) return;
      globalThis.gpu.workers += 1;
      this.addEventListener('message', ({ data }) => {
        if (data.device) globalThis.gpu.device = data.device;
        if (data.none) globalThis.gpu.none = data.none;
        if (data.told) globalThis.gpu.told.push(data.told);
      });
      this.addEventListener('error', () => { globalThis.gpu.broken = true; });
      const post = this.postMessage.bind(this);
      this.postMessage = (told, ...rest) => post(told.script ? { ...told, software: true } : told, ...rest);
    }
  };
}

/** Before a worker's script: each of its devices is destroyed after a while. */
export const SHORT_LIVED_JS = `
const ofAdapter = globalThis.GPUAdapter?.prototype;
const request = ofAdapter?.requestDevice;
if (ofAdapter) {
  ofAdapter.requestDevice = async function patched(...args) {
    const device = await request.apply(this, args);
    setTimeout(() => device.destroy(), 2000);
    return device;
  };
}
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
