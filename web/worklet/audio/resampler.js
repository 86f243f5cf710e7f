// From the session's rate to the context's, where that is another one.

/** Half the kernel's length, in samples at the lower of the two rates; how many places between two samples it is kept for. */
const HALF = 24;
const PLACES = 256;
/** The window's shape (Kaiser's beta), for an attenuation of 90 dB; and the middle of the slope, as a share of the lower rate. */
const BETA = 9;
const CUTOFF = 0.47;
/** Frames in one pull, and frames that there is room for. */
const BLOCK = 128;
const ROOM = 4096;

/** The modified Bessel function of the first kind, order 0, by its series. */
function bessel(x) {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * Passes samples on at another rate: a windowed sinc, kept for so many places between two samples and laid straight between those (Smith,
 * "Digital Audio Resampling"). The same shape as `Varispeed`: `ratio` is the pace, 1 for the samples' own.
 */
export class Resampler {
  /**
   * @param {(left: Float32Array, right: Float32Array, offset: number, count: number) => void} pull gives the next samples
   * @param {number} step samples that come for each that goes
   */
  constructor(pull, step) {
    this.pull = pull;
    this.step = step;
    this.ratio = 1;
    const stretch = Math.max(1, step);
    this.half = Math.ceil(HALF * stretch);
    this.taps = 2 * this.half;
    this.kernel = Resampler.kernel(this.half, (2 * CUTOFF) / stretch);
    this.left = new Float32Array(ROOM);
    this.right = new Float32Array(ROOM);
    this.reset();
  }

  /** A row of weights for each place, and one more; each adds up to 1. */
  static kernel(half, cutoff) {
    const taps = 2 * half;
    const kernel = new Float64Array((PLACES + 1) * taps);
    for (let place = 0; place <= PLACES; place += 1) {
      const row = kernel.subarray(place * taps, (place + 1) * taps);
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) {
        const x = tap - (half - 1) - place / PLACES;
        const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
        const edge = 1 - (x / half) ** 2;
        row[tap] = edge <= 0 ? 0 : sinc * bessel(BETA * Math.sqrt(edge));
        sum += row[tap];
      }
      for (let tap = 0; tap < taps; tap += 1) row[tap] /= sum;
    }
    return kernel;
  }

  /** Begins anew: before the first sample there was silence. */
  reset() {
    this.at = 0;
    this.end = this.half - 1;
    this.phase = 0;
    this.left.fill(0, 0, this.end);
    this.right.fill(0, 0, this.end);
  }

  /** How many frames were pulled and not yet passed on. */
  get held() {
    return Math.max(0, Math.round(this.end - (this.at + this.half - 1) - this.phase));
  }

  /** Sees to it that all samples of the window are there. */
  reach() {
    while (this.at + this.taps > this.end) {
      if (this.end + BLOCK > ROOM) {
        this.left.copyWithin(0, this.at, this.end);
        this.right.copyWithin(0, this.at, this.end);
        this.end -= this.at;
        this.at = 0;
      }
      this.pull(this.left, this.right, this.end, BLOCK);
      this.end += BLOCK;
    }
  }

  render(left, right, offset, count) {
    const { kernel, taps } = this;
    for (let i = offset; i < offset + count; i += 1) {
      this.reach();
      const place = this.phase * PLACES;
      const row = Math.floor(place);
      const share = place - row;
      const a = row * taps;
      const b = a + taps;
      let [l, r] = [0, 0];
      for (let tap = 0; tap < taps; tap += 1) {
        const weight = kernel[a + tap] + (kernel[b + tap] - kernel[a + tap]) * share;
        l += weight * this.left[this.at + tap];
        r += weight * this.right[this.at + tap];
      }
      left[i] = l;
      right[i] = r;
      this.phase += this.step * this.ratio;
      const whole = Math.floor(this.phase);
      this.phase -= whole;
      this.at += whole;
    }
  }
}
