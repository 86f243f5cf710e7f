// The worklet in real browsers gives the native bits: the real worklet.js, in an OfflineAudioContext, with both builds.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { absent, start } from './lib/browsers.mjs';
import { changesFile, long, nativeHash, PLACES } from './lib/native.mjs';
import { renderOffline } from './lib/offline.mjs';
import { serve } from './lib/site.mjs';

const { Engine } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
const { names, sessionFrom } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));
const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm')));

/** A session as the worklet is told it, in JSON: changes from the last ones that matter at `from`. */
function told({ seed, seconds, from = 0, 'sample-rate': rate = 44100, changes: file, ...settings }) {
  const { words, changes } = sessionFrom(engine, { seed, rate, changes: file, settings });
  engine.open(BigInt(seed), rate, words);
  const frame = BigInt(Math.round(from * rate));
  const history = BigInt.asUintN(64, engine.raw.history_for(frame));
  const past = changes.filter((change) => change.frame < history);
  const change = (c) => ({ frame: String(c.frame), words: [...c.words] });
  return {
    rate,
    frames: Math.round(seconds * rate),
    session: {
      seed: String(seed), words: [...(past.at(-1)?.words ?? words)], changes: changes.slice(past.length).map(change),
      frame: String(frame),
    },
  };
}

const CHANGES = [{ frame: 30_000, intensity: 1 }, { frame: 70_007, preset: 'abyss' }, { frame: 90_000, effects: false }];

for (const name of ['chromium', 'firefox', 'webkit']) {
  describe(name, { skip: absent(name) }, () => {
    let browser;
    let site;
    let count = 0;

    before(async () => {
      const page = { type: 'text/html', body: '<!doctype html><title>worklet</title>' };
      site = await serve({ '/deep/worklet/': PLACES.worklet, '/deep/wasm/': PLACES.worklet, '/deep/': page });
      browser = await start(name);
      await browser.visit(`${site.url}/deep/`);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    const same = async (build, options, bytes = false) => {
      count += 1;
      const upload = `frames-${count}`;
      const trouble = await browser.run(renderOffline.toString(), {
        ...told(options), worklet: './worklet/worklet.js', wasm: `./wasm/auralis-${build}.wasm`, upload: `/upload/${upload}`, bytes,
      });
      assert.equal(trouble, '');
      const hash = createHash('sha256').update(await site.uploaded(upload)).digest('hex');
      assert.equal(hash, await nativeHash(options));
    };

    for (const build of ['simd', 'plain']) {
      for (const preset of names(engine, 'presets')) {
        test(`${build}: ${preset}, at both rates`, async () => {
          for (const rate of [44100, 48000]) await same(build, { seed: 42, preset, seconds: 1, 'sample-rate': rate });
        });
      }
      test(`${build}: at 48 kHz, with a log of changes`, async () => {
        await same(build, { seed: 5, preset: 'rain', seconds: 3, 'sample-rate': 48000, changes: await changesFile(CHANGES) });
      });
    }
    test('from its bytes', () => same('simd', { seed: 1, preset: 'dawn', seconds: 1 }, true));
    test('from the middle, with what was changed before', async () => {
      await same('simd', { seed: 8, preset: 'sleep', from: 200.5, seconds: 1, changes: await changesFile(CHANGES) });
    });
    test('a year from here', () => same('simd', { seed: 11, preset: 'drift', from: 31_536_000, seconds: 1 }));
    test('soak: long', () => same('simd', { seed: 3, preset: 'bright', seconds: long(300) }));
  });
}
