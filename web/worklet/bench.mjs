#!/usr/bin/env node
// What the worklet costs, on this machine: `node web/worklet/bench.mjs [--seconds 180]`. Nothing here is asserted; the
// numbers depend on the machine. For each build: its size gzipped, its memory, and of each preset the speed, the dearest blocks
// (anywhere, and where a movement begins), and the dearest seek, at once and in slices as on the audio thread.
//
// `--speed PRESET [--build simd|plain] [--quality full|reduced] [--rate 44100|48000]` prints one speed and no more, for who
// compares it with something else by turns.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values } = parseArgs({
  options: {
    seconds: text('180'), passes: text('3'), speed: { type: 'string' }, build: text('simd'), quality: text('full'), rate: text('44100'),
    presets: { type: 'string' },
  },
});
const [seconds, passes] = [Number(values.seconds), Number(values.passes)];
const SEED = 42n;
const RATE = Number(values.rate);
const BLOCK = 128;
const blockTime = (BLOCK / RATE) * 1000;
/** How long before a movement its first harmony is decided: `PLANNING_SECONDS` in engine/src/session/movement.rs. */
const PLANNING = BigInt(20 * RATE);
const YEAR = BigInt(Math.round(365.25 * 86400 * RATE));

// What the audio thread would have around the processor.
Object.assign(globalThis, { sampleRate: RATE, currentTime: 0 });
globalThis.AudioWorkletProcessor = class {
  port = { postMessage() {} };
};
// Only now: the processor extends what is there when its file is read.
const { Engine, Processor } = await import('./worklet.js');
const { lay, names } = await import('./settings.mjs');

const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const [left, right] = [new Float32Array(BLOCK), new Float32Array(BLOCK)];
const bytes = (build) => readFileSync(new URL(`dist/auralis-${build}.wasm`, import.meta.url));

/** Seconds of audio per second of processor time, from the session's beginning; the browser's compiler is given time to finish before. */
function speed(engine, words) {
  const play = (blocks) => {
    engine.open(SEED, RATE, words);
    for (let i = 0; i < blocks; i += 1) engine.render(left, right, 0, BLOCK);
  };
  play(Math.round((Math.min(seconds, 20) * RATE) / BLOCK));
  const blocks = Math.round((seconds * RATE) / BLOCK);
  const began = processor();
  play(blocks);
  return (blocks * BLOCK) / RATE / (processor() - began);
}

/** A year's worth of what a movement's beginning is known by: at which frame one is forgotten, so that the next one's history begins. */
function* movements(engine, until) {
  const history = (frame) => BigInt.asUintN(64, engine.raw.history_for(frame));
  const step = BigInt(64 * RATE);
  for (let at = 0n; at < until;) {
    const known = history(at);
    let [low, high] = [at, at + step];
    while (history(high) === known) [low, high] = [high, high + step];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (history(middle) === known) low = middle;
      else high = middle;
    }
    yield { history: known, last: low, begins: history(high) + PLANNING };
    at = high;
  }
}

/** The frame of the first year to which a seek takes longest: two movements must be rendered, the first of them whole, with its tail. */
function worst(engine, words) {
  engine.open(SEED, RATE, words);
  let [frame, longest] = [0n, 0n];
  for (const { history, last } of movements(engine, YEAR)) {
    if (last < YEAR && last - history > longest) [frame, longest] = [last, last - history];
  }
  return frame;
}

/** The times of blocks by the clock, in milliseconds: the least of several passes, which is a block's own, and not what else the machine did meanwhile. */
function times(engine, words, from, count) {
  const least = new Float64Array(count).fill(Infinity);
  for (let pass = 0; pass < passes; pass += 1) {
    engine.open(SEED, RATE, words);
    if (from > 0n) {
      engine.seek(from, words, []);
      while (!engine.step(1024));
    }
    for (let i = 0; i < count; i += 1) {
      const start = performance.now();
      engine.render(left, right, 0, BLOCK);
      least[i] = Math.min(least[i], performance.now() - start);
    }
  }
  return least;
}

/** The dearest blocks: of all from the session's beginning, and of those in which the first movements begin. */
function blocks(engine, words) {
  const count = Math.round((seconds * RATE) / BLOCK);
  const all = times(engine, words, 0n, count).sort();
  engine.open(SEED, RATE, words);
  const starts = [...movements(engine, BigInt(Math.round(Math.max(seconds, 160) * RATE)))].map(({ begins }) => begins);
  const around = starts.map((start) => Math.max(...times(engine, words, start - BigInt(8 * BLOCK), 32)));
  return { usual: all[Math.floor(count * 0.999)], dearest: all[count - 1], begins: Math.max(...around) };
}

/** A seek at once, in seconds of processor time. */
function seek(engine, words, frame) {
  engine.open(SEED, RATE, words);
  const began = processor();
  engine.seek(frame, words, []);
  while (!engine.step(1024));
  return processor() - began;
}

/**
 * The same seek by the processor of the audio thread, which goes on with it in slices: how many seconds pass until it is there, how many
 * calls took longer than the frames that they are for last, and the dearest call. By the clock and by the processor's time, whichever
 * is less: the clock goes on while the machine does something else, and other threads, V8's own among them, take the processor's time too.
 */
function slices(module, words, frame) {
  const thread = new Processor({ processorOptions: { module, session: { seed: SEED, words, frame }, playing: true } });
  const outputs = [[left, right]];
  let [calls, late, dearest] = [0, 0, 0];
  while (thread.seeking) {
    const [start, begun] = [processor(), performance.now()];
    thread.process([], outputs);
    const taken = Math.min((processor() - start) * 1000, performance.now() - begun);
    calls += 1;
    if (taken > blockTime) late += 1;
    dearest = Math.max(dearest, taken);
  }
  return { seconds: (calls * BLOCK) / RATE, late, dearest };
}

/** The words of a preset. */
function wordsOf(engine, preset, quality) {
  engine.raw.defaults();
  return lay(engine, engine.words.slice(), { preset, quality });
}

function row(engine, module, preset, frame) {
  const words = wordsOf(engine, preset, 'full');
  const share = (ms) => `${((100 * ms) / blockTime).toFixed(1)} %`;
  const { usual, dearest, begins } = blocks(engine, words);
  const sliced = slices(module, words, frame);
  return [
    preset, speed(engine, words).toFixed(1), speed(engine, wordsOf(engine, preset, 'reduced')).toFixed(1), share(usual), share(dearest),
    share(begins), `${seek(engine, words, frame).toFixed(2)} s`, `${sliced.seconds.toFixed(2)} s`, `${sliced.late}`, share(sliced.dearest),
  ];
}

const HEADS = [
  'preset', 'full', 'reduced', '99.9 % of blocks', 'dearest', 'a movement begins', 'worst seek', 'in slices', 'late', 'dearest slice',
];
const WIDTHS = [12, 8, 9, 18, 9, 19, 12, 11, 6, 15];
const line = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join('');

if (values.speed) {
  const engine = new Engine(bytes(values.build));
  console.log(speed(engine, wordsOf(engine, values.speed, values.quality)).toFixed(1));
} else {
  console.log(`${cpus()[0].model}, Node ${process.version}, ${seconds} s of each preset in blocks of ${BLOCK} at ${RATE} Hz`);
  for (const build of ['simd', 'plain']) {
    const code = bytes(build);
    const module = new WebAssembly.Module(code);
    const engine = new Engine(module);
    console.log(`\n${build}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);
    console.log(line(HEADS));
    const presets = values.presets?.split(',') ?? names(engine, 'presets');
    // Where movements lie depends on the seed alone.
    const frame = worst(engine, wordsOf(engine, presets[0], 'full'));
    for (const preset of presets) console.log(line(row(engine, module, preset, frame)));
    console.log(`memory: ${engine.raw.memory.buffer.byteLength / 65536} pages of 64 KiB, ${(engine.raw.memory.buffer.byteLength / 1e6).toFixed(1)} MB`);
  }
}
