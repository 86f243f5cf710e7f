// The module's ABI (src/abi.rs) in JavaScript.

/** Why the engine refuses something, by the number that it gives. */
export const REFUSALS = Object.freeze({ CLOSED: 1, RATE: 2, SETTINGS: 3, PAST: 4, FULL: 5 });

/** Frames in a control interval. */
const CONTROL = 64;

const SENTENCES = [
  '', 'no session is open', 'the sample rate must be 44100 or 48000', 'a setting is out of its range',
  'the change lies in the past', 'there are too many changes within the last minutes',
];

/** A seed as a bigint, given as one, as a decimal string or as a safe integer: 0 to 2⁶⁴-1, and nothing is rounded or cut. */
export function seed(value) {
  const text = typeof value === 'number' && !Number.isSafeInteger(value) ? '' : String(value).trim();
  const whole = ['bigint', 'number', 'string'].includes(typeof value) && /^\+?\d+$/.test(text) ? BigInt(text.replace('+', '')) : -1n;
  if (whole >= 0n && whole < 2n ** 64n) return whole;
  const error = new RangeError(`seed cannot be "${String(value)}"; allowed: a whole number from 0 to 18446744073709551615`);
  throw Object.assign(error, { usage: true });
}

/** The compiled engine, with one session at a time. */
export class Engine {
  /** @param {WebAssembly.Module | BufferSource} module compiled, or its bytes */
  constructor(module) {
    const compiled = module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module);
    /** The module's own exports. */
    this.raw = new WebAssembly.Instance(compiled).exports;
    this.most = this.raw.most_frames();
    /** Called after each control interval, if somebody wants its parts. */
    this.tap = undefined;
    this.look();
  }

  /** Views of the buffers. Memory only ever grows in `open`, which detaches them. */
  look() {
    const { memory, words, word_count, left, right, parts, part_count } = this.raw;
    this.words = new Float32Array(memory.buffer, words(), word_count());
    this.left = new Float32Array(memory.buffer, left(), this.most);
    this.right = new Float32Array(memory.buffer, right(), this.most);
    this.parts = new Float32Array(memory.buffer, parts(), part_count());
    this.part = 0;
  }

  /** Throws a refusal as an Error with its number as `code`. */
  static check(code) {
    if (code !== 0) throw Object.assign(new Error(SENTENCES[code] ?? `refused (${code})`), { code });
  }

  /** Opens a session at its first frame; the seed in any form that `seed` takes. */
  open(session, rate, words) {
    const whole = seed(session);
    this.words.set(words);
    const code = this.raw.open(BigInt.asIntN(64, whole), rate);
    this.look();
    Engine.check(code);
  }

  /** The settings in `words` hold from `frame` on. Gives 0, or why not. */
  apply(frame, words) {
    this.words.set(words);
    return this.raw.apply(frame);
  }

  /** How many of the changes must be told for a seek to `frame`; the others can be applied afterwards. */
  known(frame, changes) {
    const until = this.raw.known_until(frame);
    let known = 0;
    while (known < changes.length && changes[known].frame < until) known += 1;
    return known;
  }

  /** Begins to go to `frame`; `step` goes on. Gives how many of the changes the engine now has. */
  seek(frame, words, changes) {
    this.words.set(words);
    Engine.check(this.raw.timeline_begin());
    const known = this.known(frame, changes);
    for (let i = 0; i < known; i += 1) {
      this.words.set(changes[i].words);
      Engine.check(this.raw.timeline_push(changes[i].frame));
    }
    Engine.check(this.raw.seek_begin(frame));
    return known;
  }

  /**
   * All that there is of this engine, as another one of the same module takes it: between two calls its memory is all its state.
   */
  image() {
    return this.raw.memory.buffer.slice(0);
  }

  /** Becomes what another engine of the same module was. Takes memory where that one had more. */
  become(image) {
    const { memory } = this.raw;
    const missing = image.byteLength - memory.buffer.byteLength;
    if (missing > 0) memory.grow(missing / 65536);
    new Uint8Array(memory.buffer).set(new Uint8Array(image));
    this.look();
  }

  /** Goes on seeking by at most so many control intervals; true when it is there. */
  step(intervals) {
    return this.raw.seek_some(intervals) === 1;
  }

  /** Renders `count` frames into the two arrays, from `offset` on. */
  render(left, right, offset, count) {
    for (let done = 0; done < count;) {
      let n = Math.min(this.most, count - done);
      // Not beyond the next control point: each interval's parts are there until the next is synthesized.
      if (this.tap) n = Math.min(n, CONTROL - Number(this.position % BigInt(CONTROL)));
      this.raw.render(n);
      this.tap?.();
      if (n !== this.part) {
        this.part = n;
        this.partLeft = this.left.subarray(0, n);
        this.partRight = this.right.subarray(0, n);
      }
      left.set(this.partLeft, offset + done);
      right.set(this.partRight, offset + done);
      done += n;
    }
  }

  /** Takes a page of a texture that was rendered elsewhere (src/abi.rs); 1 if it is one. */
  supply(print, page, left, right) {
    this.left.set(left);
    this.right.set(right);
    return this.raw.supply(print, page);
  }

  /**
   * The stems of the control interval that was synthesized last, which ends at `earliest`, in `parts`: for each layer, and then for
   * delay and reverb, the left channel and the right. Seeking in steps of one interval synthesizes each of them too.
   */
  takeParts() {
    this.raw.take_parts();
  }

  /** The next frame to be rendered. */
  get position() {
    return BigInt.asUintN(64, this.raw.position());
  }

  /** The span of the session that was rendered last as a whole, by its first frame; 2⁶⁴-1 if there is none. */
  get proved() {
    return BigInt.asUintN(64, this.raw.proof_frame());
  }

  /** What proves it. */
  get proof() {
    return BigInt.asUintN(64, this.raw.proof_hash());
  }

  /** The earliest frame at which a change is still taken. */
  get earliest() {
    return BigInt.asUintN(64, this.raw.earliest_change());
  }
}
