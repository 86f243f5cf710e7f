// Measures what the engine costs on this device, in a worker, before play is pressed. It is told {engine, script, rate, words} and answers
// with the seconds that a second of music takes, or null where that cannot be measured.

/** A slice: frames, and how many of them; those before `warm` are not counted, since browsers compile while they run. */
const FRAMES = 4096;
const SLICES = { warm: 12, counted: 24 };
/** Milliseconds after which it has seen enough: a device as slow as that is slow. */
const ENOUGH = 1500;
/** How much dearer the dearest passages are than a session's beginning, as measured in every preset: two movements sound there at once. */
const LATER = 2.3;

/** The seconds that a second takes. */
export function measure(Engine, { engine: module, rate, words }, now = () => performance.now()) {
  const engine = new Engine(module);
  engine.open(1n, rate, words);
  const [left, right] = [new Float32Array(FRAMES), new Float32Array(FRAMES)];
  const costs = [];
  const begun = now();
  for (let i = 0; i < SLICES.warm + SLICES.counted; i += 1) {
    const start = now();
    engine.render(left, right, 0, FRAMES);
    const end = now();
    if (i >= SLICES.warm || end - begun > ENOUGH) costs.push(end - start);
    if (end - begun > ENOUGH && costs.length >= 3) break;
  }
  // The middle one: what else the machine did meanwhile is in few of them.
  costs.sort((a, b) => a - b);
  return (LATER * costs[costs.length >> 1]) / 1000 / (FRAMES / rate);
}

if (globalThis.WorkerGlobalScope) {
  globalThis.onmessage = async ({ data }) => {
    let cost = null;
    try {
      const { Engine } = await import(new URL(data.script, globalThis.location.href));
      cost = measure(Engine, { ...data, words: new Float32Array(data.words) });
    } catch {
      // Nobody knows, then: the first seconds of playing will tell.
    }
    globalThis.postMessage(cost);
  };
}
