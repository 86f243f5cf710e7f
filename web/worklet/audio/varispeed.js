// Another pace than the samples' own.

/**
 * Passes samples on a little faster or slower than they come: between two of them along the cubic through four (Hermite). Untouched as long as
 * nobody has asked for another pace than their own.
 */
export class Varispeed {
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
