// The sleep timer: a fade by the audio clock after the engine, which waits while paused, can be called off, and ends in a pause.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { says, until, visit, watch } from './lib/page.mjs';
import { serve } from './lib/site.mjs';

const SECOND = 44100;

describe('timer', { skip: absent('chromium'), concurrency: true }, () => {
  let site;
  let browser;

  before(async () => {
    site = await serve({ '/': PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS } });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** A page of a test's own: the tests run side by side, since a minute is the shortest time there is. */
  const open = async (t) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = await watch(page);
    t.after(async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    });
    await page.addInitScript(tap, '/capture.js');
    await visit(page, `${site.url}/`);
    const text = (selector) => page.locator(selector).textContent();
    const set = async (minutes) => {
      if ((await page.locator('dialog#timer').getAttribute('open')) === null) await page.click('[data-panel=timer]');
      await page.fill('#timer-minutes', minutes);
      await page.click('#timer-set');
    };
    /** How many seconds are left. */
    const left = async () => {
      const [minutes, seconds] = (await text('#timer-label')).split(':').map(Number);
      return 60 * minutes + seconds;
    };
    /** The gain after the engine now: how loud the last second is at the loudspeakers, of what the engine gave. NaN before there is anything of both. */
    const gain = () => page.evaluate(() => {
      const power = (parts) => {
        let [sum, count] = [0, 0];
        for (let i = parts.length - 1; i >= 0 && count < 88200; i -= 1) {
          for (const x of parts[i]) sum += x * x;
          count += parts[i].length;
        }
        return Math.sqrt(sum / count);
      };
      return power(globalThis.heard) / power(globalThis.recorded);
    });
    return { page, text, set, left, gain };
  };

  test('says what a time may be', async (t) => {
    const { page, text, set } = await open(t);
    for (const wrong of ['', '0', '-1', '1.5', '100000', 'soon']) {
      await set(wrong);
      assert.match(await text('#timer-error'), /whole number of minutes from 1 to 1440/, wrong);
      assert.equal(await text('#timer-label'), 'Timer');
    }
    await page.click('#timer [data-minutes="45"]');
    await says(page, '#timer-label', /^45:00$/);
    await set('7');
    assert.equal(await text('#timer-error'), '');
    await says(page, '#timer-label', /^7:00$/);
    await page.click('#timer-more');
    await says(page, '#timer-label', /^22:00$/);
    await page.click('#timer-off');
    await says(page, '#timer-label', /^Timer$/);
    assert.equal(await page.isVisible('#timer-running'), false);
  });

  test('fades over the second half, waits while paused, ends in a pause; the session knows nothing of it', async (t) => {
    const { page, text, set, left, gain } = await open(t);
    await page.click('[data-preset=focus]');
    await page.click('[data-panel=settings]');
    await page.fill('#seed', '42');
    await page.press('#seed', 'Enter');
    await page.keyboard.press('Escape');
    await page.locator('#volume').fill('100');
    await set('1');
    await says(page, '#timer-label', /^1:00$/);
    await page.click('#play');
    await says(page, '#timer-label', /^0:4/);
    assert.ok(Math.abs((await gain()) - 1) < 0.01, 'not yet');

    await page.click('#play');
    await says(page, '#doing', /^Paused/);
    await until(page, () => globalThis.contexts[0].state === 'suspended');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const waiting = await left();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.equal(await left(), waiting);
    await page.click('#play');

    await says(page, '#timer-label', /^0:1[0-5]$/, 90_000);
    // With 15 of 30 seconds left a quarter, with 10 a ninth; the sound lags a little behind the clock.
    const fading = await gain();
    assert.ok(fading > 0.07 && fading < 0.35, `${fading} at ${await text('#timer-label')}`);
    await says(page, '#doing', /^Paused at 0:5|^Paused at 1:0/, 60_000);
    await says(page, '#timer-label', /^Timer$/);
    await says(page, '#notice', /^The sleep timer has ended\.$/);
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    // Up to the pause the engine's samples are what they always are.
    assert.equal(hashOf(await recorded(page), silence, 5 * SECOND), await nativeHash({ seed: 42, preset: 'focus', seconds: 5 }));
    const heard = await recorded(page, 'heard');
    const end = heard.slice(-SECOND);
    assert.ok(end.every((x) => Math.abs(x) < 0.001), 'the end is silence');

    await page.click('#play');
    await page.evaluate(() => { globalThis.heard.length = 0; globalThis.recorded.length = 0; });
    // The two are recorded a quarter of a second at a time, each at times of its own.
    await until(page, () => globalThis.recorded.length > 20 && globalThis.heard.length > 20);
    // What was on its way when it began may be in the first blocks; the last second is what counts.
    let now = await gain();
    for (let i = 0; i < 20 && !(now > 0.9); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      now = await gain();
    }
    assert.ok(now > 0.9, `whoever plays again hears it as before: ${now}`);
  });

  for (const [what, act] of Object.entries({
    'called off': (page) => page.click('#timer-off'),
    prolonged: async (page) => {
      await page.click('#timer-more');
      await says(page, '#timer-label', /^15:1/);
    },
  })) {
    test(`${what} while it fades, it comes back`, async (t) => {
      const { page, text, set, gain } = await open(t);
      await page.click('[data-preset=focus]');
      await page.locator('#volume').fill('100');
      await page.click('#play');
      await set('1');
      await says(page, '#timer-label', /^0:1\d$/, 90_000);
      assert.ok((await gain()) < 0.6);
      await act(page);
      await page.waitForTimeout(5000);
      assert.ok(Math.abs((await gain()) - 1) < 0.05);
      assert.match(await text('#doing'), /^Playing/);
      await set('1');
      await says(page, '#timer-label', /^(1:00|0:5\d)$/);
    });
  }
});
