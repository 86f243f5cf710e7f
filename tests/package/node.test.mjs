// The packed package in Node: it renders, and everything else says clearly what it cannot do there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nativeHash } from '../browser/lib/native.mjs';
import { MUSIC_JS, makeApp } from './lib/app.mjs';

let app;
let auralis;
let music;

before(async () => {
  app = await makeApp({ 'music.js': MUSIC_JS, 'package-of.js': "export * from 'auralis';" });
  auralis = await import(pathToFileURL(join(app.folder, 'package-of.js')));
  music = await import(pathToFileURL(join(app.folder, 'music.js')));
});
after(() => app?.remove());

test('it renders the samples of the program', async () => {
  assert.equal(await music.hash(), await nativeHash({ seed: 42, preset: 'focus', seconds: 10 }));
});

test('from anywhere, at both rates, with any settings', async () => {
  const { channels, sampleRate, seed } = await auralis.render({
    seed: '18446744073709551615', sampleRate: 48000, key: 'Eb major', layers: { bell: 0.2 }, from: 100, seconds: 2,
  });
  assert.deepEqual([channels[0].length, channels[1].length, sampleRate, seed], [96000, 96000, 48000, 2n ** 64n - 1n]);
  assert.ok(channels[0].some((x) => Math.abs(x) > 1e-3));
  const whole = await auralis.render({ seed: 7, seconds: 3 });
  const part = await auralis.render({ seed: 7, from: 1, seconds: 2 });
  assert.deepEqual(part.channels[0], whole.channels[0].subarray(44100));
});

test('a wrong option is named, and what is allowed', async () => {
  const wrong = async (options, option, allowed) => {
    await assert.rejects(auralis.render({ seconds: 1, ...options }), (error) => {
      assert.ok(error instanceof TypeError && error instanceof auralis.AuralisOptionError, String(error));
      assert.deepEqual([error.code, error.option], ['option', option]);
      assert.match(error.allowed, allowed);
      assert.equal(error.message, `${option} cannot be ${JSON.stringify(error.value)}; allowed: ${error.allowed}`);
      return true;
    });
  };
  await wrong({ bpm: 39 }, 'bpm', /^40 to 200$/);
  await wrong({ bpm: NaN }, 'bpm', /^40 to 200$/);
  await wrong({ preset: 'loud' }, 'preset', /^one of .*sleep/);
  await wrong({ key: 'H minor' }, 'key', /major or minor/);
  await wrong({ layers: { choir: 1 } }, 'setting', /layers\.drone/);
  await wrong({ layers: 3 }, 'layers', /an object/);
  await wrong({ tempo: 3 }, 'option', /bpm/);
  await wrong({ seed: 2 ** 53 }, 'seed', /bigint/);
  await wrong({ seed: -1 }, 'seed', /from 0/);
  await wrong({ sampleRate: 22050 }, 'sampleRate', /44100 or 48000/);
  await wrong({ seconds: '1' }, 'seconds', /a number/);
  await wrong({ from: -1 }, 'from', /a number/);
});

test('it says how much is done, and can be stopped', async () => {
  const done = [];
  await auralis.render({ seconds: 5, onProgress: (share) => done.push(share) });
  assert.ok(done.length > 1 && done.at(-1) === 1 && done.every((x, i) => i === 0 || x > done[i - 1]));
  const stop = new AbortController();
  const rendering = auralis.render({ seconds: 600, signal: stop.signal, onProgress: () => stop.abort() });
  await assert.rejects(rendering, { name: 'AuralisError', code: 'aborted' });
});

test('there is nothing to play with, and it says so', async () => {
  await assert.rejects(auralis.createAuralis(), { name: 'AuralisError', code: 'unsupported' });
});

test('what is missing is named', async () => {
  await assert.rejects(
    auralis.render({ seconds: 1, wasmUrl: new URL('no-such.wasm', import.meta.url) }),
    { name: 'AuralisError', code: 'load', message: /^the engine could not be loaded/ },
  );
});

test('its lists are those of the settings', () => {
  assert.ok(auralis.PRESETS.includes('sleep') && auralis.PRESETS.length >= 8);
  assert.equal(auralis.KEYS.length, 24);
  assert.ok(auralis.SCALES.includes('harmonic minor') && auralis.LAYERS.includes('drone'));
  assert.ok(Object.isFrozen(auralis.PRESETS));
});

test('and in Deno, which may read files and do nothing else', async () => {
  const deno = await makeApp({
    'music.js': MUSIC_JS,
    'main.js': "import { hash } from './music.js';\nconsole.log(await hash());\n",
  }, { deno: '2.9.6' });
  try {
    const { stdout } = await deno.run('deno', 'run', '--no-prompt', '--allow-read', '--cached-only', 'main.js');
    assert.equal(stdout.trim(), await nativeHash({ seed: 42, preset: 'focus', seconds: 10 }));
  } finally {
    await deno.remove();
  }
});

test('it can be loaded where there is no page, its element too', async () => {
  const { AuralisPlayerElement } = await import(pathToFileURL(join(app.folder, 'node_modules/auralis/dist/element.js')));
  assert.equal(typeof AuralisPlayerElement, 'function');
});
