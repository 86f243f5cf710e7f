#!/usr/bin/env node
// What the worklet costs, on this machine: `node web/worklet/bench.mjs [--seconds 60]`. Nothing here is asserted; the
// numbers depend on the machine. Each build: its size gzipped, its memory, its speed, its dearest block, its dearest seek.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { names } from './session.mjs';
import { Engine } from './worklet.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const seconds = Number(values.seconds);
const RATE = 44100;
const BLOCK = 128;
const PASSES = 4;
const blockTime = (BLOCK / RATE) * 1000;
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const [left, right] = [new Float32Array(BLOCK), new Float32Array(BLOCK)];

/**
 * Speed by processor time, and the dearest blocks by the clock. Every pass renders the same blocks, so that the least of a
 * block's times is the block's own, and not what else the machine did meanwhile.
 */
function play(engine, seed, words) {
  const blocks = Math.round((seconds * RATE) / BLOCK);
  const times = new Float64Array(blocks).fill(Infinity);
  let used = Infinity;
  for (let pass = 0; pass < PASSES; pass += 1) {
    engine.open(seed, RATE, words);
    const began = processor();
    for (let i = 0; i < blocks; i += 1) {
      const start = performance.now();
      engine.render(left, right, 0, BLOCK);
      times[i] = Math.min(times[i], performance.now() - start);
    }
    used = Math.min(used, processor() - began);
  }
  times.sort();
  return { speed: (blocks * BLOCK) / RATE / used, dearest: times[blocks - 1], usual: times[Math.floor(blocks * 0.999)] };
}

/** The dearest of some seeks within a year, in seconds of processor time. */
function seek(engine, seed, words) {
  let dearest = 0;
  for (const day of [0.5, 3.21, 77.7, 364.9]) {
    engine.open(seed, RATE, words);
    const began = processor();
    engine.seek(BigInt(Math.round(day * 86400 * RATE)), words, []);
    while (!engine.step(1024));
    dearest = Math.max(dearest, processor() - began);
  }
  return dearest;
}

console.log(`${cpus()[0].model}, Node ${process.version}, ${seconds} s of each preset in blocks of ${BLOCK} at ${RATE} Hz`);
for (const build of ['simd', 'plain']) {
  const bytes = readFileSync(new URL(`dist/auralis-${build}.wasm`, import.meta.url));
  const engine = new Engine(bytes);
  console.log(`\n${build}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  console.log(`${'preset'.padEnd(12)}${'× real time'.padStart(12)}${'99.9 % of blocks'.padStart(20)}${'dearest block'.padStart(20)}${'dearest seek'.padStart(14)}`);
  for (const [index, name] of names(engine, 'presets').entries()) {
    engine.raw.preset(index);
    const words = engine.words.slice();
    const { speed, usual, dearest } = play(engine, 42n, words);
    const share = (ms) => `${ms.toFixed(3)} ms, ${((100 * ms) / blockTime).toFixed(1)} %`;
    console.log(`${name.padEnd(12)}${speed.toFixed(1).padStart(12)}${share(usual).padStart(20)}${share(dearest).padStart(20)}${`${seek(engine, 42n, words).toFixed(2)} s`.padStart(14)}`);
  }
  console.log(`memory: ${engine.raw.memory.buffer.byteLength / 65536} pages of 64 KiB, ${(engine.raw.memory.buffer.byteLength / 1e6).toFixed(1)} MB`);
}
