// Runs in a page: renders a session in an OfflineAudioContext with the real worklet.js and posts the frames to the test.

/** @param {{worklet: string, wasm: string, upload: string, rate: number, frames: number, session: object, bytes: boolean}} what */
export async function renderOffline(what) {
  const context = new OfflineAudioContext(2, what.frames, what.rate);
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
  node.port.onmessage = ({ data }) => {
    if (data.type === 'error' || data.type === 'refused') trouble = JSON.stringify(data);
  };
  node.onprocessorerror = () => {
    trouble = 'the processor threw';
  };
  node.connect(context.destination);
  const rendered = await context.startRendering();
  const [left, right] = [rendered.getChannelData(0), rendered.getChannelData(1)];
  const both = new Float32Array(2 * left.length);
  for (let i = 0; i < left.length; i += 1) {
    both[2 * i] = left[i];
    both[2 * i + 1] = right[i];
  }
  await fetch(what.upload, { method: 'POST', body: both.buffer });
  return trouble;
}
