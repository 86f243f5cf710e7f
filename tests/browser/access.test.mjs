// axe finds nothing to complain about, in any state of the page: each panel open, resting, playing, paused, in trouble; light and dark; on a
// phone and on a desk. Panels are found by themselves: a new one is looked at without a word here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { PLACES } from './lib/native.mjs';
import { says, visit, watch } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

describe('access', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ '/sub/': PLACES.site }, { policy: POLICY });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Opens the page as a person with these wishes sees it; `find` gives what axe finds. */
  const open = async (size, colorScheme) => {
    const context = await browser.newContext({ viewport: SIZES[size], colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints = await watch(page);
    await visit(page, `${site.url}/sub/`);
    await page.evaluate(AXE);
    const find = async () => {
      // axe may not fetch stylesheets once more: it reads them from the page.
      const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(', ')}`);
    };
    return { context, page, complaints, find };
  };

  for (const size of Object.keys(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      test(`nothing to complain about on a ${size}, ${colorScheme}`, async () => {
        const { context, page, complaints, find } = await open(size, colorScheme);
        const found = {};
        const look = async (state) => {
          const what = await find();
          if (what.length > 0) found[state] = what;
        };
        await look('resting');
        const panels = await page.$$eval('dialog.panel', (dialogs) => dialogs.map(({ id }) => id));
        assert.ok(panels.length > 0);
        for (const panel of panels) {
          await page.evaluate((id) => document.getElementById(id).show(), panel);
          for (const details of await page.$$(`#${panel} details`)) await details.evaluate((it) => { it.open = true; });
          await look(`the panel ${panel}`);
          await page.evaluate((id) => document.getElementById(id).close(), panel);
        }
        await page.click('#play');
        await says(page, '#doing', /^Playing/);
        await look('playing');
        const moods = await page.$$eval('[data-preset]', (buttons) => buttons.map(({ dataset }) => dataset.preset));
        for (const mood of moods) {
          await page.click(`[data-preset=${mood}]`);
          await look(`the mood ${mood}`);
        }
        await page.click('#play');
        await says(page, '#doing', /^Paused/);
        await look('paused');
        await page.setInputFiles('#file', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{') });
        await says(page, '#trouble', /x\.json/);
        await look('in trouble');
        assert.deepEqual(found, {});
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
});
