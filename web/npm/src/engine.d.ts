// The engine's module in JavaScript: web/worklet/audio/engine.js, which the package has a copy of.

/** A change, with all the settings that hold from there on. */
export interface Change {
  frame: bigint;
  words: Float32Array;
}

/** A session, and where to begin. */
export interface Told {
  seed: bigint;
  words: Float32Array;
  changes: Change[];
  frame: bigint;
}

/** The compiled engine, with one session at a time. */
export class Engine {
  constructor(module: WebAssembly.Module | BufferSource);
  open(seed: bigint, rate: number, words: ArrayLike<number>): void;
  seek(frame: bigint, words: ArrayLike<number>, changes: Change[]): number;
  step(intervals: number): boolean;
  render(left: Float32Array, right: Float32Array, offset: number, count: number): void;
}
