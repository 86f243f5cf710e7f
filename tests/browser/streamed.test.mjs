// A shared session as the relay sends it: at first, where a device is too slow, or where the person wishes; and back, at the same frame.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { says, until, visit, watch } from './lib/page.mjs';
import { relay as startRelay } from './lib/relay.mjs';
import { CAPTURE_JS, RATE, lag, moments, record } from './lib/stamped.mjs';

/** Plays a session of a relay, made as `quality` says; `prepare` gets the page before it is loaded. */
async function listener(relay, quality, prepare = async () => {}, session = 'main') {
  const browser = await launchChromium();
  const page = await browser.newPage();
  const complaints = await watch(page);
  await page.addInitScript(record, { url: '/stamped.js', quality });
  await prepare(page);
  await visit(page, `${relay.url}?relay&session=${session}`);
  await says(page, '#notice', new RegExp(`^You are in the shared session ${session}\\.`));
  await page.click('#play');
  await says(page, '#doing', /^Playing/, 30_000);
  return { browser, page, complaints };
}

/** What the page says of who makes the music. */
const source = (page, wanted) => says(page, '#quality-help', wanted, 60_000);

/** How far apart they may be, in seconds. */
const MOST = 1.1;

/**
 * Waits until both play the same; how far apart they are then, in seconds. What a relay sends is heard later by as much as has to lie ready beyond what it is
 * sent ahead: a second at most, where it comes as irregularly as on a busy machine.
 */
async function together(listeners) {
  const end = Date.now() + 240_000;
  for (;;) {
    await listeners[0].page.waitForTimeout(4500);
    const [a, b] = await Promise.all(listeners.map(({ page }) => moments(page, 6)));
    const found = lag(a, b, MOST);
    if (found.alike > 0.8) return found;
    if (Date.now() > end) throw new Error(`after four minutes they are ${found.seconds} s apart, correlation ${found.alike}`);
  }
}

/** The longest silence of the last four seconds, in seconds, and the steepest step from one sample to the next. */
async function smoothness(page) {
  const { left } = await moments(page);
  let [silence, longest, steepest] = [0, 0, 0];
  left.forEach((x, i) => {
    silence = x === 0 ? silence + 1 : 0;
    longest = Math.max(longest, silence);
    if (i > 0) steepest = Math.max(steepest, Math.abs(x - left[i - 1]));
  });
  return { silence: longest / RATE, steepest };
}

describe('a session that the relay sends', { skip: absent('chromium') }, () => {
  let relay;
  const listeners = [];

  before(async () => {
    relay = await startRelay({ 'stamped.js': CAPTURE_JS });
    for (const quality of ['full', 'streamed']) listeners.push(await listener(relay, quality));
  });
  after(async () => {
    for (const { browser } of listeners) await browser.close();
    await relay?.close();
  });

  test('is the music that others make, at the same moment', async (t) => {
    const [made, sent] = listeners;
    await source(sent.page, /^Sent by the relay, as you chose\./);
    await source(made.page, /^Full, as you chose\./);
    const { seconds, alike } = await together(listeners);
    t.diagnostic(`${(seconds * 1000).toFixed(2)} ms apart, correlation ${alike.toFixed(3)}`);
  });

  test('is handed over to the device and back without a gap or a click', async (t) => {
    const [, { page }] = listeners;
    const before = await smoothness(page);
    await page.click('[data-panel=settings]');
    await page.selectOption('#quality', 'full');
    await source(page, /^Full, as you chose\./);
    await page.waitForTimeout(1500);
    const here = await smoothness(page);
    await page.selectOption('#quality', 'streamed');
    await source(page, /^Sent by the relay, as you chose\./);
    await page.waitForTimeout(1500);
    const back = await smoothness(page);
    for (const { silence, steepest } of [here, back]) {
      assert.ok(silence < 0.005, `${silence} s`);
      assert.ok(steepest < 3 * Math.max(before.steepest, 0.02), `${steepest}, before ${before.steepest}`);
    }
    const { seconds, alike } = await together(listeners);
    t.diagnostic(`${(seconds * 1000).toFixed(2)} ms apart after that, correlation ${alike.toFixed(3)}`);
  });

  test('is steered as any other', async () => {
    const [made, sent] = listeners;
    await sent.page.locator('#character input').first().fill('0.8');
    await until(made.page, () => document.querySelector('#character input').value === '0.8');
    await together(listeners);
  });

  test('plays in an audio element, too', async () => {
    const [{ browser }] = listeners;
    const page = await browser.newPage();
    await page.goto(`${relay.url}api/v1/health`);
    await page.setContent(`<audio src="${relay.url}stream.opus"></audio>`);
    await page.evaluate(() => document.querySelector('audio').play());
    await until(page, () => document.querySelector('audio').currentTime > 1.5);
    await page.close();
  });

  test('is made here where the relay is gone, and sent again when it is back', async () => {
    const [, { page }] = listeners;
    await relay.kill();
    await says(page, '#trouble', /^The relay does not answer: the music goes on from here/);
    await source(page, /^Full/);
    assert.match(await page.textContent('#doing'), /^Playing/);
    await relay.again();
    await source(page, /^Sent by the relay, as you chose\./);
    const [{ complaints }, other] = listeners;
    assert.deepEqual([...complaints, ...other.complaints].filter((line) => !/WebSocket/.test(line)), []);
  });

  test('goes on, made here, for whoever leaves', async () => {
    const [, { page }] = listeners;
    await source(page, /^Sent by the relay/);
    await page.evaluate(() => document.querySelector('#join').click());
    await says(page, '#notice', /^You have left the shared session main\./);
    await says(page, '#doing', /^Playing/);
    await page.waitForTimeout(8000);
    const { silence } = await smoothness(page);
    assert.ok(silence < 0.005, `${silence} s`);
  });
});

describe('whom the relay sends a session', { skip: absent('chromium') }, () => {
  let relay;
  const browsers = [];
  const join = async (...args) => {
    const joined = await listener(relay, ...args);
    browsers.push(joined.browser);
    return joined;
  };

  before(async () => {
    relay = await startRelay({ 'stamped.js': CAPTURE_JS }, ['--enable-opus', 'false', '--max-clients', '1']);
  });
  after(async () => {
    for (const browser of browsers) await browser.close();
    await relay?.close();
  });

  test('a first, as PCM where there is no Opus; to another there is no place, who makes it', async () => {
    const first = await join('streamed');
    await source(first.page, /^Sent by the relay, as you chose\./);
    const second = await join('streamed');
    await source(second.page, /^Full/);
    await together([first, second]);
  });

  test('and who has little battery left, until it is charged', async () => {
    await browsers.shift().close();
    const { page } = await join('automatic', (its) => its.addInitScript(() => {
      globalThis.battery = Object.assign(new EventTarget(), { level: 0.15, charging: true });
      navigator.getBattery = async () => globalThis.battery;
    }));
    const charging = (value) => page.evaluate((now) => {
      globalThis.battery.charging = now;
      globalThis.battery.dispatchEvent(new Event('chargingchange'));
    }, value);
    await source(page, /^Full/);
    await charging(false);
    await source(page, /^Sent by the relay: the battery is low\./);
    await charging(true);
    await source(page, /^Full/);
  });

  test('whoever comes, where the session is streams only, and who steers it all the same', async () => {
    // There is one place.
    for (const browser of browsers.splice(0)) await browser.close();
    const begun = await fetch(`${relay.url}api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'far', streams_only: true, settings: { preset: 'bright' } }),
    });
    assert.equal((await begun.json()).session.streams_only, true);
    const { page, complaints } = await join('full', undefined, 'far');
    await source(page, /^Sent by the relay: its sound is the relay’s alone\./);
    await page.click('[data-panel=settings]');
    await page.locator('#character input').first().fill('0.8');
    await until(page, async () => (await (await fetch('api/v1/sessions/far')).json()).changes === 1);
    await page.waitForTimeout(5000);
    const { silence, steepest } = await smoothness(page);
    assert.ok(silence < 0.005 && steepest > 0, `${silence} s, ${steepest}`);
    await source(page, /^Sent by the relay: its sound is the relay’s alone\./);
    assert.deepEqual(complaints, []);
  });

  test('whose samples are not the session’s is told so', async () => {
    await browsers.shift().close();
    const { page } = await join('full', (its) => its.addInitScript(() => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function patched(text) {
        send.call(this, text.replace(/("type":"proof".*"hash":")\d+/, '$17'));
      };
    }));
    await source(page, /^Sent by the relay: what this device makes is not the session, to the bit/);
  });
});
