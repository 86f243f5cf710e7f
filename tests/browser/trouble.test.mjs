// A broken environment: the page says one calm sentence, and plays wherever it can be done at all.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf, SOUND_VERSION } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { says, seconds, until, visit, watch } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

const SECOND = 44100;
const SESSION = JSON.stringify({
  auralis: 1, sound_version: SOUND_VERSION, seed: '42', sample_rate: SECOND, settings: { preset: 'focus' },
});

describe('trouble', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;
  let url;
  let mounts;
  const asked = new Set();

  before(async () => {
    mounts = { '/sub/': PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS } };
    site = await serve(mounts, { policy: POLICY });
    url = `${site.url}/sub/`;
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    await open({});
  });
  afterEach(async () => {
    await context.close();
  });

  const open = async (options) => {
    await context?.close();
    context = await browser.newContext(options);
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    asked.clear();
    page.on('request', (request) => asked.add(new URL(request.url()).pathname.split('/').at(-1)));
    if (options.javaScriptEnabled === false) return;
    complaints = await watch(page);
    // What comes from the host is what is meddled with here: nothing from the service worker, which some browsers refuse as well.
    await page.addInitScript(() => {
      ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    });
  };
  const text = (selector) => page.textContent(selector);
  /** Meddles with a file on its way; `how` is given its bytes. */
  const meddle = (pattern, how) => page.route(pattern, async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    await route.fulfill(how(readFileSync(join(PLACES.site, name)), name));
  });
  const broken = {
    'is missing': () => ({ status: 404 }),
    'is cut off': (bytes, name) => ({
      body: bytes.subarray(0, bytes.length / 2), contentType: name.endsWith('.js') ? 'text/javascript' : 'application/wasm',
    }),
    'is another page': () => ({ body: '<!doctype html><title>Welcome</title>', contentType: 'text/html' }),
  };
  const play = async () => {
    await page.click('#play');
    await says(page, '#doing', /^Playing/);
    assert.equal(await text('#trouble'), '');
  };
  const module = readdirSync(PLACES.site).find((name) => /^auralis-web-.*_bg\.wasm$/.test(name)).replace('_bg.wasm', '');

  test('without SIMD the plain build plays the very same samples', async () => {
    await page.addInitScript(tap, '/capture.js');
    await page.addInitScript(() => {
      // Nothing as small as the module by which SIMD is looked for is valid.
      const { validate } = WebAssembly;
      WebAssembly.validate = (bytes) => bytes.byteLength > 100 && validate(bytes);
    });
    await visit(page, url);
    await page.setInputFiles('#file', { name: 's.json', mimeType: 'application/json', buffer: Buffer.from(SESSION) });
    await says(page, '#notice', /^Opened/);
    await play();
    await seconds(page, 3);
    assert.equal(
      hashOf(await recorded(page), silenceOf({ seed: '42', preset: 'focus' }), SECOND),
      await nativeHash({ seed: 42, preset: 'focus', seconds: 1 }),
    );
    assert.ok(asked.has('auralis-plain.wasm') && !asked.has('auralis-simd.wasm'), 'only the build that fits is fetched');
    assert.deepEqual(complaints, []);
  });

  test('with SIMD only that build is fetched', async () => {
    await visit(page, url);
    await play();
    assert.ok(asked.has('auralis-simd.wasm') && !asked.has('auralis-plain.wasm'));
    assert.deepEqual(complaints, []);
  });

  for (const [what, how] of Object.entries(broken)) {
    test(`an engine with SIMD that ${what}: the plain one plays`, async () => {
      await meddle(/auralis-simd\.wasm/, how);
      await visit(page, url);
      await play();
    });

    test(`an engine that ${what}: a sentence, and the next press tries again`, async () => {
      await meddle(/auralis-(simd|plain)\.wasm/, how);
      await visit(page, url);
      await page.click('#play');
      await says(page, '#trouble', /^The engine could not be loaded: auralis-plain\.wasm is (missing here \(404\)|damaged)$/);
      assert.equal(await page.getAttribute('#play', 'aria-label'), 'Play');
      await page.unroute(/auralis-(simd|plain)\.wasm/);
      await play();
    });

    test(`workers that ${what}: music, from the middle too`, async () => {
      await meddle(/(probe|seek)\.js/, how);
      await visit(page, `${url}#seed=1&preset=rain&at=3000000`);
      await page.click('#play');
      await says(page, '#doing', /^Playing · 1:[01]/);
      assert.equal(await text('#trouble'), '');
    });

    for (const file of ['.js', '_bg.wasm']) {
      test(`a page whose module${file} ${what}: a sentence`, async () => {
        await meddle(new RegExp(module + file.replace('.', '\\.')), how);
        await page.goto(url);
        await says(page, '#trouble', /^The page could not be loaded completely\. Please check the connection, and reload it\.$/);
      });
    }
  }

  test('a worklet that is missing: a sentence, and the next press tries again', async () => {
    // Not by `route`, which does not see what a worklet fetches.
    mounts['/sub/worklet.js'] = { type: 'text/html', body: '<!doctype html><title>Welcome</title>' };
    try {
      await visit(page, url);
      await page.click('#play');
      await says(page, '#trouble', /^The engine could not be loaded: /);
    } finally {
      delete mounts['/sub/worklet.js'];
    }
    await play();
  });

  test('a host that knows no type for WebAssembly: music', async () => {
    await meddle(/\.wasm/, (body) => ({ body, contentType: 'application/octet-stream' }));
    await visit(page, url);
    await play();
  });

  test('no WebAssembly: a sentence', async () => {
    await page.addInitScript(() => { delete globalThis.WebAssembly; });
    await page.goto(url);
    await says(page, '#trouble', /^The music is made with WebAssembly, which this browser does not have or does not allow here\./);
    assert.deepEqual(complaints, []);
  });

  for (const [what, take] of Object.entries({
    AudioContext: () => { delete globalThis.AudioContext; },
    AudioWorklet: () => { delete BaseAudioContext.prototype.audioWorklet; },
  })) {
    test(`no ${what}: a sentence`, async () => {
      await page.addInitScript(take);
      await visit(page, url);
      await page.click('#play');
      await says(page, '#trouble', /^This browser cannot play here: /);
      assert.equal(await page.getAttribute('#play', 'aria-label'), 'Play');
      assert.deepEqual(complaints, []);
    });
  }

  test('no JavaScript: a sentence', async () => {
    await open({ javaScriptEnabled: false });
    await page.goto(url);
    const seen = async (selector) => (await page.locator(selector).boundingBox())?.height > 0;
    assert.match(await text('noscript'), /please allow JavaScript/);
    assert.ok(await seen('noscript p'));
    assert.ok(!(await seen('#play')) && !(await seen('[data-panel=help]')), 'nothing is there that does nothing');
  });

  test('storage denied: music', async () => {
    await page.addInitScript(() => {
      const denied = { get() { throw new DOMException('denied', 'SecurityError'); } };
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(globalThis, name, denied);
    });
    await visit(page, url);
    await page.click('[data-preset=sleep]');
    await play();
    assert.deepEqual(complaints, []);
  });

  test('play pressed while the page is still on its way: music, once it is there', async () => {
    let letThrough;
    const pressed = new Promise((resolve) => { letThrough = resolve; });
    await page.route(/_bg\.wasm/, async (route) => {
      await pressed;
      await route.continue();
    });
    await page.goto(url, { waitUntil: 'commit' });
    await until(page, () => document.readyState !== 'loading' && document.head.querySelector('link[href*="auralis-simd"]'));
    await page.click('#play');
    letThrough();
    await says(page, '#doing', /^Playing/);
    assert.deepEqual(complaints, []);
  });
});
