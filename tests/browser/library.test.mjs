// The library in Chromium: what was played and liked stays, whatever the browser's store is like; and the way back to any moment.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { PLACES } from './lib/native.mjs';
import { serve } from './lib/site.mjs';

const FOLDER = '/somewhere/deep/';

describe('library', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;
  let visits = 0;

  const listen = (to) => {
    to.setDefaultTimeout(30_000);
    to.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    to.on('pageerror', (error) => complaints.push(String(error)));
  };
  const visit = async (fragment = '', where = page) => {
    visits += 1;
    await where.goto(`${site.url}${FOLDER}?${visits}${fragment}`);
    await where.waitForSelector('body[data-ready]');
  };
  const text = (selector) => page.locator(selector).textContent();
  const says = (selector, pattern, where = page) => where.waitForFunction(
    ([selected, source]) => new RegExp(source).test(document.querySelector(selected).textContent),
    [selector, pattern.source],
    { timeout: 60_000 },
  );
  const names = (where = page) => where.locator('#favourites input').evaluateAll((all) => all.map((input) => input.value));
  const history = () => page.locator('#history li').evaluateAll((all) => all.map((item) => item.textContent));
  const stored = (prefix) => page.evaluate((begin) => Object.keys(localStorage).filter((key) => key.startsWith(begin)).length, prefix);

  before(async () => {
    site = await serve({ [FOLDER]: PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS } });
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
    listen(page);
  });
  afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints, [], 'the console is clean');
    assert.deepEqual(site.missing, [], 'nothing is missing');
  });

  test('what was played is in the history, and goes on from there', async () => {
    await visit('#seed=5&preset=rain&at=4410000');
    await page.keyboard.press('b');
    assert.equal(await page.locator('#no-history').isVisible(), true);
    await page.keyboard.press('Escape');
    await page.click('#play');
    await says('#doing', /^Playing · 1:4[4-9]/);
    await page.click('#surprise');
    await says('#doing', /^Playing · 0:0[3-9]/);
    assert.notEqual(await page.inputValue('#seed'), '5');
    await page.click('[data-panel=library]');
    const all = await history();
    assert.equal(all.length, 2);
    assert.match(all[1], /^Rain.* · \d+ s · seed 5Play$/);
    // After another visit, too.
    await page.click('#play');
    await visit();
    await page.keyboard.press('b');
    await page.locator('#history li', { hasText: /seed 5Play$/ }).getByRole('button', { name: /^Play/ }).click();
    assert.equal(await page.inputValue('#seed'), '5');
    await says('#doing', /^Playing · 1:[45]/);
    // Forgetting asks once more.
    await page.click('#clear-history');
    assert.notEqual((await history()).length, 0);
    await page.click('#clear-history');
    assert.deepEqual(await history(), []);
  });

  test('a session that went on for a while is one entry, with all that was changed', async () => {
    await visit('#seed=8&preset=bright');
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[2-9]/);
    await page.click('[data-panel=settings]');
    await page.locator('#set-space').fill('0.9');
    await page.waitForFunction(() => location.hash.includes('change='));
    await page.waitForTimeout(2500);
    await page.keyboard.press('Escape');
    await page.click('#play');
    await says('#doing', /^Paused/);
    await page.waitForFunction(() => /at=\d{6}/.test(location.hash));
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    await page.click('#play');
    await says('#doing', /^Playing/);
    await page.waitForTimeout(2500);
    assert.equal(await stored('auralis.1.played.'), 1);
  });

  test('favourites are kept, named, played and removed', async () => {
    await visit('#seed=5&preset=rain&at=8820000');
    await page.keyboard.press('l');
    await says('#notice', /^Kept in the library: Rain at 3:20$/);
    assert.equal(await page.getAttribute('#like', 'aria-pressed'), 'true');
    await visit('#seed=6&preset=dawn');
    assert.equal(await page.getAttribute('#like', 'aria-pressed'), 'false');
    await page.click('#like');
    await page.click('[data-panel=library]');
    assert.deepEqual(await names(), ['Dawn at 0:00', 'Rain at 3:20']);
    await page.locator('#favourites input').nth(1).fill('  A wet <evening> & night ');
    await page.locator('#favourites input').nth(1).press('Enter');
    assert.equal((await names())[1], 'A wet <evening> & night');
    await visit();
    await page.keyboard.press('b');
    assert.deepEqual(await names(), ['Dawn at 0:00', 'A wet <evening> & night']);
    await page.locator('#favourites li').nth(1).getByRole('button', { name: /^Play/ }).click();
    await says('#doing', /^Playing · 3:2/);
    assert.equal(await page.inputValue('#seed'), '5');
    assert.equal(await page.getAttribute('#like', 'aria-pressed'), 'true');
    await page.locator('#favourites li').nth(1).getByRole('button', { name: /^Remove/ }).click();
    assert.deepEqual(await names(), ['Dawn at 0:00']);
    assert.equal(await stored('auralis.1.favourite.'), 1);
    await page.locator('#favourites').getByRole('button', { name: 'Undo' }).click();
    assert.equal((await names()).length, 2);
    // Once more on the button: it is no longer liked.
    await page.click('#like');
    await says('#notice', /^No longer in the library$/);
    assert.equal(await stored('auralis.1.favourite.'), 1);
  });

  test('two tabs keep both their favourites', async () => {
    const other = await context.newPage();
    listen(other);
    await visit('#seed=1&preset=rain');
    await visit('#seed=2&preset=dawn', other);
    await other.click('#like');
    await page.click('#like');
    for (const tab of [page, other]) {
      await tab.bringToFront();
      await tab.keyboard.press('b');
      await tab.waitForFunction(() => document.querySelectorAll('#favourites input').length === 2);
      assert.deepEqual((await names(tab)).sort(), ['Dawn at 0:00', 'Rain at 0:00']);
    }
    // What one removes goes from the other, too.
    await page.locator('#favourites li').first().getByRole('button', { name: /^Remove/ }).click();
    await other.waitForFunction(() => document.querySelectorAll('#favourites input').length === 1);
  });

  test('where nothing can be kept, it says so once, and all works until the page is closed', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await visit();
    await page.click('[data-preset=rain]');
    await says('#trouble', /^This browser lets nothing be kept here: .* last until the page is closed\.$/);
    await page.click('#like');
    await says('#notice', /^Kept in the library/);
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[3-9]/);
    await page.keyboard.press('b');
    assert.deepEqual(await names(), ['Rain at 0:00']);
    assert.equal((await history()).length, 1);
    await page.locator('#favourites').getByRole('button', { name: /^Remove/ }).click();
    assert.deepEqual(await names(), []);
  });

  test('a full store loses nothing that is in it', async () => {
    await visit('#seed=5&preset=rain');
    await page.click('#like');
    await page.evaluate(() => {
      const piece = 'x'.repeat(1024);
      try {
        for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
          for (let i = 0; ; i += 1) {
            try {
              localStorage.setItem(`foreign.${size}.${i}`, piece.repeat(Math.ceil(size / 1024)).slice(0, size));
            } catch {
              break;
            }
          }
        }
      } catch {}
    });
    await visit('#seed=6&preset=dawn');
    await page.click('#like');
    await page.locator('#volume').fill('33');
    await page.keyboard.press('b');
    assert.deepEqual(await names(), ['Dawn at 0:00', 'Rain at 0:00']);
    await page.keyboard.press('Escape');
    await page.click('#play');
    await says('#doing', /^Playing/);
    await visit();
    await page.keyboard.press('b');
    assert.deepEqual(await names(), ['Rain at 0:00'], 'what was kept before is there');
  });

  test('a full store says so', async () => {
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await visit();
    await page.click('[data-preset=rain]');
    await says('#trouble', /^There is no room left to keep anything on this device/);
  });

  test('what is foreign or damaged in the store stays there', async () => {
    await visit();
    const before = {
      'auralis.1.session': '{"broken', 'auralis.1.mood': 'furious', 'auralis.1.volume': '1e99', 'auralis.1.favourite.1': 'link=seed%3Dx',
      'auralis.1.played.2': '\u0000\uFFFF', 'auralis.2.favourites': 'of a later version', other: 'of another page',
    };
    // Between two visits: a page writes its own as it is left.
    await page.addInitScript((all) => {
      if (sessionStorage.getItem('written')) return;
      sessionStorage.setItem('written', 'yes');
      for (const [key, value] of Object.entries(all)) localStorage.setItem(key, value);
    }, before);
    await visit();
    await page.click('[data-preset=rain]');
    await page.locator('#volume').fill('33');
    await page.click('#like');
    await page.keyboard.press('b');
    assert.deepEqual(await names(), ['Rain at 0:00']);
    await page.keyboard.press('Escape');
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[3-9]/);
    await page.keyboard.press('b');
    await page.click('#clear-history');
    await page.click('#clear-history');
    const now = await page.evaluate(() => ({ ...localStorage }));
    for (const key of ['auralis.1.session', 'auralis.1.mood', 'auralis.1.volume']) {
      assert.equal(now[`${key}.aside.1`], before[key], key);
      assert.notEqual(now[key], before[key], key);
    }
    for (const key of ['auralis.1.favourite.1', 'auralis.1.played.2', 'auralis.2.favourites', 'other']) {
      assert.equal(now[key], before[key], key);
    }
  });

  test('back to any moment, by keys, without a click', async () => {
    await page.addInitScript(tap, '/capture.js');
    await visit('#seed=42&preset=focus&at=20000000');
    await page.click('#play');
    await says('#doing', /^Playing · 7:3[6-9]/);
    const slider = page.locator('#timeline-slider');
    assert.match(await slider.getAttribute('aria-valuetext'), /^7 minutes 3\d seconds of 7 minutes 3\d seconds$/);
    assert.ok(await page.locator('#timeline-marks span').count() >= 2, 'movements are marked');
    await page.keyboard.press('ArrowLeft');
    await says('#doing', /^Playing · 7:2/);
    await page.keyboard.press('Shift+ArrowLeft');
    await says('#doing', /^Playing · 6:2/);
    await slider.focus();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowRight');
    await says('#doing', /^Playing · 4:[34]/);
    assert.match(await slider.getAttribute('aria-valuetext'), /^4 minutes [34]\d seconds of 7 minutes [34]\d seconds$/);
    await page.keyboard.press('Home');
    await says('#doing', /^Playing · 0:0/);
    await page.keyboard.press('End');
    await says('#doing', /^Playing · 7:[34]/);
    await page.waitForTimeout(1500);
    // A click is a step from one frame to the next that the music itself never makes.
    const recording = await recorded(page);
    let step = 0;
    for (let i = 2; i < recording.length; i += 1) step = Math.max(step, Math.abs(recording[i] - recording[i - 2]));
    assert.ok(step < 0.1, `the largest step is ${step}`);
    // At rest, too: the next press plays from there.
    await page.click('#play');
    await says('#doing', /^Paused/);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Shift+ArrowLeft');
    await says('#doing', /^Paused at 6:[34]/);
    await page.click('#play');
    await says('#doing', /^Playing · 6:[34]/);
  });
});
