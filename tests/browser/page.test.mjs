// The page in real Chromium: what it plays is what the native program makes, from any folder of any host, by keyboard alone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf, SOUND_VERSION } from './lib/listen.mjs';
import { long, nativeHash, PLACES } from './lib/native.mjs';
import { POLICY, serve } from './lib/site.mjs';

const SECOND = 44100;
const FOLDER = '/somewhere/deep/';

describe('page', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;

  const visit = async () => {
    await page.goto(site.url + FOLDER);
    await page.waitForSelector('body[data-ready]');
  };
  const text = (selector) => page.locator(selector).textContent();
  const says = (selector, pattern, timeout = 30_000) => page.waitForFunction(
    ([where, source]) => new RegExp(source).test(document.querySelector(where).textContent),
    [selector, pattern.source],
    { timeout },
  );
  const seconds = (count) => page.waitForFunction(
    (samples) => globalThis.recorded.reduce((sum, part) => sum + part.length, 0) >= samples,
    2 * SECOND * count,
    { timeout: 60_000 + 4000 * count },
  );
  /** Opens a panel, if it is not open. */
  const panel = async (name) => {
    if (!(await page.locator(`dialog#${name}`).getAttribute('open').then((open) => open !== null))) {
      await page.click(`[data-panel=${name}]`);
    }
  };

  before(async () => {
    const capture = { type: 'text/javascript', body: CAPTURE_JS };
    site = await serve({ [FOLDER]: PLACES.site, '/capture.js': capture }, { policy: POLICY });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(tap, '/capture.js');
    await visit();
  });
  afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints, [], 'the console is clean');
    assert.deepEqual(site.missing, [], 'nothing is missing');
  });

  const setSeed = async (seed) => {
    await panel('settings');
    await page.fill('#seed', seed);
    await page.press('#seed', 'Enter');
    await page.keyboard.press('Escape');
  };

  test('plays the native samples at a key press', async () => {
    await page.click('[data-preset=focus]');
    await setSeed('42');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Space');
    await says('#doing', /^Playing/);
    const length = 3;
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    await seconds(length + 2);
    const heard = hashOf(await recorded(page), silence, length * SECOND);
    assert.equal(heard, await nativeHash({ seed: 42, preset: 'focus', seconds: length }));
    assert.equal(await page.getAttribute('#play', 'aria-label'), 'Pause');
    await page.keyboard.press('Space');
    await says('#doing', /^Paused at 0:0/);
    assert.equal(await text('#live'), 'Paused');
    assert.equal(await text('#trouble'), '');
  });

  test('a saved session is what was heard, changes and all', async () => {
    await page.click('[data-preset=bright]');
    await setSeed('18446744073709551615');
    await page.click('#play');
    await says('#doing', /^Playing/);
    await seconds(1);
    await panel('settings');
    await page.focus('#set-intensity');
    for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowRight');
    await seconds(2);
    await page.selectOption('#set-key', 'F# minor');
    await says('#coming', /^F♯ aeolian comes with a new phrase in /);
    await says('#sounding', /^Bright, your way · G lydian · 70 bpm$/);
    await seconds(6);
    const download = page.waitForEvent('download');
    await panel('settings');
    await page.click('#save');
    const file = await (await download).path();
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(saved.seed, '18446744073709551615');
    assert.ok(saved.changes.length >= 2, 'both changes are in the log');
    const heard = hashOf(await recorded(page), silenceOf({ seed: saved.seed, preset: 'bright' }), 5 * SECOND);
    assert.ok(saved.changes.at(-1).frame < 5 * SECOND, 'the last change is within what is compared');
    assert.equal(heard, await nativeHash({ session: file, seconds: 5 }));
    assert.notEqual(heard, await nativeHash({ seed: saved.seed, preset: 'bright', seconds: 5 }), 'the changes are heard');

    // Opened again, it plays by itself what was changed by hand.
    await visit();
    await page.setInputFiles('#file', file);
    await says('#notice', /^Opened /);
    await page.click('#play');
    await seconds(7);
    assert.equal(hashOf(await recorded(page), silenceOf({ seed: saved.seed, preset: 'bright' }), 5 * SECOND), heard);
    assert.equal(await page.inputValue('#set-key'), 'F# minor');
  });

  test('remembers what was set', async () => {
    await page.click('[data-preset=rain]');
    await panel('settings');
    await page.locator('#set-space').fill('0.91');
    await page.locator('#volume').fill('37');
    await setSeed('123');
    await panel('settings');
    await page.locator('#set-layers-bell').fill('0.25');
    await visit();
    assert.equal(await page.inputValue('#set-space'), '0.91');
    assert.equal(await page.inputValue('#volume'), '37');
    assert.equal(await page.inputValue('#seed'), '123');
    assert.equal(await page.inputValue('#set-layers-bell'), '0.25');
    assert.equal(await page.inputValue('#set-key'), 'Bb minor');
    assert.match(await text('#sounding'), /^Rain, your way · B♭ aeolian · 46 bpm/);
  });

  test('says what is wrong with a seed or a file, and goes on', async () => {
    await panel('settings');
    await page.fill('#seed', '18446744073709551616');
    await page.press('#seed', 'Enter');
    assert.match(await text('#seed-error'), /whole number from 0 to 18446744073709551615/);
    await page.fill('#seed', '7');
    await page.press('#seed', 'Enter');
    assert.equal(await text('#seed-error'), '');
    const file = (body) => ({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(body) });
    await page.setInputFiles('#file', file('{"auralis": 1, "sound_version": 1, "seed": "1"'));
    await says('#trouble', /x\.json cannot be opened/);
    await page.setInputFiles('#file', file('{"auralis": 1, "sound_version": 999, "seed": "1", "sample_rate": 44100}'));
    await says('#trouble', /sound_version cannot be 999/);
    assert.equal(await page.inputValue('#seed'), '7');
  });

  test('another seed while it plays is another piece, at once', async () => {
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[2-9]/);
    await panel('settings');
    const old = await page.inputValue('#seed');
    await page.click('#new-seed');
    assert.notEqual(await page.inputValue('#seed'), old);
    await says('#doing', /^Playing · 0:0[01]/);
    await page.click('#restart');
    await says('#doing', /^Playing · 0:0[01]/);
    assert.equal(await text('#trouble'), '');
  });

  test('a session at 48 kHz plays at 48 kHz', async () => {
    const session = {
      auralis: 1, sound_version: SOUND_VERSION, seed: '5', sample_rate: 48000, settings: { preset: 'dawn' },
    };
    await page.setInputFiles('#file', {
      name: 's.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(session)),
    });
    await says('#notice', /^Opened/);
    await page.evaluate(() => {
      const { connect } = AudioNode.prototype;
      AudioNode.prototype.connect = function patched(...args) {
        globalThis.rate = this.context.sampleRate;
        return connect.apply(this, args);
      };
    });
    await page.click('#play');
    await says('#doing', /^Playing/);
    assert.equal(await page.evaluate(() => globalThis.rate), 48000);
  });

  test('everything is reached and worked by keyboard', async () => {
    // The page itself, then every panel: by its key, and each control in it by Tab.
    const reach = async (root) => {
      const met = new Set();
      for (let i = 0; i < 60; i += 1) {
        met.add(await page.evaluate(() => {
          const e = document.activeElement;
          return e.id || e.dataset.preset || e.dataset.panel || (e.dataset.close === undefined ? e.tagName : 'close');
        }));
        await page.keyboard.press('Tab');
      }
      const all = await page.evaluate((selector) => [...document.querySelectorAll(`${selector} :is(button, select, input:not([hidden]), a)`)]
        .filter((e) => !e.disabled && e.checkVisibility())
        .map((e) => e.id || e.dataset.preset || e.dataset.panel || (e.dataset.close === undefined ? e.tagName : 'close')), root);
      assert.deepEqual(all.filter((id) => !met.has(id)), [], root);
    };
    await page.evaluate(() => document.activeElement.blur());
    await reach('main');
    for (const [key, name] of Object.entries({ e: 'settings', h: 'hearing', '?': 'help', k: 'keep', s: 'share', t: 'timer', b: 'library' })) {
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press(key);
      await page.waitForSelector(`dialog#${name}[open]`);
      await reach(`dialog#${name}`);
      await page.keyboard.press('Escape');
      await page.waitForSelector(`dialog#${name}:not([open])`, { state: 'attached' });
    }
    await page.focus('[data-preset=abyss]');
    await page.keyboard.press('Enter');
    assert.equal(await page.getAttribute('[data-preset=abyss]', 'aria-pressed'), 'true');
    assert.equal(await text('#doing'), 'Ready', 'a key that a control has its own use for does not play');
    await panel('settings');
    await page.focus('#set-effects');
    await page.keyboard.press('Space');
    assert.equal(await page.isChecked('#set-effects'), false);
    assert.equal(await text('#doing'), 'Ready');
  });

  test('keys without a modifier can be switched off', async () => {
    await panel('help');
    await page.click('#keys');
    await page.keyboard.press('Escape');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('e');
    assert.equal(await page.locator('dialog#settings').getAttribute('open'), null);
    await visit();
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.inputValue('#volume'), '80', 'and stay off');
    await page.keyboard.press('Space');
    await says('#doing', /^Playing/);
  });

  test('says in words what is heard', async () => {
    await page.click('[data-preset=bright]');
    await setSeed('42');
    assert.equal(await text('#words'), '');
    await page.click('#play');
    await says('#words', /^Drone on [A-G].*; pad: [A-G].*/);
    await panel('hearing');
    await says('#chord', /^[A-G].* \(.* · .*\)$/);
    await says('#hear-next', /another chord in \d+/);
    await says('#hear-form', /;/);
    assert.match(await text('#hear-layers'), /Droneon [A-G].*Pad[A-G].*Windsounding/);
  });

  test('fits small screens', async () => {
    for (const width of [320, 375, 768, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px of content at ${width} px`);
    }
  });

  test('soak: plays on, with what was set on the way, and stays in step', async () => {
    await page.click('[data-preset=drift]');
    await setSeed('9');
    await page.click('#play');
    const length = Math.ceil(long(120));
    await seconds(length + 3);
    const heard = hashOf(await recorded(page), silenceOf({ seed: '9', preset: 'drift' }), length * SECOND);
    assert.equal(heard, await nativeHash({ seed: 9, preset: 'drift', seconds: length }));
  });
});
