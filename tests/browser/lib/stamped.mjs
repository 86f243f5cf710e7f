// Records what leaves a page's loudspeakers and when, by the browser's own account, so that two pages can be compared.

import { recorded } from './capture.mjs';

/** Of the context in the tests. */
export const RATE = 44100;

/** The recorder's processor: the left channel, with the context's frame at which each part begins. */
export const CAPTURE_JS = `
registerProcessor('stamped', class extends AudioWorkletProcessor {
  process([[left]]) {
    if (left) this.port.postMessage([currentFrame, left.slice()]);
    return true;
  }
});
`;

/** Runs in the page before its own scripts, with the recorder's address and who is to make the music. */
export function record({ url, quality }) {
  localStorage.setItem('auralis.1.quality', quality);
  Object.assign(globalThis, { stamped: [], stamps: [] });
  const { addModule } = Worklet.prototype;
  Worklet.prototype.addModule = async function patched(...args) {
    await addModule.call(this, url);
    return addModule.apply(this, args);
  };
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function patched(...args) {
    if (args[0] instanceof AudioDestinationNode) {
      const { context } = this;
      const wait = setInterval(() => {
        try {
          const node = new AudioWorkletNode(context, 'stamped', { channelCount: 2, channelCountMode: 'explicit' });
          clearInterval(wait);
          node.port.onmessage = ({ data }) => {
            globalThis.stamped.push(data);
            if (globalThis.stamped.length > 6000) globalThis.stamped.shift();
          };
          connect.call(this, node);
          connect.call(node, context.destination);
        } catch {
          // The module is not there yet.
        }
      }, 50);
      setInterval(() => {
        const { contextTime, performanceTime } = context.getOutputTimestamp();
        if (contextTime > 0) globalThis.stamps.push(performance.timeOrigin + performanceTime - contextTime * 1000);
        if (globalThis.stamps.length > 100) globalThis.stamps.shift();
      }, 100);
    }
    return connect.apply(this, args);
  };
}

/** The last seconds of a Playwright page, and when the first of their frames left, in milliseconds since 1970. */
export async function moments(page, seconds = 4) {
  const at = await page.evaluate((count) => {
    const parts = globalThis.stamped.slice(-count);
    const stamps = [...globalThis.stamps].sort((a, b) => a - b);
    globalThis.latest = parts.map(([, samples]) => samples);
    return (parts[0][0] / 44100) * 1000 + stamps[stamps.length >> 1];
  }, Math.round((seconds * RATE) / 128));
  return { at, left: await recorded(page, 'latest') };
}

/** How many seconds later the second of two recordings plays the same, at most so many, and how much alike they are then. */
export function lag(a, b, farthest = 0.5) {
  const shift = Math.round(((a.at - b.at) / 1000) * RATE);
  // A frame of `a` at i left at the same time as one of `b` at i + shift.
  const most = Math.round(farthest * RATE);
  const [first, last] = [Math.max(0, -shift) + most, Math.min(a.left.length, b.left.length - shift) - most];
  let best = { seconds: NaN, alike: -1 };
  const look = (by, step) => {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = first; i < last; i += step) {
      const [x, y] = [a.left[i], b.left[i + shift + by]];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    const alike = ab / Math.sqrt(aa * bb);
    if (alike > best.alike) best = { seconds: by / RATE, alike };
  };
  // First in steps that are short beside the waves of most of the sound, then around the best of them.
  for (let by = -most; by <= most; by += 6) look(by, 31);
  const middle = Math.round(best.seconds * RATE);
  best.alike = -1;
  for (let by = middle - 12; by <= middle + 12; by += 1) look(by, 7);
  return best;
}
