// Runs in a page: renders a session in an OfflineAudioContext with the real worklet.js and posts the frames to the test.
//
// A browser may let the graph begin without the node: WebKit takes up connections at a block's beginning only if the page's thread does not
// hold the graph's lock just then (`BaseAudioContext::handlePreRenderTasks`). So some blocks more are rendered than asked for, the
// processor says at which of them it began, and what is posted is counted from there. Before it, there must be silence.

/** @param {{worklet: string, wasm: string, upload: string, rate: number, frames: number, session: object, bytes: boolean}} what */
export async function renderOffline(what) {
  const spare = 64 * 128;
  const context = new OfflineAudioContext(2, what.frames + spare, what.rate);
  await context.audioWorklet.addModule(what.worklet);
  const bytes = await (await fetch(what.wasm)).arrayBuffer();
  const change = ({ frame, words }) => ({ frame: BigInt(frame), words: new Float32Array(words) });
  const { seed, words, changes, frame } = what.session;
  const node = new AudioWorkletNode(context, 'auralis', {
    numberOfInputs: 0,
    outputChannelCount: [2],
    processorOptions: {
      ...(what.bytes ? { bytes } : { module: await WebAssembly.compile(bytes) }),
      session: {
        seed: BigInt(seed), words: new Float32Array(words), changes: changes.map(change), frame: BigInt(frame),
      },
      playing: true,
      fade: 0,
      slice: 2 ** 30,
    },
  });
  let trouble = '';
  const begun = new Promise((resolve) => {
    node.port.onmessage = ({ data }) => {
      if (data.type === 'error' || data.type === 'refused') trouble = JSON.stringify(data);
      if (data.type === 'state' && data.playing && !data.seeking) resolve(Math.round(data.at * what.rate));
      if (trouble) resolve(0);
    };
    node.onprocessorerror = () => {
      trouble = 'the processor threw';
      resolve(0);
    };
  });
  node.connect(context.destination);
  const rendered = await context.startRendering();
  const [left, right] = [rendered.getChannelData(0), rendered.getChannelData(1)];
  const first = await begun;
  if (first > spare) trouble ||= `the processor began ${first} frames late`;
  if ([left, right].some((channel) => channel.subarray(0, first).some((x) => x !== 0))) trouble ||= 'sound before the beginning';
  const both = new Float32Array(2 * what.frames);
  for (let i = 0; i < what.frames; i += 1) {
    both[2 * i] = left[first + i];
    both[2 * i + 1] = right[first + i];
  }
  // In pieces: Chromium's driver is told of every body that is posted, and a body of 100 MB is more than it can take.
  const piece = 2 ** 21;
  for (let at = 0; at < both.length; at += piece) {
    const more = at + piece < both.length ? '?more' : '';
    await fetch(what.upload + more, { method: 'POST', body: both.slice(at, at + piece) });
  }
  return trouble;
}
