// What the audio thread can tell of time: how much of it something takes, and whether the output went without.

/** Seconds in which the output's clock is looked at. */
const SPAN_SECONDS = 0.5;
/** How many milliseconds the output must have lost to count, and how many are no loss but a machine that slept. */
const GAP = { least: 15, most: 1000 };

/**
 * How much time something takes, by a clock that is far too coarse for a single block: whether its millisecond ticks
 * within a block is chance, in proportion to the time spent there, so that the sum over many blocks is right.
 */
export class Stopwatch {
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
export class Lateness {
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
    if (this.frames < SPAN_SECONDS * sampleRate) return;
    if (this.fine && this.least - this.before > GAP.least) this.gaps += 1;
    this.before = this.least;
    this.least = Infinity;
    this.frames = 0;
  }
}
