// Seeks for the audio thread, in a worker: at full speed, and without a callback that could come too late. It is told
// {engine, script, rate, session} and answers with all that there is of an engine that has come to the session's frame, for the processor's
// own engine to become; or with null where that cannot be had. One session, one worker.

/** Control intervals in one call: long enough that the calls cost nothing. */
const INTERVALS = 4096;

/** What an engine has in its memory where the session begins. */
export function sought(Engine, { engine: module, rate, session: { seed, words, changes, frame } }) {
  const engine = new Engine(module);
  engine.open(seed, rate, words);
  engine.seek(frame, words, changes);
  while (!engine.step(INTERVALS));
  return engine.image();
}

if (globalThis.WorkerGlobalScope) {
  globalThis.onmessage = async ({ data }) => {
    let image = null;
    try {
      const { Engine } = await import(new URL(data.script, globalThis.location.href));
      image = sought(Engine, data);
    } catch {
      // The audio thread does it by itself, then, in slices.
    }
    globalThis.postMessage(image, image ? [image] : []);
  };
}
