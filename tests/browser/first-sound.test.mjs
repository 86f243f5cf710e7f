// How long it takes from opening a link to the first sound, at random moments of a year, in real time. Nothing is asserted but that there is
// sound: the figures are for docs/benchmarks.md.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { long, PLACES } from './lib/native.mjs';
import { serve } from './lib/site.mjs';

const FOLDER = '/somewhere/deep/';
const YEAR = 31_536_000 * 44100;
const PRESETS = ['focus', 'meditation', 'sleep', 'bright', 'drift', 'dawn', 'rain', 'abyss'];

/** Runs before the page's own scripts: notes when the worklet's node first gives anything but zeros, and when play was pressed. */
function watch() {
  const Node = globalThis.AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Node {
    constructor(context, ...rest) {
      super(context, ...rest);
      const analyser = new AnalyserNode(context, { fftSize: 2048 });
      this.connect(analyser);
      const samples = new Float32Array(2048);
      const look = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        if (samples.some((x) => x !== 0)) {
          globalThis.sounded = performance.now();
          clearInterval(look);
        }
      }, 5);
    }
  };
  addEventListener('click', () => {
    globalThis.pressed ??= performance.now();
  }, true);
}

/** Numbers that are random enough, and the same each time. */
function* numbers() {
  for (let state = 1n; ;) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    yield Number(state >> 33n) / 2 ** 31;
  }
}

describe('first sound', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ [FOLDER]: PLACES.site });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Opens links to moments of a year, presses play `patience` milliseconds after each page is ready, and tells when there was sound. */
  async function moments(t, count, patience) {
    const chance = numbers();
    const next = () => chance.next().value;
    const times = { opened: [], pressed: [] };
    for (let i = 0; i < count; i += 1) {
      const preset = PRESETS[i % PRESETS.length];
      const link = `#seed=${Math.floor(next() * 2 ** 50)}&preset=${preset}&at=${Math.floor(next() * YEAR)}`;
      const page = await browser.newPage();
      await page.addInitScript(watch);
      await page.goto(site.url + FOLDER + link);
      await page.waitForSelector('body[data-ready]');
      await page.waitForTimeout(patience);
      await page.click('#play');
      await page.waitForFunction(() => globalThis.sounded, undefined, { timeout: 60_000, polling: 20 });
      const { sounded, pressed } = await page.evaluate(() => ({ sounded: globalThis.sounded, pressed: globalThis.pressed }));
      times.opened.push(sounded);
      times.pressed.push(sounded - pressed);
      assert.equal(await page.locator('#trouble').textContent(), '');
      await page.close();
    }
    for (const [since, all] of Object.entries(times)) {
      all.sort((a, b) => a - b);
      const [median, worst] = [all[Math.floor(all.length / 2)], all.at(-1)].map((ms) => (ms / 1000).toFixed(2));
      const what = since === 'opened' ? 'the page was opened' : 'play was pressed';
      t.diagnostic(`first sound since ${what}, ${count} moments of a year: median ${median} s, worst ${worst} s`);
    }
  }

  test('soak: after opening a link to any moment of a year, play pressed at once', (t) => moments(t, long(200), 0));

  test('soak: after opening a link to any moment of a year, play pressed a few seconds later', (t) => moments(t, long(50), 5000));
});
