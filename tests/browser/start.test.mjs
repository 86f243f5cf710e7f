// How long it is from a press of the button to the sound: on a cold page, from the navigation on, by a listener who presses as soon as there is
// a button; on a warm one; and on a page that was kept offline. What is measured is printed; that it plays is asserted.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { PLACES } from './lib/native.mjs';
import { until, visit } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

/** Runs in the page before its own scripts: notes when it begins to play, in milliseconds since the navigation. */
function note({ press }) {
  addEventListener('DOMContentLoaded', () => {
    const doing = document.getElementById('doing');
    new MutationObserver(() => {
      if (doing.textContent.startsWith('Playing')) globalThis.playing ??= performance.now();
    }).observe(doing, { childList: true, characterData: true, subtree: true });
    if (press) document.getElementById('play').click();
  });
}

describe('start', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ '/sub/': PLACES.site }, { policy: POLICY, packed: true });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  const ROUNDS = 5;
  const median = (times) => Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]);
  const measure = async (once) => {
    const times = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const context = await browser.newContext();
      times.push(await once(await context.newPage(), context));
      await context.close();
    }
    assert.ok(times.every((time) => time > 0));
    return median(times);
  };
  const cold = async (page) => {
    await page.addInitScript(note, { press: true });
    await page.goto(`${site.url}/sub/`);
    return until(page, () => globalThis.playing);
  };

  test('on a cold page', async (t) => {
    t.diagnostic(`from the navigation to the sound: ${await measure(cold)} ms, the median of ${ROUNDS}`);
  });

  test('on a warm page', async (t) => {
    const warm = async (page) => {
      await page.addInitScript(note, { press: false });
      await visit(page, `${site.url}/sub/`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const pressed = await page.evaluate(() => {
        const now = performance.now();
        document.getElementById('play').click();
        return now;
      });
      return (await until(page, () => globalThis.playing)) - pressed;
    };
    t.diagnostic(`from the press to the sound: ${await measure(warm)} ms, the median of ${ROUNDS}`);
  });

  test('on a page that was kept offline', async (t) => {
    const offline = async (page, context) => {
      await visit(page, `${site.url}/sub/`);
      await until(page, () => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller)));
      await context.setOffline(true);
      return cold(await context.newPage());
    };
    t.diagnostic(`from the navigation to the sound: ${await measure(offline)} ms, the median of ${ROUNDS}`);
  });
});
