// What a relay sends, until it is heard.

/** Frames that are kept of what a relay sends, a power of two: 5.9 s at 44.1 kHz. */
const FRAMES = 2 ** 18;
/** Seconds of it that must lie ready before it is heard, and for which what has run out is waited for. */
export const READY_SECONDS = 0.15;
const HOLD_SECONDS = 0.5;
/** Frames of its end that are heard to and fro while nothing comes, seconds in which they fade, and frames in which what comes rises again. */
const ECHO_FRAMES = 2048;
const FADE_SECONDS = 0.4;
const RISE_FRAMES = 2048;

/**
 * What a relay sends, by its frames. Where it runs out, its end is heard to and fro, fading (so that there is no jump, and no pitch of its own), and
 * the place waits until enough lies ready again, so that the next delay is heard no more; what never comes is left out after a while.
 */
export class JitterBuffer {
  constructor() {
    this.left = new Float32Array(FRAMES);
    this.right = new Float32Array(FRAMES);
    this.gaps = 0;
    /** The next frame to be heard; what is there lies before `until`, from `from` on, but for a hole. */
    this.at = 0;
    this.from = 0;
    this.until = 0;
    this.hole = [0, 0];
    this.calm();
  }

  calm() {
    // Whether it has run out; how many frames were heard of an echo, where its sound ends, and how far what came after it has risen.
    this.echoed = 0;
    this.dry = false;
    this.end = 0;
    this.risen = RISE_FRAMES;
  }

  /** Takes samples that begin at a frame. */
  take({ frame, left, right }) {
    const begun = this.until > this.from;
    if (!begun || frame > this.until + FRAMES / 2) {
      this.from = frame;
      this.hole = [0, 0];
    } else if (frame > this.until) this.hole = [this.hole[1] > this.at ? this.hole[0] : this.until, frame];
    // What was heard of a connection before.
    const known = Math.max(0, begun && frame <= this.until ? this.until - frame : 0);
    for (let i = known; i < left.length; i += 1) {
      const place = (frame + i) % FRAMES;
      this.left[place] = left[i];
      this.right[place] = right[i];
    }
    this.until = Math.max(frame + left.length, begun && frame <= this.until ? this.until : 0);
    this.from = Math.max(this.from, this.until - FRAMES);
  }

  /** Whether enough lies ready from a frame on. */
  ready(frame, seconds = READY_SECONDS) {
    return frame >= this.from && frame + seconds * sampleRate <= this.until;
  }

  /** The coming frames. */
  render(left, right, offset, count) {
    for (let i = offset; i < offset + count; i += 1) {
      const { at, hole } = this;
      const lost = (at >= hole[0] && at < hole[1]) || at < this.from;
      if (at >= this.until) this.dry = true;
      else if (this.dry) this.dry = !this.ready(at) && this.echoed <= HOLD_SECONDS * sampleRate;
      if (lost || this.dry) {
        if (this.echoed === 0) {
          this.gaps += 1;
          this.end = at;
        }
        this.echoed += 1;
        this.risen = 0;
        left[i] = this.echo(this.left);
        right[i] = this.echo(this.right);
        // Later is better than never; but what is lost does not come later.
        if (lost || this.echoed > HOLD_SECONDS * sampleRate) this.at += 1;
        continue;
      }
      const place = at % FRAMES;
      left[i] = this.left[place];
      right[i] = this.right[place];
      this.at += 1;
      if (this.risen === RISE_FRAMES) continue;
      const share = this.risen / RISE_FRAMES;
      left[i] = left[i] * share + this.echo(this.left) * (1 - share);
      right[i] = right[i] * share + this.echo(this.right) * (1 - share);
      this.echoed += 1;
      this.risen += 1;
      if (this.risen === RISE_FRAMES) this.echoed = 0;
    }
  }

  /** A sample of what is heard where nothing is there. */
  echo(samples) {
    const gain = 1 - this.echoed / (FADE_SECONDS * sampleRate);
    if (gain <= 0 || this.end < this.from) return 0;
    const step = this.echoed % (2 * ECHO_FRAMES);
    const back = step < ECHO_FRAMES ? step : 2 * ECHO_FRAMES - 1 - step;
    return samples[(this.end - 1 - back + FRAMES) % FRAMES] * gain;
  }
}
