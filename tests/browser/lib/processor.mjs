// The worklet's processor in Node, and what its tests compare it with.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PLACES } from './native.mjs';

export const RATE = 44100;
Object.assign(globalThis, { sampleRate: RATE, currentTime: 0 });
globalThis.AudioWorkletProcessor = class {
  constructor() {
    this.port = { said: [], postMessage: (message) => this.port.said.push(message) };
  }
};
export const { Engine, Processor, REFUSALS } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
export const { lay } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));

export const module = new WebAssembly.Module(readFileSync(join(PLACES.worklet, 'auralis-simd.wasm')));
export const plain = new Engine(module);
plain.raw.preset(0);
export const WORDS = plain.words.slice();
export const LOUDER = lay(plain, WORDS, { intensity: 1 });
export const SEED = 77n;

/** What the engine itself gives. */
export function engineFrames(count, { from = 0n, changes = [] } = {}) {
  const engine = new Engine(module);
  engine.open(SEED, RATE, WORDS);
  let told = 0;
  if (from > 0n) {
    told = engine.seek(from, WORDS, changes);
    while (!engine.step(512));
  }
  for (const { frame, words } of changes.slice(told)) Engine.check(engine.apply(frame, words));
  const [left, right] = [new Float32Array(count), new Float32Array(count)];
  engine.render(left, right, 0, count);
  return left;
}

/** A processor with a session open. */
export function open(options = {}) {
  const processor = new Processor({ processorOptions: { module, session: { seed: SEED, words: WORDS }, ...options } });
  processor.tell = (data) => processor.port.onmessage({ data });
  processor.last = (type) => processor.port.said.findLast((message) => message.type === type);
  return processor;
}

/** The left channel of the coming frames. */
export function hear(processor, count, block = 128) {
  const heard = new Float32Array(count);
  for (let at = 0; at < count; at += block) {
    const output = [new Float32Array(block), new Float32Array(block)];
    assert.equal(processor.process([], [output]), true);
    heard.set(output[0].subarray(0, Math.min(block, count - at)), at);
  }
  return heard;
}

export const silent = (samples) => samples.every((x) => x === 0);

/** A processor whose session keeps a time, and the context's clock with it. */
export function onTime(due, options = {}) {
  const processor = open({ session: undefined, fade: 0, ...options });
  processor.tell({ type: 'open', seed: SEED, words: WORDS, due });
  processor.tell({ type: 'play' });
  const listen = (count) => {
    const heard = new Float32Array(count);
    for (let at = 0; at < count; at += 128) {
      heard.set(hear(processor, 128), at);
      globalThis.currentTime += 128 / RATE;
    }
    return heard;
  };
  return { processor, listen };
}

/** What a worker's engine has in its memory at a frame. */
export function imageAt(frame, changes) {
  const engine = new Engine(module);
  engine.open(SEED, RATE, WORDS);
  engine.seek(frame, WORDS, changes);
  while (!engine.step(512));
  return engine.image();
}
