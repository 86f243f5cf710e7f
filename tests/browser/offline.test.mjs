// Offline: after one visit the site opens and plays without a host, the same samples to the bit; a new version comes as a whole, when the
// listener takes it; and two sites in folders of one host leave each other's alone.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { absent, launchChromium, start } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf, SOUND_VERSION } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { says, seconds, until, visit, watch } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

const SECOND = 44100;
const SESSION = JSON.stringify({
  auralis: 1, sound_version: SOUND_VERSION, seed: '42', sample_rate: SECOND, settings: { preset: 'focus' },
});
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODULE = readdirSync(PLACES.site).find((name) => /^auralis-web-.*\.js$/.test(name));

/** A copy of the site, changed and finished as by `cargo xtask build`: another version. */
async function versionWith(change) {
  const folder = mkdtempSync(join(tmpdir(), 'auralis-site-'));
  cpSync(PLACES.site, folder, { recursive: true });
  // The tests' own recorder is kept offline with the rest.
  writeFileSync(join(folder, 'capture.js'), CAPTURE_JS);
  change(folder);
  await promisify(execFile)('cargo', ['xtask', 'finish', folder], { cwd: ROOT });
  return folder;
}

const versionOf = (folder) => /data-version="([0-9a-f]+)"/.exec(readFileSync(join(folder, 'index.html'), 'utf8'))[1];

describe('offline in chromium', { skip: absent('chromium') }, () => {
  let browser;
  let context;
  let page;
  let complaints;
  let mounts;
  let site;
  const folders = {};

  before(async () => {
    browser = await launchChromium();
    folders.old = await versionWith(() => {});
    folders.newer = await versionWith((folder) => appendFileSync(join(folder, 'boot.js'), "\ndocument.documentElement.dataset.mark = 'newer';\n"));
    folders.dead = await versionWith((folder) => writeFileSync(join(folder, MODULE), "throw new Error('dead');\n"));
    // One file is not what its worker was told.
    folders.mixed = await versionWith((folder) => appendFileSync(join(folder, 'boot.js'), '\n// mixed\n'));
    appendFileSync(join(folders.mixed, 'boot.js'), '\n// of yet another version\n');
  });
  after(async () => {
    await browser?.close();
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    mounts = { '/a/': folders.old, '/a/inner/': folders.old };
    site = await serve(mounts, { policy: POLICY });
    context = await browser.newContext();
    [page, complaints] = await open();
  });
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  const open = async () => {
    const opened = await context.newPage();
    opened.setDefaultTimeout(30_000);
    return [opened, await watch(opened)];
  };
  const url = (folder) => site.url + folder;
  const kept = (which = page) => until(
    which,
    () => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller)),
  );
  const version = (which = page) => which.getAttribute('html', 'data-version');
  /** The versions that are kept for a folder. */
  const versions = (folder) => page.evaluate(
    async (start) => (await caches.keys()).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)),
    `auralis ${folder} `,
  );
  const play = async () => {
    await page.click('#play');
    await says(page, '#doing', /^Playing/);
  };
  /** What a browser does by itself with every visit. */
  const lookForNewer = () => page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration()).update();
  });
  const offered = (which = page) => says(which, '.update', /^A new version is ready\./);

  test('opens and plays the native samples without a host', async () => {
    await visit(page, url('/a/'));
    await kept();
    await page.close();
    await site.close();
    await context.setOffline(true);
    [page, complaints] = await open();
    await page.addInitScript(tap, './capture.js');
    await visit(page, `${url('/a/')}?from=a-link`);
    await page.setInputFiles('#file', { name: 's.json', mimeType: 'application/json', buffer: Buffer.from(SESSION) });
    await says(page, '#notice', /^Opened/);
    await play();
    await seconds(page, 4);
    assert.equal(
      hashOf(await recorded(page), silenceOf({ seed: '42', preset: 'focus' }), 2 * SECOND),
      await nativeHash({ seed: 42, preset: 'focus', seconds: 2 }),
    );
    assert.deepEqual(complaints, []);
  });

  test('keeps what this device needs, and no more', async () => {
    await visit(page, url('/a/'));
    await kept();
    const paths = await page.evaluate(async () => {
      const [name] = await caches.keys();
      const requests = await (await caches.open(name)).keys();
      return requests.map((request) => request.url.slice(new URL('.', location.href).href.length));
    });
    // Not the other build, nor what only those read who write apps, nor what only a GPU is for.
    const others = ['sw.js', 'auralis-plain.wasm', 'developers', 'gpu.js', 'gpu_bg.wasm', 'textures.js'];
    const needed = readdirSync(folders.old).filter((name) => !others.includes(name));
    assert.deepEqual(paths.sort(), needed.map((name) => (name === 'index.html' ? '' : name)).sort());
    assert.deepEqual(complaints, []);
  });

  test('a new version waits for the listener, and the music does not', async () => {
    await visit(page, url('/a/'));
    await kept();
    await play();
    mounts['/a/'] = folders.newer;
    await lookForNewer();
    await offered();
    assert.match(await page.textContent('#doing'), /^Playing/);
    await page.reload();
    await until(page, () => document.body?.dataset.ready !== undefined);
    assert.equal(await version(), versionOf(folders.old), 'whoever does not take it keeps what he has');
    await offered();
    await play();
    await page.click('.update button');
    await until(page, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    await says(page, '#doing', /^Playing/);
    assert.equal(await page.getAttribute('html', 'data-mark'), 'newer');
    assert.equal(await page.locator('.update').count(), 0);
    assert.deepEqual(await versions('/a/'), [`${versionOf(folders.newer)} simd`], 'the old one is gone');
    await page.close();
    await site.close();
    await context.setOffline(true);
    let more;
    [page, more] = await open();
    await visit(page, url('/a/'));
    assert.equal(await version(), versionOf(folders.newer), 'the new one is there offline');
    assert.deepEqual([...complaints, ...more], []);
  });

  test('a version that was taken in another window is offered in this one', async () => {
    await visit(page, url('/a/'));
    await kept();
    const [other, complaintsThere] = await open();
    await visit(other, url('/a/'));
    await kept(other);
    mounts['/a/'] = folders.newer;
    await lookForNewer();
    await Promise.all([offered(), offered(other)]);
    await other.click('.update button');
    await until(other, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    assert.equal(await version(), versionOf(folders.old), 'nothing is taken from under this one');
    const [, refused] = await Promise.all([
      page.waitForEvent('requestfailed'),
      page.evaluate((old) => fetch(`./worklet.js?v=${old}`).then(() => false, () => true), versionOf(folders.old)),
    ]);
    assert.ok(refused, 'no file of the new version gets into the old page');
    complaints.length = 0;
    // As if it had been on its way when that was taken.
    const third = await context.newPage();
    await visit(third, url('/a/'));
    await third.evaluate((old) => {
      document.documentElement.dataset.version = old;
      document.head.append(Object.assign(document.createElement('script'), { src: `./boot.js?v=${old}` }));
    }, versionOf(folders.old));
    await until(third, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    await page.click('.update button');
    await until(page, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    assert.deepEqual([...complaints, ...complaintsThere], []);
  });

  test('a version that is not whole is never taken', async () => {
    await visit(page, url('/a/'));
    await kept();
    mounts['/a/'] = folders.mixed;
    const ending = page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const coming = new Promise((resolve) => { registration.onupdatefound = () => resolve(registration.installing); });
      registration.update().catch(() => {});
      const worker = await coming;
      await new Promise((resolve) => {
        worker.onstatechange = () => { if (['installed', 'redundant'].includes(worker.state)) resolve(); };
      });
      return worker.state;
    });
    assert.equal(await ending, 'redundant');
    assert.deepEqual(await versions('/a/'), [`${versionOf(folders.old)} simd`]);
    assert.equal(await page.locator('.update').count(), 0);
    await visit(page, url('/a/'));
    assert.equal(await version(), versionOf(folders.old));
    await play();
  });

  test('a version that does not start gives way to the next', async () => {
    await visit(page, url('/a/'));
    await kept();
    mounts['/a/'] = folders.dead;
    await lookForNewer();
    await offered();
    await page.click('.update button');
    await says(page, '#trouble', /^The page could not be loaded completely/);
    // A request that a reload cuts short keeps Chromium for minutes from putting another worker in the place of the one that answers it.
    await page.waitForLoadState('networkidle');
    mounts['/a/'] = folders.newer;
    await page.reload();
    await until(page, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    await until(page, () => document.body?.dataset.ready !== undefined);
    await play();
  });

  test('a version that does not start gives way to one that another window takes', async () => {
    await visit(page, url('/a/'));
    await kept();
    mounts['/a/'] = folders.dead;
    await lookForNewer();
    await offered();
    // It never hears whether there is a newer one.
    await page.addInitScript(() => {
      ServiceWorkerRegistration.prototype.update = () => new Promise(() => {});
    });
    await page.click('.update button');
    await says(page, '#trouble', /^The page could not be loaded completely/);
    mounts['/a/'] = folders.newer;
    const [other] = await open();
    await other.goto(url('/a/'));
    await Promise.all([page, other].map(
      (which) => until(which, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer)),
    ));
    await until(page, () => document.body?.dataset.ready !== undefined);
    await play();
  });

  test('sites in folders of one host, one within the other, have their own', async () => {
    await visit(page, url('/a/'));
    await kept();
    await visit(page, url('/a/inner/'));
    await until(page, () => navigator.serviceWorker.getRegistration().then((r) => r?.scope.endsWith('/inner/') && r.active));
    mounts['/a/inner/'] = folders.newer;
    await lookForNewer();
    await page.reload();
    await offered();
    await page.click('.update button');
    await until(page, (expected) => document.documentElement.dataset.version === expected, versionOf(folders.newer));
    assert.deepEqual(await versions('/a/inner/'), [`${versionOf(folders.newer)} simd`]);
    assert.deepEqual(await versions('/a/'), [`${versionOf(folders.old)} simd`]);
    assert.deepEqual(complaints, []);
  });
});

/** Runs in a page: whether it came to life, who answers it, and whether it plays. */
async function lookAround() {
  const until = async (condition) => {
    for (let i = 0; i < 200 && !(await condition()); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return condition();
  };
  const by = (selector) => document.querySelector(selector);
  const ready = Boolean(await until(() => by('body[data-ready]')));
  const kept = 'serviceWorker' in navigator
    ? Boolean(await until(() => navigator.serviceWorker.controller))
    : 'no service workers';
  by('#play').click();
  await until(() => /^(Playing|Waiting)/.test(by('#doing').textContent) || by('#trouble').textContent);
  const found = { ready, kept, doing: by('#doing').textContent, trouble: by('#trouble').textContent };
  by('#play').click();
  return found;
}

for (const name of ['firefox', 'webkit']) {
  describe(`offline in ${name}`, { skip: absent(name) }, () => {
    let site;
    let browser;
    before(async () => {
      site = await serve({ '/sub/': PLACES.site }, { policy: POLICY });
      browser = await start(name);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    test('opens and begins to play without a host', async (t) => {
      const url = `${site.url}/sub/`;
      await browser.visit(url);
      const first = await browser.run(lookAround.toString());
      if (first.kept === 'no service workers') {
        t.skip(`${name} has no service workers here`);
        return;
      }
      assert.ok(first.ready && first.kept, JSON.stringify(first));
      await site.close();
      await browser.visit(url);
      const second = await browser.run(lookAround.toString());
      assert.ok(second.ready && second.kept, JSON.stringify(second));
      assert.equal(second.trouble, '');
      // Without a sound card a context may never run; then the page says that it is starting.
      assert.match(second.doing, /^(Playing|Starting|Waiting)/);
    });
  });
}
