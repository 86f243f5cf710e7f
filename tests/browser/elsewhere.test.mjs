// The page comes to life in the other browsers too: it is made, remembers, and begins to play where there is a sound card.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, start } from './lib/browsers.mjs';
import { PLACES } from './lib/native.mjs';
import { POLICY, serve } from './lib/site.mjs';

/** Runs in the page. */
async function tryOut() {
  const until = async (condition) => {
    for (let i = 0; i < 120 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return condition();
  };
  const by = (selector) => document.querySelector(selector);
  if (!(await until(() => by('body[data-ready]')))) return { ready: false };
  by('[data-preset=sleep]').click();
  by('#play').click();
  await until(() => /^Playing/.test(by('#doing').textContent) || by('#trouble').textContent);
  const result = {
    ready: true,
    presets: document.querySelectorAll('.preset').length,
    sounding: by('#sounding').textContent,
    kept: localStorage.getItem('auralis.1.session').includes('preset=sleep'),
    doing: by('#doing').textContent,
    trouble: by('#trouble').textContent,
    context: 'AudioContext' in globalThis,
  };
  by('#play').click();
  return result;
}

for (const name of ['firefox', 'webkit']) {
  describe(`page in ${name}`, { skip: absent(name) }, () => {
    let site;
    let browser;
    before(async () => {
      site = await serve({ '/sub/': PLACES.site }, { policy: POLICY });
      browser = await start(name);
      await browser.visit(`${site.url}/sub/`);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    test('comes to life', async () => {
      const result = await browser.run(tryOut.toString());
      assert.ok(result.ready, 'the page came to life');
      assert.equal(result.presets, 8);
      assert.match(result.sounding, /^Sleep · E phrygian · 40 bpm$/);
      assert.ok(result.kept);
      assert.equal(result.trouble, '');
      // Without a sound card a context may never run; then the page says that it is starting.
      assert.match(result.doing, /^(Playing|Starting|Waiting)/);
      assert.deepEqual(site.missing, []);
    });
  });
}
