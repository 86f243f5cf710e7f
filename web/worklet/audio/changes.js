// The changes that are still to come, and the settings that hold.

/** The word that holds the quality. */
const QUALITY = 8;
/** At least the frames between two control points: the engine begins with each before it is heard. */
const CONTROL = 64n;

/** What the engine is still to be told of a session's log. */
export class Changes {
  /** @param {(answer: object) => void} answer says what became of each change that has a number */
  constructor(answer) {
    this.answer = answer;
    this.lay(0, undefined, []);
  }

  /** A past and its changes, of which the engine knows as many already. */
  lay(known, words, changes) {
    // Those that it does not know begin at `coming[next]`; `latest` is the frame of the last that it was told.
    this.next = known;
    this.coming = changes;
    this.latest = 0n;
    // What holds before all of them, and those that the engine knows.
    this.first = words;
    this.past = changes.slice(0, known);
    // The settings that it was given last.
    this.held = known > 0 ? changes[known - 1].words : words;
  }

  /** Takes one, in place of all that are still to come or `after` them. */
  take({ id, words, frame = 0n, after = false }) {
    this.coming = [...(after ? this.coming.slice(this.next) : []), { id, words, frame }];
    this.next = 0;
  }

  /** Unlike `take`, it leaves what is still to come, in the quality that is wanted now. */
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

  /** All of them, as a session is told from a frame on. */
  from(engine, frame) {
    const history = engine.raw.history_for(frame);
    while (this.past[0]?.frame < history) this.first = this.past.shift().words;
    return { words: this.first, changes: [...this.past, ...this.coming.slice(this.next)] };
  }

  /** Gives the engine those that so many coming frames need. */
  handOver(engine, count) {
    if (this.next >= this.coming.length) return;
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
        this.past.push({ frame, words });
      }
      if (id !== undefined) this.answer(code === 0 ? { type: 'changed', id, frame } : { type: 'refused', id, code });
    }
  }

  /** Those before a frame are in what a relay sends. */
  letPass(before) {
    for (; this.next < this.coming.length && this.coming[this.next].frame < before; this.next += 1) {
      const { id, frame, words } = this.coming[this.next];
      this.held = words;
      if (id !== undefined) this.answer({ type: 'changed', id, frame });
    }
  }
}
