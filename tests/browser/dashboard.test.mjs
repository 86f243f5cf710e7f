// The relay's dashboard in Chromium: it shows what the relay measures, with nothing from elsewhere and nothing for axe to complain about, on a
// phone and on a desk, light and dark; the keys go along the curves.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { says, until, watch } from './lib/page.mjs';
import { relay as startRelay } from './lib/relay.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

describe('the dashboard', { skip: absent('chromium') }, () => {
  let relay;
  let browser;
  before(async () => {
    relay = await startRelay();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await relay?.close();
  });

  const open = async (t, size, colorScheme) => {
    const context = await browser.newContext({ viewport: SIZES[size], colorScheme, reducedMotion: 'reduce' });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints = await watch(page);
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${relay.url}dashboard`);
    // Somebody listens, so that there is something to see.
    await page.evaluate(() => {
      fetch('/stream.wav').then(({ body }) => body.pipeTo(new WritableStream()));
    });
    await says(page, '#sessions tbody', /^main1 1 wav/);
    await says(page, '.plot .value', /^\d/);
    return { page, complaints, asked };
  };

  for (const size of Object.keys(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      test(`shows what is measured on a ${size}, ${colorScheme}`, async (t) => {
        const { page, complaints, asked } = await open(t, size, colorScheme);
        assert.equal(await page.locator('.plot:visible').count(), 12);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(', ')}`), []);
        const [wide, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide <= there, `${wide} of ${there} pixels`);
        assert.deepEqual(asked.filter((url) => !url.startsWith(relay.url)), [], 'nothing comes from elsewhere');
        assert.deepEqual(complaints, []);
      });
    }
  }

  test('the keys go along the curves, and a session can be chosen', async (t) => {
    const { page } = await open(t, 'desk', 'light');
    const curve = page.getByRole('slider', { name: 'CPU over time' });
    await until(page, () => document.querySelectorAll('.curve')[10].getAttribute('aria-valuemax') > 2);
    await curve.focus();
    await page.keyboard.press('Home');
    assert.equal(await curve.getAttribute('aria-valuenow'), '0');
    await page.keyboard.press('ArrowRight');
    assert.equal(await curve.getAttribute('aria-valuenow'), '1');
    assert.match(await curve.getAttribute('aria-valuetext'), / at \d\d:\d\d:\d\d$/);
    await page.keyboard.press('Escape');
    await page.selectOption('#session', 'main');
    await until(page, () => document.querySelectorAll('.plot:not([hidden])').length === 10);
    await says(page, '#health-text', /./);
  });

  test('says that the relay is gone, and goes on when it is there again', async (t) => {
    const { page } = await open(t, 'desk', 'light');
    await relay.kill();
    await says(page, '#trouble', /^The relay does not answer/);
    await relay.again();
    await says(page, '#trouble', /^$/);
  });
});
