// Lighthouse looks at the site as it is shipped: from a folder of a plain host, under its policy. Accessibility and best practices are
// asserted; performance is a measurement of this machine, so it is only printed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { launch } from 'puppeteer-core';
import { absent, CHROMIUM_FLAGS, PROGRAMS } from './lib/browsers.mjs';
import { PLACES } from './lib/native.mjs';
import { POLICY, serve } from './lib/site.mjs';

const FIGURES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];

describe('lighthouse', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ '/sub/': PLACES.site }, { policy: POLICY, packed: true });
    browser = await launch({ executablePath: PROGRAMS.chromium, args: CHROMIUM_FLAGS });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  for (const [preset, config] of [['mobile', undefined], ['desktop', desktopConfig]]) {
    test(`finds nothing to complain about (${preset})`, async (t) => {
      const { lhr } = await lighthouse(`${site.url}/sub/`, {
        port: Number(new URL(browser.wsEndpoint()).port),
        onlyCategories: ['performance', 'accessibility', 'best-practices'],
        logLevel: 'error',
        // Nobody would look at the picture.
        disableFullPageScreenshot: true,
      }, config);
      assert.equal(lhr.runtimeError, undefined);
      const score = Object.fromEntries(Object.entries(lhr.categories).map(([id, { score: s }]) => [id, Math.round(s * 100)]));
      const figures = FIGURES.map((id) => `${id} ${lhr.audits[id].displayValue}`);
      t.diagnostic(`performance ${score.performance}: ${figures.join(', ')}`);
      const failing = (category) => lhr.categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
        .map(({ id }) => `${id}: ${JSON.stringify(lhr.audits[id].details?.items ?? '')}`);
      assert.equal(score.accessibility, 100, failing('accessibility').join('\n'));
      assert.ok(score['best-practices'] >= 95, `${score['best-practices']}: ${failing('best-practices').join('\n')}`);
    });
  }
});
