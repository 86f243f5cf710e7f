// Chromium for long: an hour of audio in five-minute contexts, joined by seeking; ten minutes in real time with everything changing and the
// page held up again and again. In `cargo xtask test` a tenth of it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { absent, launchChromium, start } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf } from './lib/listen.mjs';
import { changesFile, long, nativeHash, PLACES } from './lib/native.mjs';
import { renderOffline } from './lib/offline.mjs';
import { says, until, visit, watch } from './lib/page.mjs';
import { serve } from './lib/site.mjs';

const SECOND = 44100;
const { Engine } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
const { sessionFrom } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));

/** Numbers from 0 to 1 that are the same each time. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PRESETS = ['focus', 'meditation', 'sleep', 'bright', 'drift', 'dawn', 'rain', 'abyss'];
const KEYS = ['A minor', 'C major', 'F# minor', 'Bb major', 'E minor', 'G major'];
const pick = (random, list) => list[Math.floor(random() * list.length)];

describe('long', { skip: absent('chromium') }, () => {
  let site;

  before(async () => {
    site = await serve({
      '/worklet/': PLACES.worklet, '/wasm/': PLACES.worklet, '/site/': PLACES.site,
      '/blank/': { type: 'text/html', body: '<!doctype html><title>long</title>' },
      '/capture.js': { type: 'text/javascript', body: CAPTURE_JS },
    });
  });
  after(() => site?.close());

  test('soak: an hour in contexts of five minutes, joined by seeking, is one piece', async () => {
    const total = long(3600);
    const part = Math.min(300, total / 2);
    const random = chance(5);
    const log = [];
    for (let at = 20; at < total; at += 20 + 60 * random()) {
      const what = random();
      const frame = Math.round(at * SECOND);
      if (what < 0.4) log.push({ frame, preset: pick(random, PRESETS) });
      else if (what < 0.7) log.push({ frame, key: pick(random, KEYS) });
      else log.push({ frame, intensity: random(), layers: { bell: random(), pad: random() } });
    }
    const file = await changesFile(log);
    const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm')));
    const { words, changes } = sessionFrom(engine, { seed: 9, changes: file, settings: { preset: 'drift' } });
    const browser = await start('chromium');
    const hash = createHash('sha256');
    try {
      await browser.visit(`${site.url}/blank/`);
      for (let from = 0; from < total; from += part) {
        engine.open(9n, SECOND, words);
        const frame = BigInt(Math.round(from * SECOND));
        const history = BigInt.asUintN(64, engine.raw.history_for(frame));
        const past = changes.filter((change) => change.frame < history);
        const told = (c) => ({ frame: String(c.frame), words: [...c.words] });
        const name = `part-${from}`;
        const trouble = await browser.run(renderOffline.toString(), {
          worklet: '/worklet/worklet.js', wasm: '/wasm/auralis-simd.wasm', upload: `/upload/${name}`, bytes: false,
          rate: SECOND, frames: part * SECOND,
          session: {
            seed: '9', words: [...(past.at(-1)?.words ?? words)], changes: changes.slice(past.length).map(told), frame: String(frame),
          },
        });
        assert.equal(trouble, '');
        hash.update(await site.uploaded(name));
      }
    } finally {
      await browser.close();
    }
    assert.equal(hash.digest('hex'), await nativeHash({ seed: 9, preset: 'drift', changes: file, seconds: total }));
  });

  test('soak: ten minutes in real time, while everything changes and the page is held up', async (t) => {
    const browser = await launchChromium('--js-flags=--expose-gc');
    try {
      const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
      const page = await context.newPage();
      const complaints = await watch(page);
      await page.addInitScript(tap, '/capture.js');
      // How much memory the page's own module has.
      await page.addInitScript(() => {
        for (const name of ['instantiate', 'instantiateStreaming']) {
          const plain = WebAssembly[name];
          WebAssembly[name] = async (...args) => {
            const made = await plain.apply(WebAssembly, args);
            globalThis.memory = (made.instance ?? made).exports.memory ?? globalThis.memory;
            return made;
          };
        }
      });
      await visit(page, `${site.url}/site/`);
      const devtools = await context.newCDPSession(page);
      await devtools.send('Performance.enable');
      const memory = async () => {
        await devtools.send('HeapProfiler.collectGarbage');
        const { usedSize } = await devtools.send('Runtime.getHeapUsage');
        const { metrics } = await devtools.send('Performance.getMetrics');
        const metric = (name) => metrics.find((entry) => entry.name === name).value;
        const wasm = await page.evaluate(() => globalThis.memory?.buffer.byteLength ?? 0);
        return { heap: usedSize, wasm, nodes: metric('Nodes'), listeners: metric('JSEventListeners') };
      };
      const parts = [];
      /** Takes what was recorded out of the page. */
      const drain = async () => {
        parts.push(await recorded(page, 'recorded', true));
        await page.evaluate(() => { for (const list of [globalThis.heard, ...globalThis.takes]) list.length = 0; });
      };
      await page.click('[data-preset=bright]');
      await page.click('[data-panel=settings]');
      await page.fill('#seed', '42');
      await page.press('#seed', 'Enter');
      await page.click('#play');
      await says(page, '#doing', /^Playing/);

      const length = long(600);
      const random = chance(3);
      const seen = [];
      const set = (selector, value) => page.evaluate(([where, to]) => {
        const control = document.querySelector(where);
        control.value = to;
        control.dispatchEvent(new Event('input', { bubbles: true }));
      }, [selector, String(value)]);
      const acts = [
        () => page.evaluate((name) => document.querySelector(`[data-preset=${name}]`).click(), pick(random, PRESETS)),
        () => set('#set-key', pick(random, KEYS)),
        () => set('#set-layers-bell', random().toFixed(2)),
        () => set('#set-layers-pad', random().toFixed(2)),
        () => set('#set-intensity', random().toFixed(2)),
        () => set('#volume', Math.round(100 * random())),
        () => page.evaluate(() => document.querySelector('[data-panel=hearing]').click()),
        () => page.evaluate(() => { for (const end = performance.now() + 500; performance.now() < end;); }),
        () => page.evaluate(() => { for (const end = performance.now() + 500; performance.now() < end;); }),
      ];
      const begun = Date.now();
      let last = 0;
      while (Date.now() - begun < 1000 * length) {
        await pick(random, acts)();
        await page.waitForTimeout(800 + 2400 * random());
        if (Date.now() - last > 8000) {
          last = Date.now();
          await drain();
          seen.push(await memory());
        }
      }
      await page.keyboard.press('Escape');
      await page.click('[data-panel=settings]');
      const download = page.waitForEvent('download');
      await page.click('#save');
      const file = await (await download).path();
      await drain();
      const log = JSON.parse(readFileSync(file, 'utf8')).changes;
      const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
      const silence = await silenceOfFile(file);
      const seconds = Math.floor(all.length / 2 / SECOND) - 3;
      assert.ok(seconds > 0.8 * length, `${seconds} s were recorded`);
      assert.ok(log.length > seconds / 15, `${log.length} changes`);
      assert.equal(hashOf(all, silence, seconds * SECOND), await nativeHash({ session: file, seconds }), 'no gap, nothing twice');
      await page.keyboard.press('Escape');
      await page.click('[data-panel=hearing]');
      t.diagnostic(`${seconds} s, ${log.length} changes; glitches: ${await page.locator('#hear-glitches').textContent()}`);
      const early = seen[Math.min(2, seen.length - 1)];
      const late = seen.at(-1);
      t.diagnostic(`memory: ${JSON.stringify(early)} → ${JSON.stringify(late)}`);
      assert.ok(late.heap < early.heap + 3e6, 'the heap does not grow');
      assert.ok(late.wasm <= early.wasm + 2 * 65536 * (length / 60), 'nor the module’s memory');
      assert.ok(late.nodes < early.nodes + 300 && late.listeners <= early.listeners + 5, 'nor the document');
      assert.equal(await page.locator('#trouble').textContent(), '');
      assert.deepEqual(complaints, []);
      await until(page, () => globalThis.contexts.length === 1);
    } finally {
      await browser.close();
    }
  });
});

/** How many frames a session file is silent at first. */
async function silenceOfFile(file) {
  const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm')));
  const { seed, words } = sessionFrom(engine, { session: file });
  engine.open(seed, SECOND, words);
  const [left, right] = [new Float32Array(SECOND), new Float32Array(SECOND)];
  for (let start = 0; start < 60 * SECOND; start += SECOND) {
    engine.render(left, right, 0, SECOND);
    const first = left.findIndex((x, i) => x !== 0 || right[i] !== 0);
    if (first >= 0) return start + first;
  }
  throw new Error('a minute of silence');
}
