// The built worklet under Node gives the native bits: both builds, every preset, both rates, blocks of any length, after
// seeking, and with a log of changes; and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { changesFile, long, nativeHash, PLACES } from './lib/native.mjs';

const { render } = await import(pathToFileURL(join(PLACES.source, 'hash.mjs')));
const { Engine, seed } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
const { names } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));
const { readFileSync } = await import('node:fs');

const BUILDS = ['simd', 'plain'];
const wasm = (build) => join(PLACES.worklet, `auralis-${build}.wasm`);
const PRESETS = names(new Engine(readFileSync(wasm('simd'))), 'presets');

/** Checks both builds against the program. */
async function same(options, how = {}) {
  const native = await nativeHash(options);
  const { seed, seconds, from, 'sample-rate': rate, changes, ...settings } = options;
  for (const build of BUILDS) {
    const result = render({ seed, seconds, from, rate, changes, settings, wasm: wasm(build), ...how });
    assert.equal(result.hash, native, `${build}: ${JSON.stringify({ ...options, ...how })}`);
    assert.equal(result.grown, 0, 'the memory grew while rendering');
    assert.ok(result.pages <= 128, `${result.pages} pages of memory are more than 8 MB`);
  }
}

test('there are presets', () => assert.ok(PRESETS.length >= 8));

for (const preset of PRESETS) {
  for (const rate of [44100, 48000]) {
    test(`${preset} at ${rate} Hz: wasm = native`, () => same({ seed: 42, preset, seconds: 3, 'sample-rate': rate }));
  }
}

test('a seed is a bigint, a decimal string or a safe integer, and nothing is cut or rounded', () => {
  for (const [given, whole] of [
    [0n, 0n], [2n ** 64n - 1n, 2n ** 64n - 1n], ['18446744073709551615', 2n ** 64n - 1n], [' 42 ', 42n], ['007', 7n],
    [0, 0n], [Number.MAX_SAFE_INTEGER, 9007199254740991n],
  ]) assert.equal(seed(given), whole);
  for (const wrong of [
    -1n, 2n ** 64n, '18446744073709551616', '-1', '1.5', '', '0x10', '1e3', 2 ** 53, 2 ** 53 + 2, 1.5, -1, NaN, Infinity,
    null, undefined, true, [], ['1'], {},
  ]) {
    assert.throws(() => seed(wrong), /^RangeError: seed cannot be ".*"; allowed: a whole number from 0 to 18446744073709551615$/);
  }
  // Wherever one is given.
  const engine = new Engine(readFileSync(wasm('simd')));
  engine.raw.preset(0);
  const words = engine.words.slice();
  for (const wrong of [-1n, 2n ** 64n, 2 ** 53 + 2, '18446744073709551616']) {
    assert.throws(() => engine.open(wrong, 44100, words), RangeError);
    assert.throws(() => render({ seed: wrong, seconds: 0.1, wasm: wasm('simd') }), RangeError);
  }
  const hashes = ['18446744073709551615', 2n ** 64n - 1n, '0', 0, 0n]
    .map((given) => render({ seed: given, seconds: 0.1, wasm: wasm('simd') }).hash);
  assert.deepEqual(hashes.map((hash) => hashes.indexOf(hash)), [0, 0, 2, 2, 2]);
});

test('what is no length, place, block, rate or setting is refused', () => {
  for (const wrong of [
    { seconds: 0 }, { seconds: NaN }, { seconds: 1e14 }, { from: -1 }, { from: 1e14 }, { block: 0 }, { block: 1.5 }, { rate: 22050 },
    { settings: { bpm: 39 } }, { settings: { layers: { pad: 2 } } }, { settings: { mood: 1 } },
  ]) assert.throws(() => render({ wasm: wasm('simd'), ...wrong }), / cannot be ".*"; allowed: /, JSON.stringify(wrong));
});

test('the largest seed', () => same({ seed: '18446744073709551615', preset: 'focus', seconds: 2 }));

test('settings one by one', () => same({
  seed: 3, preset: 'dawn', key: 'F# minor', scale: 'harmonic minor', bpm: 123, intensity: 0.9, effects: 'false',
  quality: 'reduced', seconds: 3,
}));

for (const block of [1, 64, 128, 441, 'random']) {
  test(`in blocks of ${block}`, () => same({ seed: 42, preset: 'sleep', seconds: 2 }, { block }));
}

const CHANGES = [
  { frame: 44_100, intensity: 0.9 },
  { frame: 60_001, preset: 'bright', key: 'Bb minor' },
  { frame: 60_001, bpm: 111, layers: { drone: 0.25, bell: 0 } },
  { frame: 100_063, effects: false },
  { frame: 130_000, quality: 'reduced', effects: true, scale: 'dorian' },
];

test('with a log of changes, in any blocks', async () => {
  const changes = await changesFile(CHANGES);
  for (const block of [4096, 100, 'random']) await same({ seed: 9, preset: 'meditation', seconds: 4, changes }, { block });
});

test('after seeking, a log behind and ahead', async () => {
  const changes = await changesFile(CHANGES);
  await same({ seed: 9, preset: 'meditation', seconds: 2, from: 2, changes });
  await same({ seed: 9, preset: 'meditation', seconds: 1, from: 170.3, changes });
});

test('a year from here', () => same({ seed: 11, preset: 'drift', seconds: 1, from: 31_536_000 }));

test('soak: long, with both builds', () => same({ seed: 1, preset: 'rain', seconds: long(600) }));
