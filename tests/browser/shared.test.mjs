// Sessions that a relay keeps, in two Chromiums: the same music at the same moment, steered together, and what happens when the relay is gone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { says, until, visit, watch } from './lib/page.mjs';
import { relay as startRelay } from './lib/relay.mjs';
import { CAPTURE_JS, lag, moments, record } from './lib/stamped.mjs';

describe('a shared session', { skip: absent('chromium') }, () => {
  let relay;
  const listeners = [];

  const join = async () => {
    const browser = await launchChromium();
    const page = await browser.newPage();
    const complaints = await watch(page);
    await page.addInitScript(record, { url: '/stamped.js', quality: 'full' });
    await visit(page, `${relay.url}?relay`);
    await says(page, '#notice', /^You are in the shared session main\./);
    return { browser, page, complaints };
  };

  before(async () => {
    relay = await startRelay({ 'stamped.js': CAPTURE_JS });
    for (let i = 0; i < 2; i += 1) listeners.push(await join());
  });
  after(async () => {
    for (const { browser } of listeners) await browser.close();
    await relay?.close();
  });

  /** Waits until both play the same at the same moment; how far apart they are then, in seconds. */
  const together = async () => {
    const end = Date.now() + 240_000;
    for (;;) {
      await listeners[0].page.waitForTimeout(4500);
      const [a, b] = await Promise.all(listeners.map(({ page }) => moments(page)));
      const found = lag(a, b);
      if (found.alike > 0.8 && Math.abs(found.seconds) < 0.02) return found;
      if (Date.now() > end) throw new Error(`after four minutes they are ${found.seconds} s apart, correlation ${found.alike}`);
    }
  };
  const intensity = ({ page }) => page.locator('#character input').first();

  test('is heard by two at the same moment', async (t) => {
    for (const { page } of listeners) {
      await page.click('#play');
      await says(page, '#doing', /^Playing/);
    }
    const { seconds, alike } = await together();
    t.diagnostic(`${(seconds * 1000).toFixed(2)} ms apart, correlation ${alike.toFixed(3)}`);
  });

  test('is steered by one and heard by both', async (t) => {
    const [one, other] = listeners;
    await one.page.click('[data-panel=settings]');
    const begun = Date.now();
    await intensity(one).fill('0.9');
    await until(other.page, () => document.querySelector('#character input').value === '0.9');
    t.diagnostic(`shown to the other after ${Date.now() - begun} ms`);
    const { seconds, alike } = await together();
    t.diagnostic(`heard ${(seconds * 1000).toFixed(2)} ms apart, correlation ${alike.toFixed(3)}`);
  });

  test('is begun anew by a device that finds itself elsewhere', async () => {
    const [, { page, complaints }] = listeners;
    await page.evaluate(() => {
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function patched(...args) {
        if (args[0].type === 'open') globalThis.opened = true;
        return postMessage.apply(this, args);
      };
      const { getOutputTimestamp } = AudioContext.prototype;
      AudioContext.prototype.getOutputTimestamp = function patched() {
        const { contextTime, performanceTime } = getOutputTimestamp.call(this);
        return { contextTime, performanceTime: performanceTime + 4000 };
      };
    });
    await until(page, () => globalThis.opened);
    await says(page, '#doing', /^Playing/);
    await page.waitForTimeout(1000);
    assert.deepEqual(complaints, []);
  });

  test('goes on without the relay, and joins it again', async () => {
    const [{ page }] = listeners;
    await relay.kill();
    await says(page, '#trouble', /^The relay does not answer: the music goes on from here/);
    assert.match(await page.textContent('#doing'), /^Playing/);
    await relay.again();
    await until(page, () => document.querySelector('#trouble').textContent === '', undefined, 15_000);
    assert.match(await page.textContent('#doing'), /^Playing/);
  });

  test('whoever goes to another moment has left it', async () => {
    const [, { page, complaints }] = listeners;
    await page.click('[data-panel=hearing]');
    await says(page, '#hear-session', /^main, shared; \d/);
    await page.click('#surprise');
    await says(page, '#hear-session', /^your own$/);
    await page.keyboard.press('Escape');
    await page.click('[data-panel=settings]');
    assert.equal(await page.textContent('#join'), 'Join');
    await page.fill('#relay', 'ftp://nowhere');
    await page.click('#join');
    await says(page, '#relay-error', /^relay cannot begin with "ftp:\/\/"; allowed: wss, ws, https, http$/);
    await page.fill('#relay', '');
    await page.click('#join');
    await says(page, '#notice', /^You are in the shared session main\./);
    await page.click('#join');
    await says(page, '#notice', /^You have left the shared session main\./);
    await says(page, '#doing', /^Playing/);
    assert.deepEqual(complaints.filter((line) => !/WebSocket/.test(line)), []);
  });
});
