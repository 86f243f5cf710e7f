// Every example, built with the package as it is packed, opened in Chromium, and played.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absent, launchChromium } from '../browser/lib/browsers.mjs';
import { says, watch } from '../browser/lib/page.mjs';
import { serve } from '../browser/lib/site.mjs';
import { makeApp } from './lib/app.mjs';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());

/** The files of an example, and the packages that it asks for beside this one. */
function read(name) {
  const files = {};
  for (const file of readdirSync(join(folder, name), { withFileTypes: true })) {
    if (file.isFile()) files[file.name] = readFileSync(join(folder, name, file.name), 'utf8');
  }
  const { dependencies: { auralis, ...others }, devDependencies, scripts } = JSON.parse(files['package.json']);
  assert.match(auralis, /^\^\d/);
  delete files['package.json'];
  return { files, packages: { ...others, ...devDependencies }, built: Boolean(scripts?.build) };
}

describe('an example', { skip: absent('chromium') }, () => {
  let browser;
  before(async () => { browser = await launchChromium(); });
  after(() => browser?.close());

  for (const name of names) {
    test(`${name}: plays`, async () => {
      const { files, packages, built } = read(name);
      const app = await makeApp(files, packages);
      let server;
      try {
        if (built) await app.run('vite', 'build');
        server = await serve({ '/below/': built ? join(app.folder, 'dist') : app.folder });
        const page = await browser.newPage();
        const complaints = await watch(page);
        await page.goto(`${server.url}/below/index.html`);
        await says(page, '#status', /^paused$/);
        await page.click('#play');
        await says(page, '#status', /^playing$/);
        assert.deepEqual(complaints, []);
        assert.deepEqual(server.missing, []);
        await page.close();
      } finally {
        await server?.close();
        await app.remove();
      }
    });
  }
});
