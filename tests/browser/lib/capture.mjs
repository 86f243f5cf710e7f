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
    // Every quarter of a second, and what is left when its node is gone.
    if (this.frames >= sampleRate / 4 || (!left && this.frames > 0)) {
      this.port.postMessage(this.parts);
      this.parts = [];
      this.frames = 0;
    }
    return true;
  }
});
`;

/**
 * Runs in the page before its own scripts: what the page's worklet node gives is recorded into `recorded`, and each node's apart from the
 * others into `takes`; what reaches the loudspeakers, after the listener's volume, into `heard`. `contexts` are the page's AudioContexts.
 */
export function tap(captureUrl) {
  // What is compared sample by sample must not depend on how busy this machine is.
  localStorage.setItem('auralis.1.quality', localStorage.getItem('auralis.1.quality') ?? 'full');
  Object.assign(globalThis, { recorded: [], takes: [], heard: [], contexts: [] });
  const { addModule } = Worklet.prototype;
  Worklet.prototype.addModule = async function patched(...args) {
    await addModule.call(this, captureUrl);
    return addModule.apply(this, args);
  };
  const Context = globalThis.AudioContext;
  globalThis.AudioContext = class extends Context {
    constructor(...args) {
      super(...args);
      globalThis.contexts.push(this);
    }
  };
  const Node = globalThis.AudioWorkletNode;
  const { connect } = AudioNode.prototype;
  const recorder = (context, take) => {
    const node = new Node(context, 'capture', { channelCount: 2, channelCountMode: 'explicit' });
    node.port.onmessage = ({ data }) => take(data);
    connect.call(node, context.destination);
    return node;
  };
  // The recorder is made before the page's node: else its processor might come to life a few blocks too late.
  const taps = new WeakMap();
  const ends = new Set();
  globalThis.AudioWorkletNode = class extends Node {
    constructor(context, ...rest) {
      const take = [];
      globalThis.takes.push(take);
      const tapped = recorder(context, (parts) => {
        take.push(...parts);
        globalThis.recorded.push(...parts);
      });
      for (const end of [...ends].filter((node) => node.context === context)) {
        connect.call(end, recorder(context, (parts) => globalThis.heard.push(...parts)));
        ends.delete(end);
      }
      super(context, ...rest);
      taps.set(this, tapped);
    }
  };
  AudioNode.prototype.connect = function patched(...args) {
    if (args[0] instanceof AudioDestinationNode) ends.add(this);
    if (taps.has(this)) connect.call(this, taps.get(this));
    return connect.apply(this, args);
  };
}

/** The frames recorded so far in a Playwright page, interleaved; or those of one take, or what was heard. They stay, unless they are `taken`. */
export async function recorded(page, what = 'recorded', taken = false) {
  const text = await page.evaluate(([name, gone]) => {
    const parts = typeof name === 'number' ? globalThis.takes[name] : globalThis[name];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(new Uint8Array(part.buffer), at);
      at += part.byteLength;
    }
    let binary = '';
    for (let i = 0; i < bytes.length; i += 32768) binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
    if (gone) parts.length = 0;
    return btoa(binary);
  }, [what, taken]);
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
