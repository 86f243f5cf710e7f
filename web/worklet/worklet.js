// The audio thread's side of Auralis: one file without imports, since an AudioWorkletGlobalScope can fetch none.
//
// `Engine` is the module's ABI (src/abi.rs) in JavaScript; Node uses it too (hash.mjs, bench.mjs, tests). `Processor` plays one
// session in an AudioWorkletNode. Both take all their memory beforehand: what runs in every block makes no garbage.
//
// A session is told as `{seed, words, changes, frame}`: `words` are the settings in force just before the first of
// `changes` ([{frame, words}, …], in order), `frame` is where to begin. To begin late, changes must reach back to
// `history_for(frame)`; older ones are folded into `words`. Seeds and frames are BigInts, settings Float32Arrays.
//
// Messages to the processor:
//   {type: 'open', seed, words, changes?, frame?, turn?, ahead?, due?}
//                                                  play this session from there, in place of the one before; `turn` comes back in
//                                                  every report on it; `ahead`: a worker seeks (seek.js), wait for it; `due`: the
//                                                  context's time at which `frame` is to sound: wait for that too, or leave out what is late
//   {type: 'arrive', turn, memory}                 what that worker's engine had in its memory when it was there
//   {type: 'alone', turn}                          there will be no such answer
//   {type: 'change', id, words, frame?, after?}    these settings hold from `frame` on (from now on if it is not given, or has
//                                                  passed); replaces all changes that were still to come, unless it comes `after` them
//   {type: 'swap', turn, frame, words, changes, memory}
//                                                  what a worker's engine had in its memory when it was at that frame, with another past:
//                                                  the music goes over into it there; words and changes as in `open`
//   {type: 'due', turn, at}                        that opening, if it still waits, is due at another time
//   {type: 'pace', ratio}                          frames of the session for each one that is heard: a little more or less than 1
//   {type: 'quality', id, value}                   this quality from now on, and in all changes still to come, which stay
//   {type: 'play'}, {type: 'pause'}                with short fades; paused, nothing is computed
//   {type: 'close'}                                the end of the node
// Messages from it:
//   {type: 'ready', sound}                              the engine is there; the version of its sound
//   {type: 'state', turn, position, at, load, playing, seeking, gaps, wrong}
//                                                       twice a second, and whenever something begins or ends; `at` is the
//                                                       context's time, `load` the engine's share of the audio thread's, `gaps`
//                                                       how often since the last report the output went without, `wrong` how many
//                                                       samples were beyond full scale
//   {type: 'changed', id, frame}, {type: 'refused', id, code}
//   {type: 'swapped', turn, frame, there}               what was to be gone over into; not `there`: it came too late
//   {type: 'error', message, turn, position}            the engine is broken; silence from now on, where the music had come to

/** Why the engine refuses something, by the number that it gives. */
export const REFUSALS = Object.freeze({ CLOSED: 1, RATE: 2, SETTINGS: 3, PAST: 4, FULL: 5 });

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

/** The word that holds the quality. */
const QUALITY = 8;

/** At least the frames between two control points: the engine begins with each before it is heard. */
const CONTROL = 64n;

/** The compiled engine, with one session at a time. */
export class Engine {
  /** @param {WebAssembly.Module | BufferSource} module compiled, or its bytes */
  constructor(module) {
    const compiled = module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module);
    /** The module's own exports. */
    this.raw = new WebAssembly.Instance(compiled).exports;
    this.most = this.raw.most_frames();
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
      const n = Math.min(this.most, count - done);
      this.raw.render(n);
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

  /** The earliest frame at which a change is still taken. */
  get earliest() {
    return BigInt.asUintN(64, this.raw.earliest_change());
  }
}

/**
 * A seek on the audio thread: no call may come too late. The clock has whole milliseconds: a call ends when as many have begun as lie within
 * `longest` of its time, looking every `step` control intervals, since an interval can cost several times as much as those before it.
 * Where a clock is coarser, for privacy, the number of intervals decides: so many that they take `share` of the time, as measured over `calls`
 * calls, `faster` at a time, from `first` on, between `least` and `most`.
 */
const SEEK = { longest: 0.8, step: 4, share: 0.6, calls: 16, faster: 1.5, first: 16, least: 8, most: 1024 };
/** Seconds of the fades: at pause and play, from one session or moment to another, and of the rest of a sound that broke off. */
const PAUSE_SECONDS = 0.1;
const PART_SECONDS = 0.4;
const ENTER_SECONDS = 0.25;
const EBB_SECONDS = 0.01;
/** Seconds between two reports. */
const REPORT_SECONDS = 0.5;
/** Seconds after which a worker that was to seek is no longer waited for. */
const PATIENCE_SECONDS = 20;
/** How many blocks are left out in the time of one, where a session that keeps a time is late. */
const CATCH_UP = 12;
/** Frames in which the music goes over into what a worker made of it. */
const SWAP_FRAMES = 1024;
/** The least and the most that `pace` may be: nine cents; the page keeps to a third of it. */
const PACE = { least: 0.995, most: 1.005 };
/** How many milliseconds the output must have lost to count, and how many are no loss but a machine that slept. */
const GAP = { least: 15, most: 1000 };

/**
 * How much time something takes, by a clock that is far too coarse for a single block: whether its millisecond ticks
 * within a block is chance, in proportion to the time spent there, so that the sum over many blocks is right.
 */
class Stopwatch {
  constructor() {
    this.reset();
  }

  reset() {
    this.busy = 0;
    this.work = 0;
    this.calls = 0;
  }

  add(milliseconds, work) {
    // A clock that was set, or a machine that slept, is nobody's work.
    if (milliseconds >= 0 && milliseconds < 1000) this.busy += milliseconds;
    this.work += work;
    this.calls += 1;
  }
}

/**
 * Whether the output went without. Its clock stands still meanwhile, and so falls behind the wall's for good. Blocks come in bursts, as
 * the device asks for them: how far behind the clock is at the *end* of a burst, the least within a span of time, is what counts.
 */
class Lateness {
  constructor() {
    this.gaps = 0;
    // A browser that hides its clock gives it in steps too coarse to tell.
    this.fine = false;
    this.latest = 0;
    this.reset();
  }

  /** What lies behind, a pause for example, is nobody's fault. */
  reset() {
    this.before = Infinity;
    this.least = Infinity;
    this.frames = 0;
  }

  add(now, context, count) {
    if (now - this.latest > GAP.most || now < this.latest) this.reset();
    this.latest = now;
    this.fine ||= now % 50 !== 0;
    this.least = Math.min(this.least, now - context * 1000);
    this.frames += count;
    if (this.frames < REPORT_SECONDS * sampleRate) return;
    if (this.fine && this.least - this.before > GAP.least) this.gaps += 1;
    this.before = this.least;
    this.least = Infinity;
    this.frames = 0;
  }
}

/**
 * Passes samples on a little faster or slower than they come: between two of them along the cubic through four (Hermite). Untouched as long as
 * nobody has asked for another pace than their own.
 */
class Varispeed {
  /** @param {(left: Float32Array, right: Float32Array, offset: number, count: number) => void} pull gives the next samples */
  constructor(pull) {
    this.pull = pull;
    this.ratio = 1;
    this.left = new Float32Array(128);
    this.right = new Float32Array(128);
    // The four samples of each channel around the present place, which is `phase` after the second.
    this.l = new Float64Array(4);
    this.r = new Float64Array(4);
    this.reset();
  }

  reset() {
    this.running = false;
    this.phase = 0;
    this.at = this.left.length;
  }

  /** How many frames were pulled and not yet passed on. */
  get held() {
    return this.running ? Math.round(3 + this.left.length - this.at - this.phase) : 0;
  }

  next() {
    if (this.at === this.left.length) {
      this.pull(this.left, this.right, 0, this.left.length);
      this.at = 0;
    }
    this.l.copyWithin(0, 1);
    this.r.copyWithin(0, 1);
    this.l[3] = this.left[this.at];
    this.r[3] = this.right[this.at];
    this.at += 1;
  }

  render(left, right, offset, count) {
    if (!this.running) {
      if (this.ratio === 1) {
        this.pull(left, right, offset, count);
        this.l[3] = left[offset + count - 1];
        this.r[3] = right[offset + count - 1];
        return;
      }
      this.running = true;
      for (let i = 0; i < 3; i += 1) this.next();
    }
    for (let i = offset; i < offset + count; i += 1) {
      left[i] = Varispeed.between(this.l, this.phase);
      right[i] = Varispeed.between(this.r, this.phase);
      this.phase += this.ratio;
      for (; this.phase >= 1; this.phase -= 1) this.next();
    }
  }

  static between(x, t) {
    const slope = (x[2] - x[0]) / 2;
    const bend = x[0] - 2.5 * x[1] + 2 * x[2] - x[3] / 2;
    const twist = (x[3] - x[0]) / 2 + 1.5 * (x[1] - x[2]);
    return ((twist * t + bend) * t + slope) * t + x[1];
  }
}

/** Plays a session in an AudioWorkletNode. In Node, where there are none, it extends nothing. */
export class Processor extends (globalThis.AudioWorkletProcessor ?? Object) {
  /**
   * `processorOptions`: `module` (compiled) or `bytes`; `session` to open at once; `playing` to begin at once; `fade` in
   * seconds, if not the usual; `slice`, control intervals of a seek in one call, if not by the clock.
   */
  constructor({ processorOptions: options }) {
    super();
    const frames = (seconds) => Math.round((options.fade ?? seconds) * sampleRate);
    this.fades = { pause: frames(PAUSE_SECONDS), part: frames(PART_SECONDS), enter: frames(ENTER_SECONDS) };
    this.fadeFrames = this.fades.pause;
    this.slice = options.slice ?? 0;
    this.intervals = SEEK.first;
    this.watch = new Stopwatch();
    this.lateness = new Lateness();
    this.wrong = 0;
    this.turn = 0;
    this.seed = undefined;
    // The changes that the engine does not have yet begin at `coming[next]`; `latest` is the frame of its last one.
    this.coming = [];
    this.next = 0;
    this.latest = 0n;
    // The settings that the engine was given last.
    this.held = undefined;
    this.target = 0n;
    this.waiting = [];
    this.gain = 0;
    this.playing = false;
    this.seeking = false;
    // The opening whose seek a worker does, and how many frames it has been waited for.
    this.ahead = undefined;
    this.waited = 0;
    this.abrupt = false;
    this.closed = false;
    this.engine = undefined;
    // Where the music was at the last report, and how many frames it has given since.
    this.reported = 0n;
    this.sinceReport = 0;
    // The last frame that was heard, and how many are left of its fading if the engine breaks.
    this.lastLeft = 0;
    this.lastRight = 0;
    this.ebbing = 0;
    // Stands in for a channel that the graph does not have, and takes what is left out.
    this.spare = new Float32Array(128);
    this.waste = new Float32Array(128);
    // When the frame that was opened is to sound, until it does.
    this.due = undefined;
    // What the music goes over into, and how far it has come; what it would have been.
    this.swap = undefined;
    this.swapped = SWAP_FRAMES;
    this.pastLeft = new Float32Array(SWAP_FRAMES);
    this.pastRight = new Float32Array(SWAP_FRAMES);
    this.speed = new Varispeed((left, right, offset, count) => this.source(left, right, offset, count));
    this.port.onmessage = ({ data }) => this.guard(() => this.handle(data));
    this.guard(() => {
      this.engine = new Engine(options.module ?? options.bytes);
      this.port.postMessage({ type: 'ready', sound: this.engine.raw.sound_version() });
      if (options.session) this.open(options.session);
      if (options.playing) this.play();
    });
  }

  /** What goes wrong here is reported, and silence takes its place: an exception would end the node without a word. */
  guard(action) {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error) {
    this.engine = undefined;
    this.playing = false;
    this.ebbing = Math.round(EBB_SECONDS * sampleRate);
    const position = this.reported + BigInt(this.seeking ? 0 : this.sinceReport);
    this.port.postMessage({ type: 'error', message: String(error?.message ?? error), turn: this.turn, position });
  }

  handle(message) {
    if (message.type === 'close') this.closed = true;
    if (!this.engine) return;
    if (this.waiting.length > 0 || (message.type === 'open' && this.gain > 0)) {
      // What sounds is faded out before another session takes its place.
      if (this.waiting.length === 0) this.fadeFrames = this.fades.part;
      this.waiting.push(message);
    } else if (message.type === 'open') this.open(message);
    else if (message.type === 'arrive') this.arrive(message);
    else if (message.type === 'alone') this.goAlone(message);
    else if (message.type === 'change') this.change(message);
    else if (message.type === 'quality') this.quality(message);
    else if (message.type === 'swap') this.swap = message.turn === this.turn ? message : undefined;
    else if (message.type === 'pace') this.pace(message);
    else if (message.type === 'due') this.wait(message);
    else if (message.type === 'play') this.play();
    else if (message.type === 'pause') this.pause();
  }

  open({ seed, words, changes = [], frame = 0n, turn = 0, ahead = false, due = undefined }) {
    this.turn = turn;
    this.due = due ?? undefined;
    this.swap = undefined;
    this.swapped = SWAP_FRAMES;
    this.speed.reset();
    if (seed !== this.seed) this.engine.open(seed, sampleRate, words);
    this.seed = seed;
    this.ahead = ahead ? { frame, words, changes } : undefined;
    this.waited = 0;
    this.next = ahead ? this.engine.known(frame, changes) : this.engine.seek(frame, words, changes);
    this.coming = changes;
    this.held = this.next > 0 ? changes[this.next - 1].words : words;
    this.latest = 0n;
    this.target = frame;
    this.seeking = true;
    // At its first frame the music rises from silence by itself; elsewhere it is faded in.
    this.abrupt = frame === 0n || this.fades.enter === 0;
    this.fadeFrames = this.fades.enter;
    this.watch.reset();
    this.report();
  }

  /** The worker is there: the engine goes on from where its engine came to. */
  arrive({ turn, memory }) {
    if (!this.ahead || turn !== this.turn) return;
    this.ahead = undefined;
    this.engine.become(memory);
  }

  /** The worker will not come. */
  goAlone({ turn }) {
    if (!this.ahead || turn !== this.turn) return;
    const { frame, words, changes } = this.ahead;
    this.ahead = undefined;
    this.engine.seek(frame, words, changes);
  }

  change({ id, words, frame = 0n, after = false }) {
    this.coming = [...(after ? this.coming.slice(this.next) : []), { id, words, frame }];
    this.next = 0;
  }

  /** Says when what waits is to begin. */
  wait({ turn, at }) {
    if (turn === this.turn && this.due !== undefined) this.due = at;
  }

  pace({ ratio }) {
    // What is no number leaves it as it is.
    if (ratio >= PACE.least && ratio <= PACE.most) this.speed.ratio = ratio;
  }

  /** Unlike `change`, it leaves what is still to come, in the quality that is wanted now. */
  quality({ id, value }) {
    if (!this.held) return;
    const laid = (words) => {
      const copy = words.slice();
      copy[QUALITY] = value;
      return copy;
    };
    const rest = this.coming.slice(this.next).map((change) => ({ ...change, words: laid(change.words) }));
    this.coming = [{ id, words: laid(this.held), frame: 0n }, ...rest];
    this.next = 0;
  }

  play() {
    if (!this.seeking) {
      this.fadeFrames = this.fades.pause;
      if (this.fadeFrames === 0 || this.engine.position === 0n) this.gain = 1;
    }
    this.playing = true;
    this.watch.reset();
    this.lateness.reset();
    this.report();
  }

  pause() {
    this.playing = false;
    this.fadeFrames = this.fades.pause;
    if (this.fadeFrames === 0) this.gain = 0;
    if (this.gain === 0) this.report();
  }

  /** `at`: the context's time of what comes next. */
  report(at = currentTime) {
    const { watch, lateness, wrong } = this;
    const seconds = watch.work / sampleRate;
    // What waits for its time is not there yet either.
    const seeking = this.seeking || this.due !== undefined;
    const load = seeking || seconds < 0.2 ? null : watch.busy / 1000 / seconds;
    this.reported = seeking ? this.target : this.engine.position - BigInt(this.speed.held);
    this.sinceReport = 0;
    this.port.postMessage({
      type: 'state', turn: this.turn, position: this.reported, at, load,
      playing: this.playing || this.gain > 0, seeking, gaps: lateness.gaps, wrong,
    });
    lateness.gaps = 0;
    this.wrong = 0;
    if (!seeking) watch.reset();
  }

  process(_inputs, outputs) {
    const [output] = outputs;
    // Buffers come zeroed: whoever leaves them alone is silent.
    if (!output?.length) return !this.closed;
    try {
      if (this.engine) this.fill(output);
    } catch (error) {
      this.fail(error);
    }
    if (!this.engine && this.ebbing > 0) this.ebb(output);
    return !this.closed || this.ebbing > 0;
  }

  fill(output) {
    const count = output[0].length;
    const begun = Date.now();
    this.lateness.add(begun, currentTime, count);
    if (this.seeking && !this.goOn(count, begun)) return;
    if (!this.playing && this.gain === 0) return;
    if (this.spare.length < count) {
      this.spare = new Float32Array(count);
      this.waste = new Float32Array(count);
    }
    const left = output[0];
    const right = output[1] ?? this.spare;
    const silent = this.due === undefined ? 0 : this.keepTime(count);
    if (silent === count) {
      this.sinceReport += count;
      if (this.sinceReport > REPORT_SECONDS * sampleRate) this.report();
      return;
    }
    // One block more: whoever plays faster pulls ahead.
    this.handOver(2 * count);
    this.speed.render(left, right, silent, count - silent);
    this.inspect(left, count);
    this.inspect(right, count);
    const up = this.playing && this.waiting.length === 0;
    this.sinceReport += count;
    if (this.gain !== 1 || !up) this.fade(left, right, count, up);
    this.lastLeft = left[count - 1];
    this.lastRight = right[count - 1];
    this.watch.add(Date.now() - begun, count);
    if (this.sinceReport > REPORT_SECONDS * sampleRate) this.report(currentTime + count / sampleRate);
  }

  /**
   * Begins when the session says so: gives how many frames of this block are still silent. What is late is rendered for nobody, several blocks at
   * a time.
   */
  keepTime(count) {
    const due = Math.round((currentTime - this.due) * sampleRate);
    const late = due - Number(this.engine.position - this.target);
    if (late <= -count) return count;
    for (let left = Math.min(late, CATCH_UP * count); left > 0; left -= count) {
      this.handOver(count);
      this.engine.render(this.spare, this.waste, 0, Math.min(left, count));
    }
    if (late > CATCH_UP * count) return count;
    this.due = undefined;
    this.report();
    return Math.max(0, -late);
  }

  /** The session's samples, and what it goes over into when the time has come. */
  source(left, right, offset, count) {
    const until = this.swap ? Number(this.swap.frame - this.engine.position) : count;
    if (until >= count) {
      this.engine.render(left, right, offset, count);
      this.goOver(left, right, offset, count);
      return;
    }
    const { turn, memory, frame, words, changes } = this.swap;
    this.swap = undefined;
    this.port.postMessage({ type: 'swapped', turn, frame, there: until >= 0 });
    if (until < 0) {
      this.source(left, right, offset, count);
      return;
    }
    this.engine.render(left, right, offset, until);
    this.goOver(left, right, offset, until);
    this.engine.render(this.pastLeft, this.pastRight, 0, SWAP_FRAMES);
    this.swapped = 0;
    this.engine.become(memory);
    this.next = this.engine.known(frame, changes);
    this.coming = changes;
    this.held = this.next > 0 ? changes[this.next - 1].words : words;
    this.latest = 0n;
    this.source(left, right, offset + until, count - until);
  }

  /** Lays what would have been, fading, over what is. */
  goOver(left, right, offset, count) {
    const end = offset + count;
    for (let i = offset; i < end && this.swapped < SWAP_FRAMES; i += 1, this.swapped += 1) {
      const now = this.swapped / SWAP_FRAMES;
      left[i] += (this.pastLeft[this.swapped] - left[i]) * (1 - now);
      right[i] += (this.pastRight[this.swapped] - right[i]) * (1 - now);
    }
  }

  /** What the engine promises never to give never gets out: a little too loud is cut, what is no number is a broken engine. */
  inspect(samples, count) {
    for (let i = 0; i < count; i += 1) {
      const x = samples[i];
      if (x >= -1 && x <= 1) continue;
      if (!(Math.abs(x) <= 2)) throw new Error('the engine gave what is no sound');
      samples[i] = Math.sign(x);
      this.wrong += 1;
    }
  }

  /** A sound that broke off falls to silence from where it was: no click. */
  ebb(output) {
    const frames = Math.round(EBB_SECONDS * sampleRate);
    const [left, right] = output;
    for (let i = 0; i < left.length; i += 1) {
      const gain = this.ebbing / frames;
      left[i] = this.lastLeft * gain;
      if (right) right[i] = this.lastRight * gain;
      if (this.ebbing > 0) this.ebbing -= 1;
    }
  }

  /** Goes on with a seek, within this call's share of the time; true when it is there. */
  goOn(count, begun) {
    const { watch } = this;
    // Whoever watches shall see that it is on its way.
    this.sinceReport += count;
    if (this.sinceReport > REPORT_SECONDS * sampleRate) this.report();
    if (this.ahead) {
      this.waited += count;
      if (this.waited > PATIENCE_SECONDS * sampleRate) this.goAlone(this);
      return false;
    }
    const most = this.slice || this.intervals;
    const time = (1000 * count) / sampleRate;
    const longest = this.slice ? Infinity : Math.max(1, Math.floor(SEEK.longest * time));
    // The first call always gets to a session's first frame: not a sample of it is late.
    const free = watch.calls === 0 ? SEEK.first : 0;
    let there = false;
    let [done, taken] = [0, 0];
    while (!there && done < most && (taken < longest || done < free)) {
      const intervals = this.slice || Math.min(SEEK.step, most - done);
      there = this.engine.step(intervals);
      done += intervals;
      taken = Date.now() - begun;
    }
    watch.add(taken, done);
    if (watch.calls % SEEK.calls === 0) {
      const cost = Math.max(watch.busy, 1) / watch.work;
      const budget = (SEEK.share * time) / cost;
      const next = Math.min(SEEK.most, Math.ceil(this.intervals * SEEK.faster), Math.floor(budget));
      this.intervals = Math.max(SEEK.least, next);
      // What was long ago cost less: a movement begins with little.
      watch.busy /= 2;
      watch.work /= 2;
    }
    if (!there) return false;
    this.seeking = false;
    watch.reset();
    if (this.playing && this.abrupt) this.gain = 1;
    this.report();
    return true;
  }

  /** Gives the engine the changes that the coming frames need. */
  handOver(count) {
    if (this.next >= this.coming.length) return;
    const { engine } = this;
    const until = engine.earliest + BigInt(count) + CONTROL;
    for (; this.next < this.coming.length && this.coming[this.next].frame < until; this.next += 1) {
      const { id, frame: wanted, words } = this.coming[this.next];
      // What has passed holds from now on, and never before what was taken earlier.
      let frame = engine.earliest;
      if (this.latest > frame) frame = this.latest;
      if (wanted > frame) frame = wanted;
      const code = engine.apply(frame, words);
      if (code === 0) {
        this.latest = frame;
        this.held = words;
      }
      if (id !== undefined) this.port.postMessage(code === 0 ? { type: 'changed', id, frame } : { type: 'refused', id, code });
    }
  }

  /** The listener's fade, after the engine: at a gain of 1 the samples are untouched. */
  fade(left, right, count, up) {
    const step = (up ? 1 : -1) / Math.max(this.fadeFrames, 1);
    let { gain } = this;
    for (let i = 0; i < count; i += 1) {
      gain = Math.min(1, Math.max(0, gain + step));
      left[i] *= gain;
      right[i] *= gain;
    }
    this.gain = gain;
    if (gain === 0) this.settle();
  }

  /** All is silent: what waited for that may happen. */
  settle() {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length === 0) this.report();
    else for (const message of waiting) this.handle(message);
  }
}

globalThis.registerProcessor?.('auralis', Processor);
