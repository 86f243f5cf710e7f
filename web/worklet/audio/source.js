// Where a session's samples come from: the engine, or a relay that sends them; and going over from one into the other.

import { JitterBuffer, READY_SECONDS } from './jitter-buffer.js';

/** Frames in which the music goes over into something else. */
const SWAP_FRAMES = 1024;
/** Seconds in which less and less must lie ready of what a relay sends before it is gone over into, and the least share of what should. */
const LEAN_SECONDS = 20;
const LEAST_SHARE = 0.3;

/** A session's samples, in order. */
export class Source {
  /** @param {(what: object) => void} tell says when the music has gone over, or could not; with `settled` where the engine has another past */
  constructor(engine, tell) {
    this.engine = engine;
    this.tell = tell;
    /** What a relay sends; whether that is heard, and whether it is to be. */
    this.stream = undefined;
    this.streamed = false;
    this.leaning = false;
    this.leaned = 0;
    /** What is to be gone over into, how far that has come, and what would have been heard. */
    this.swap = undefined;
    this.swapped = SWAP_FRAMES;
    this.pastLeft = new Float32Array(SWAP_FRAMES);
    this.pastRight = new Float32Array(SWAP_FRAMES);
  }

  /** Begins anew, with what a relay sends or with the engine. */
  begin(streamed) {
    this.swap = undefined;
    this.swapped = SWAP_FRAMES;
    this.leaning = false;
    this.leaned = 0;
    this.streamed = streamed;
  }

  /** What a relay sends comes from this port; no more of it where there is none. */
  attach(port) {
    this.relay?.close();
    this.relay = port;
    if (!port) {
      if (!this.streamed) this.stream = undefined;
      return;
    }
    const stream = new JitterBuffer();
    stream.at = this.stream?.at ?? 0;
    port.onmessage = ({ data }) => stream.take(data);
    this.stream = stream;
  }

  /** The next frame of the session. */
  get place() {
    return this.streamed ? this.stream?.at ?? 0 : Number(this.engine.position);
  }

  /** Whether what a relay sends lies ready from a frame on, or from where it begins; it then goes on from there. */
  meets(frame) {
    const first = Math.max(frame, this.stream?.from ?? 0);
    if (!this.stream?.ready(first)) return false;
    this.stream.calm();
    this.stream.at = first;
    return true;
  }

  /** Samples of the session, by whom they come just now. */
  pull(left, right, offset, count) {
    if (!this.streamed) this.engine.render(left, right, offset, count);
    else if (this.stream) this.stream.render(left, right, offset, count);
  }

  /** The coming frames, and what they go over into when its time has come. */
  render(left, right, offset, count) {
    if (this.leaning && !this.streamed) this.tryToLean(count);
    const until = this.swap ? Number(this.swap.frame) - this.place : count;
    if (until >= count) {
      this.pull(left, right, offset, count);
      this.goOver(left, right, offset, count);
      return;
    }
    if (until < 0) {
      const { turn, frame } = this.swap;
      this.swap = undefined;
      this.tell({ type: 'swapped', turn, frame, there: false });
      this.render(left, right, offset, count);
      return;
    }
    this.pull(left, right, offset, until);
    this.goOver(left, right, offset, until);
    this.keepPast();
    this.become();
    this.render(left, right, offset + until, count - until);
  }

  /** What would have been heard from here on fades out, over what is. */
  keepPast() {
    this.pull(this.pastLeft, this.pastRight, 0, SWAP_FRAMES);
    this.swapped = 0;
  }

  /** The engine is what a worker made of it, and is heard. */
  become() {
    const { turn, memory, frame, words, changes } = this.swap;
    this.swap = undefined;
    this.streamed = false;
    this.engine.become(memory);
    this.tell({ type: 'swapped', turn, frame, there: true }, { known: this.engine.known(frame, changes), words, changes });
  }

  /** What lies ready should be enough; whoever waits for that in vain takes less. */
  tryToLean(count) {
    this.leaned += count;
    const share = Math.max(LEAST_SHARE, 1 - this.leaned / (LEAN_SECONDS * sampleRate));
    if (this.stream?.ready(this.place, share * READY_SECONDS)) this.lean();
  }

  /** From here on what the relay sends is heard. */
  lean() {
    const frame = this.place;
    this.keepPast();
    this.leaning = false;
    this.leaned = 0;
    this.streamed = true;
    this.stream.calm();
    this.stream.at = frame;
    this.tell({ type: 'leant', frame: BigInt(frame) });
  }

  /** Whether the time has almost come of what a worker made; `from` is the frame of the moment. */
  nears(from) {
    return this.swap !== undefined && Number(this.swap.frame) - from <= READY_SECONDS * sampleRate;
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
}
