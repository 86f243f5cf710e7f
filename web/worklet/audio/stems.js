// The layers by themselves, beside the music that is made of them.

/** Frames in a control interval, and how many there is room for: the engine synthesizes some hundred ahead of what it plays. */
const CONTROL = 64;
const ROOM = 4096;

/**
 * What the engine synthesizes in each layer, and in delay and reverb, before the master: each pair of channels passes through a speed of its own, of the
 * same kind as the music's, so that all of them are at the same place.
 */
export class Stems {
  /** @param {(pull: Function) => object} speed makes one */
  constructor(engine, speed) {
    this.engine = engine;
    this.count = engine.parts.length / (2 * CONTROL);
    // Which frames there are.
    this.from = 0;
    this.until = 0;
    this.stems = Array.from({ length: this.count }, () => {
      const stem = { left: new Float32Array(ROOM), right: new Float32Array(ROOM), at: 0 };
      stem.speed = speed((left, right, offset, count) => this.pull(stem, left, right, offset, count));
      return stem;
    });
    engine.tap = () => this.take();
  }

  /** Takes the control interval that was synthesized last, if that is another one. */
  take() {
    const { engine, stems } = this;
    const end = Number(engine.earliest);
    if (end === this.until) return;
    const begin = end - CONTROL;
    // The engine has gone elsewhere: what was there is of no use.
    if (begin !== this.until) this.from = begin;
    this.until = end;
    this.from = Math.max(this.from, end - ROOM);
    engine.takeParts();
    const { parts } = engine;
    const to = begin % ROOM;
    for (let n = 0; n < stems.length; n += 1) {
      const { left, right } = stems[n];
      const of = 2 * CONTROL * n;
      for (let i = 0; i < CONTROL; i += 1) {
        left[to + i] = parts[of + i];
        right[to + i] = parts[of + CONTROL + i];
      }
    }
  }

  /** The next frames of a stem; silence where they are not there. */
  pull(stem, left, right, offset, count) {
    for (let i = 0; i < count; i += 1) {
      const frame = stem.at + i;
      const there = frame >= this.from && frame < this.until;
      left[offset + i] = there ? stem.left[frame % ROOM] : 0;
      right[offset + i] = there ? stem.right[frame % ROOM] : 0;
    }
    stem.at += count;
  }

  /** Begins anew, as the music's own speed does. */
  reset() {
    for (const { speed } of this.stems) speed.reset();
  }

  /** Renders into the outputs after the first, from `offset` on; `place` is the session's frame that the music was at, `ratio` its pace. */
  render(outputs, offset, count, place, ratio) {
    for (let n = 0; n < this.count; n += 1) {
      const output = outputs[n + 1];
      if (!output?.length) continue;
      const stem = this.stems[n];
      stem.at = place;
      stem.speed.ratio = ratio;
      stem.speed.render(output[0], output[1], offset, count);
    }
  }
}
