// Compares what was heard with what the native program makes.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PLACES } from './native.mjs';

const { Engine } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
const { sessionFrom } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));

/** The version of the sound. */
export const SOUND_VERSION = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm'))).raw.sound_version();

/** So many frames of a session from its beginning, interleaved, as the engine plays them. */
export function played({ seed, preset, quality }, frames) {
  const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-simd.wasm')));
  const { words } = sessionFrom(engine, { seed, settings: { preset, quality } });
  engine.open(BigInt(seed), 44100, words);
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  engine.render(left, right, 0, frames);
  return Float32Array.from({ length: 2 * frames }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]);
}

/** How many frames a session is silent at first. */
export function silenceOf({ seed, preset }) {
  const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm')));
  const { words } = sessionFrom(engine, { seed, settings: { preset } });
  engine.open(BigInt(seed), 44100, words);
  const [left, right] = [new Float32Array(44100), new Float32Array(44100)];
  for (let start = 0; start < 44100 * 60; start += 44100) {
    engine.render(left, right, 0, 44100);
    const first = left.findIndex((x, i) => x !== 0 || right[i] !== 0);
    if (first >= 0) return start + first;
  }
  throw new Error('a minute of silence');
}

/** The hash of `frames` frames of a recording, from where the session began in it. */
export function hashOf(recording, silence, frames) {
  const first = Math.floor(recording.findIndex((x) => x !== 0) / 2) - silence;
  if (first < 0 || recording.length < 2 * (first + frames)) {
    throw new Error(`too little was recorded: ${recording.length / 2} frames, the session begins at ${first}`);
  }
  const part = recording.slice(2 * first, 2 * (first + frames));
  return createHash('sha256').update(new Uint8Array(part.buffer)).digest('hex');
}
