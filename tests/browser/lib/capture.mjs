// Records what a page plays: a node of the test's own beside the page's, which posts every sample that the page's node gives.

/** The recorder's processor. */
export const CAPTURE_JS = `
registerProcessor('capture', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.parts = [];
    this.frames = 0;
  }
  process([[left, right]]) {
    if (left) {
      const both = new Float32Array(2 * left.length);
      for (let i = 0; i < left.length; i += 1) {
        both[2 * i] = left[i];
        both[2 * i + 1] = (right ?? left)[i];
      }
      this.parts.push(both);
      this.frames += left.length;
    }
    if (this.frames >= sampleRate / 4) {
      this.port.postMessage(this.parts);
      this.parts = [];
      this.frames = 0;
    }
    return true;
  }
});
`;

/** Runs in the page before its own scripts: what the page's worklet node gives is recorded into `recorded`. */
export function tap(captureUrl) {
  // What is compared sample by sample must not depend on how busy this machine is.
  localStorage.setItem('auralis.quality', localStorage.getItem('auralis.quality') ?? 'full');
  globalThis.recorded = [];
  const { addModule } = Worklet.prototype;
  Worklet.prototype.addModule = async function patched(...args) {
    await addModule.call(this, captureUrl);
    return addModule.apply(this, args);
  };
  // The recorder is made before the page's node: else its processor might come to life a few blocks too late.
  const taps = new WeakMap();
  const Node = globalThis.AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Node {
    constructor(context, ...rest) {
      const recorder = new Node(context, 'capture', { channelCount: 2, channelCountMode: 'explicit' });
      recorder.port.onmessage = ({ data }) => globalThis.recorded.push(...data);
      recorder.connect(context.destination);
      super(context, ...rest);
      taps.set(this, recorder);
    }
  };
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function patched(...args) {
    const recorder = taps.get(this);
    if (recorder) connect.call(this, recorder);
    return connect.apply(this, args);
  };
}

/** The frames recorded so far in a Playwright page, interleaved. */
export async function recorded(page) {
  const text = await page.evaluate(() => {
    const bytes = new Uint8Array(globalThis.recorded.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of globalThis.recorded) {
      bytes.set(new Uint8Array(part.buffer), at);
      at += part.byteLength;
    }
    let binary = '';
    for (let i = 0; i < bytes.length; i += 32768) binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(binary);
  });
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
