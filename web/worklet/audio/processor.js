// Plays a session in an AudioWorkletNode. worklet.js says what it is told, and what it says.

import { Changes } from './changes.js';
import { Lateness, Stopwatch } from './clock.js';
import { Engine } from './engine.js';
import { Resampler } from './resampler.js';
import { Source } from './source.js';
import { Stems } from './stems.js';
import { Textures } from './textures.js';
import { Varispeed } from './varispeed.js';

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
/** The least and the most that `pace` may be: nine cents; the page keeps to less. */
const PACE = { least: 0.995, most: 1.005 };

/** Plays a session in an AudioWorkletNode. In Node, where there are none, it extends nothing. */
export class Processor extends (globalThis.AudioWorkletProcessor ?? Object) {
  /**
   * `processorOptions`: `module` (compiled) or `bytes`; `rate`, the session's, if it is not the context's; `stems`: a
   * pair of channels for each layer, and one for delay and reverb, before the master, in the outputs after the first; `session` to open at once; `playing` to begin at once; `fade` in
   * seconds, if not the usual; `slice`, control intervals of a seek in one call, if not by the clock.
   */
  constructor({ processorOptions: options }) {
    super();
    const frames = (seconds) => Math.round((options.fade ?? seconds) * sampleRate);
    this.rate = options.rate ?? sampleRate;
    // Frames of the session for each of the context's.
    this.step = this.rate / sampleRate;
    this.fades = { pause: frames(PAUSE_SECONDS), part: frames(PART_SECONDS), enter: frames(ENTER_SECONDS) };
    this.fadeFrames = this.fades.pause;
    this.slice = options.slice ?? 0;
    this.intervals = SEEK.first;
    this.watch = new Stopwatch();
    this.lateness = new Lateness();
    this.wrong = 0;
    this.turn = 0;
    this.seed = undefined;
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
    // The span that was told of last.
    this.proved = 2n ** 64n - 1n;
    // The last frame that was heard, and how many are left of its fading if the engine breaks.
    this.lastLeft = 0;
    this.lastRight = 0;
    this.ebbing = 0;
    // Stands in for a channel that the graph does not have, and takes what is left out.
    this.spare = new Float32Array(128);
    this.waste = new Float32Array(128);
    // When the frame that was opened is to sound, until it does, and which one that was.
    this.due = undefined;
    this.origin = 0;
    this.port.onmessage = ({ data }) => this.guard(() => this.handle(data));
    this.guard(() => {
      this.engine = new Engine(options.module ?? options.bytes);
      this.source = new Source(this.engine, (what, past) => this.wentOver(what, past));
      this.changes = new Changes((answer) => {
        this.port.postMessage(answer);
        this.textures.stale = true;
      });
      this.textures = new Textures(this.engine, this.changes, this.rate);
      const pull = (left, right, offset, count) => this.source.render(left, right, offset, count);
      const speed = (source) => (this.step === 1 ? new Varispeed(source) : new Resampler(source, this.step));
      this.speed = speed(pull);
      if (options.stems) this.stems = new Stems(this.engine, speed);
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
    else if (message.type === 'change') this.changes.take(message);
    else if (message.type === 'quality') this.changes.quality(message);
    else if (message.type === 'swap') this.source.swap = message.turn === this.turn ? message : undefined;
    else if (message.type === 'stream') this.source.attach(message.port);
    else if (message.type === 'textures') this.textures.attach(message.port);
    else if (message.type === 'lean') this.source.leaning = true;
    else if (message.type === 'pace') this.pace(message);
    else if (message.type === 'due') this.wait(message);
    else if (message.type === 'play') this.play();
    else if (message.type === 'pause') this.pause();
  }

  open({ seed, words, changes = [], frame = 0n, turn = 0, ahead = false, due = undefined, streamed = false }) {
    this.turn = turn;
    this.due = due ?? undefined;
    this.source.begin(streamed);
    this.speed.reset();
    this.stems?.reset();
    // What sounds elsewhere too is made here alone, without what a GPU has rendered.
    const alone = this.due === undefined && !streamed;
    if (seed !== this.seed || (this.textures.taken && !alone)) {
      this.textures.taken = false;
      this.engine.open(seed, this.rate, words);
    }
    this.seed = seed;
    this.ahead = ahead && !streamed ? { frame, words, changes } : undefined;
    this.waited = 0;
    const sought = !ahead && !streamed;
    this.changes.lay(sought ? this.engine.seek(frame, words, changes) : this.engine.known(frame, changes), words, changes);
    this.textures.seed = alone ? seed : undefined;
    this.textures.stale = true;
    this.target = frame;
    this.origin = Number(frame);
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

  /** Says when what waits is to begin. */
  wait({ turn, at }) {
    if (turn === this.turn && this.due !== undefined) this.due = at;
  }

  pace({ ratio }) {
    // What is no number leaves it as it is.
    if (ratio >= PACE.least && ratio <= PACE.most) this.speed.ratio = ratio;
  }

  play() {
    if (!this.seeking) {
      this.fadeFrames = this.fades.pause;
      if (this.fadeFrames === 0 || this.source.place === 0) this.gain = 1;
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
    const { watch, lateness, wrong, source: { stream } } = this;
    const seconds = watch.work / sampleRate;
    // What waits for its time is not there yet either.
    const seeking = this.seeking || this.due !== undefined;
    const load = seeking || seconds < 0.2 ? null : watch.busy / 1000 / seconds;
    this.reported = seeking ? this.target : BigInt(Math.max(0, this.source.place - this.speed.held));
    this.sinceReport = 0;
    this.port.postMessage({
      type: 'state', turn: this.turn, position: this.reported, at, load,
      playing: this.playing || this.gain > 0, seeking, gaps: lateness.gaps + (stream?.gaps ?? 0), wrong,
    });
    lateness.gaps = 0;
    if (stream) stream.gaps = 0;
    this.wrong = 0;
    if (!seeking) watch.reset();
    if (!seeking && !this.source.streamed) this.prove();
    this.textures.report(this.reported);
  }

  /** Tells of what was rendered that others can compare. */
  prove() {
    const { proved, proof } = this.engine;
    if (proved === this.proved) return;
    this.proved = proved;
    if (proved < this.engine.position) this.port.postMessage({ type: 'proof', turn: this.turn, frame: proved, hash: proof });
  }

  process(_inputs, outputs) {
    const [output] = outputs;
    // Buffers come zeroed: whoever leaves them alone is silent.
    if (!output?.length) return !this.closed;
    try {
      if (this.engine) this.fill(output, outputs);
    } catch (error) {
      this.fail(error);
    }
    if (!this.engine && this.ebbing > 0) this.ebb(output);
    return !this.closed || this.ebbing > 0;
  }

  fill(output, outputs) {
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
    // More than one block: whoever plays faster, or at another rate, pulls ahead.
    this.handOver(this.step === 1 ? 2 * count : 2 * (Math.ceil(count * this.step) + 128));
    // Asked for by nobody else: a place is a BigInt, and those are garbage.
    const place = this.stems ? this.source.place : 0;
    this.speed.render(left, right, silent, count - silent);
    this.stems?.render(outputs, silent, count - silent, place, this.speed.ratio);
    this.inspect(left, count);
    this.inspect(right, count);
    const up = this.playing && this.waiting.length === 0;
    this.sinceReport += count;
    if (this.gain !== 1 || !up) this.fade(outputs, count, up);
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
    const due = Math.round((currentTime - this.due) * this.rate);
    const late = due - (this.source.place - this.origin);
    if (late <= -count * this.step) return count;
    for (let left = Math.min(late, CATCH_UP * count); left > 0; left -= count) {
      this.handOver(count);
      this.source.pull(this.spare, this.waste, 0, Math.min(left, count));
    }
    if (late > CATCH_UP * count) return count;
    this.due = undefined;
    this.report();
    return Math.max(0, Math.min(count, Math.round(-late / this.step)));
  }

  /** The music has gone over into something else, or could not; `past` is what the engine now has behind it. */
  wentOver(what, past) {
    if (past) this.changes.lay(past.known, past.words, past.changes);
    this.port.postMessage({ turn: this.turn, ...what });
  }

  /** Whether what the relay sends can be heard; or else whether something that a worker made is to begin before it. */
  met() {
    const { source } = this;
    if (source.meets(this.origin)) {
      this.target = BigInt(source.place);
      return true;
    }
    if (this.due === undefined || !source.nears(this.origin + (currentTime - this.due) * this.rate)) return false;
    this.target = source.swap.frame;
    source.become();
    return true;
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
    if (this.source.streamed) return this.met() && this.arrived();
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
    return there && this.arrived();
  }

  /** Where the session is to begin. */
  arrived() {
    this.seeking = false;
    this.watch.reset();
    if (this.playing && this.abrupt) this.gain = 1;
    this.report();
    return true;
  }

  /** The changes that the coming frames need. */
  handOver(count) {
    if (this.source.streamed) this.changes.letPass(BigInt(this.source.place + count));
    else this.changes.handOver(this.engine, count);
  }

  /** The listener's fade, after the engine: at a gain of 1 the samples are untouched. */
  fade(outputs, count, up) {
    const step = (up ? 1 : -1) / Math.max(this.fadeFrames, 1);
    const from = this.gain;
    for (let n = 0; n < outputs.length; n += 1) {
      for (let channel = 0; channel < outputs[n].length; channel += 1) this.gain = Processor.ramp(outputs[n][channel], count, from, step);
    }
    if (this.gain === 0) this.settle();
  }

  /** A gain that goes from `from` on by `step` a frame; gives where it ends. */
  static ramp(samples, count, from, step) {
    let gain = from;
    for (let i = 0; i < count; i += 1) {
      gain = Math.min(1, Math.max(0, gain + step));
      samples[i] *= gain;
    }
    return gain;
  }

  /** All is silent: what waited for that may happen. */
  settle() {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length === 0) this.report();
    else for (const message of waiting) this.handle(message);
  }
}
