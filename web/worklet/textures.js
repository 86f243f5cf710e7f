// Textures on the GPU, in a worker, where there is one: without an adapter nothing is loaded. It is told {script, module, software}: the addresses
// of what web/gpu is built to, and whether an adapter counts that is a program, which only tests want. It says {device} when its GPU renders what
// the processor does, and fast enough; {told} with a sentence of what happens to that GPU; {none} with the reason when there is none, or none any
// more: that is its end.

/** What adapters are called that are programs: slower than the processor itself. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;
/** A second of a large texture: so many partials and grains. It must be there within so many milliseconds, the second time. */
const LARGE = { seed: 1n, partials: 4096, grains: 512, frames: 44100 };
const LONGEST = 500;

/** What is to be known of an adapter. */
const described = ({ info, isFallbackAdapter }) => {
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].filter(Boolean).join(' ');
  return { name: words || 'a GPU without a name', software: Boolean(info?.isFallbackAdapter ?? isFallbackAdapter) || SOFTWARE.test(words) };
};

/** The name of the GPU that this browser gives; throws where there is none. */
export async function adapter({ software: allowed = false } = {}, gpu = globalThis.navigator?.gpu) {
  const given = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!given) throw new Error(gpu ? 'this browser gives no GPU' : 'this browser has no WebGPU');
  const { name, software } = described(given);
  if (software && !allowed) throw new Error(`${name} is a program, and no GPU`);
  return name;
}

/** Loads the module, opens the GPU, and sees whether it is of use. */
export async function open({ script, module, software = false }) {
  const bindings = await import(new URL(script, globalThis.location.href));
  await bindings.default({ module_or_path: new URL(module, globalThis.location.href) });
  const textures = await bindings.Textures.open(software);
  const trial = new bindings.Trial(LARGE.seed, LARGE.partials, LARGE.grains);
  await textures.try_out(trial, LARGE.frames);
  const begun = performance.now();
  await textures.try_out(trial, LARGE.frames);
  const took = Math.round(performance.now() - begun);
  if (took > LONGEST && !software) throw new Error(`a second of textures took ${took} ms, and the processor needs less`);
  return { bindings, textures, took };
}

if (globalThis.WorkerGlobalScope) {
  globalThis.onmessage = async ({ data }) => {
    try {
      const name = await adapter(data);
      const { took } = await open(data);
      globalThis.postMessage({ device: name, took });
    } catch (error) {
      globalThis.postMessage({ none: String(error?.message ?? error) });
      globalThis.close();
    }
  };
}
