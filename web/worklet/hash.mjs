#!/usr/bin/env node
// Renders a session from the built worklet and prints the SHA-256 of its frames (interleaved, f32, little-endian):
// the same as `auralis hash` prints, for anybody to check. `--help` says how.

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Engine } from './worklet.js';
import { block as checkedBlock, length, position, readOptions } from './options.mjs';
import { sessionFrom } from './session.mjs';

const USAGE = `node web/worklet/hash.mjs --seed 42 --preset sleep --seconds 30

  --seed N            0 to 18446744073709551615 (default 0)
  --preset, --key, --scale, --bpm, --intensity, --brightness, --space, --effects, --quality, --layer NAME=LEVEL
                      settings, as of \`auralis\`; a preset applies first
  --session FILE      seed, rate, settings and changes from a session file
  --changes FILE      changes of settings, a line of JSON each: {"frame": 441000, "intensity": 0.8}
  --any-sound         take files made with another version of the sound, although they will sound different
  --sample-rate HZ    44100 (default) or 48000
  --seconds S         how much (default 10)
  --from S            from where (default 0)
  --block N           frames in one call, or \`random\` (default 4096)
  --plain, --simd     which build (default --simd)
  --wasm FILE         a build in another place
  --bench             also print the speed: seconds of audio per second of processor time`;

/** An engine from one of the builds. */
function load({ wasm, plain }) {
  const build = wasm ?? new URL(`dist/auralis-${plain ? 'plain' : 'simd'}.wasm`, import.meta.url);
  try {
    return new Engine(readFileSync(build));
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('the worklet is not built yet: cargo xtask worklet');
    throw error;
  }
}

/** Lengths of blocks: always the same, or anything from 1 to 5000. */
function blocks(block) {
  if (block !== 'random') return () => block;
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + Math.floor((state / 2 ** 32) * 5000);
  };
}

/** Renders; gives the hash and what it cost. */
export function render(options) {
  const engine = load(options);
  const { seed, rate, words, changes } = sessionFrom(engine, options);
  const from = BigInt(Math.round(position(options.from ?? 0) * rate));
  const frames = Math.max(1, Math.round(length(options.seconds ?? 10) * rate));
  const nextBlock = blocks(checkedBlock(options.block ?? 4096));

  engine.open(seed, rate, words);
  const pagesOpened = engine.raw.memory.buffer.byteLength / 65536;
  // At the first frame too: changes within the limiter's look-ahead of it go in with a seek.
  const began = process.cpuUsage();
  const history = BigInt.asUintN(64, engine.raw.history_for(from));
  const past = changes.filter((change) => change.frame < history);
  let next = past.length + engine.seek(from, past.at(-1)?.words ?? words, changes.slice(past.length));
  while (!engine.step(1024));
  const sought = process.cpuUsage(began).user / 1e6;

  const hash = createHash('sha256');
  const most = 8192;
  const [left, right, both] = [new Float32Array(most), new Float32Array(most), new Float32Array(2 * most)];
  const bytes = new Uint8Array(both.buffer);
  const rendering = process.cpuUsage();
  for (let done = 0; done < frames;) {
    const count = Math.min(nextBlock(), frames - done, most);
    // Ahead of its frame, as the native performance does: within a control interval it would come too late.
    const until = from + BigInt(done + count + 4096);
    for (; next < changes.length && changes[next].frame < until; next += 1) {
      Engine.check(engine.apply(changes[next].frame, changes[next].words));
    }
    engine.render(left, right, 0, count);
    for (let i = 0; i < count; i += 1) {
      both[2 * i] = left[i];
      both[2 * i + 1] = right[i];
    }
    hash.update(bytes.subarray(0, 8 * count));
    done += count;
  }
  const { user, system } = process.cpuUsage(rendering);
  const speed = frames / rate / ((user + system) / 1e6);
  const pages = engine.raw.memory.buffer.byteLength / 65536;
  return { hash: hash.digest('hex'), speed, sought, pages, grown: pages - pagesOpened };
}

const tell = (what) => console.error(`auralis: ${what}`);

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    const args = process.argv.slice(2);
    if (args.includes('--help')) {
      console.log(USAGE);
    } else {
      // Names and ranges are the module's: before it is there, no option can be read.
      const wasm = args.map((text, i) => (args[i - 1] === '--wasm' ? text : /^--wasm=(.+)/.exec(text)?.[1])).findLast(Boolean);
      const options = readOptions(load({ wasm, plain: args.includes('--plain') }), args);
      const { hash, speed } = render({ ...options, warn: (what) => tell(`warning: ${what}`) });
      console.log(hash);
      if (options.bench) tell(`${speed.toFixed(1)} × real time`);
    }
  } catch (error) {
    tell(error.message);
    // What the engine refuses (error.code) was wrong, too.
    process.exitCode = error.usage || Number.isInteger(error.code) ? 2 : 1;
  }
}
