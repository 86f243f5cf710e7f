// Textures on a browser's GPU, in a worker: the same as on the processor, soon enough, with the page and the music undisturbed; what happens when the
// GPU is taken away; and that a page without one loads nothing of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { absent, launchChromium, startFirefox } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { GPU_WORKER_JS, inWorker, LAVAPIPE, SHORT_LIVED_JS, SWIFTSHADER, watchGpu } from './lib/gpu.mjs';
import { hashOf, played, silenceOf, SOUND_VERSION } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { says, seconds, until, visit, watch } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

const SECOND = 44100;
const SESSION = JSON.stringify({
  auralis: 1, sound_version: SOUND_VERSION, seed: '42', sample_rate: SECOND, settings: { preset: 'focus' },
});
const RICH = { seed: '42', preset: 'focus', quality: 'rich' };
const RICH_SESSION = JSON.stringify({
  auralis: 1, sound_version: SOUND_VERSION, seed: RICH.seed, sample_rate: SECOND, settings: { preset: RICH.preset, quality: 'rich' },
});
const MOUNTS = {
  '/sub/': PLACES.site,
  '/capture.js': { type: 'text/javascript', body: CAPTURE_JS },
  '/gpu-worker.js': { type: 'text/javascript', body: GPU_WORKER_JS },
};
/** What only a device with a GPU loads. */
const LATER = /\/(gpu\.js|gpu_bg\.wasm|textures\.js)$/;
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/** Whether a worker found a GPU; a test without one is skipped. */
function found(t, result) {
  if (/^Error: this browser (gives no GPU|has no WebGPU)/.test(result.error ?? '')) {
    t.skip('skipped: no adapter');
    return false;
  }
  assert.equal(result.error, undefined);
  return true;
}

/** Both kernels render what the processor does, and something else is something else. */
function same(t, result) {
  for (const name of ['bank', 'grains', 'both', 'nothing']) {
    const { apart, loudest, frames } = result[name];
    t.diagnostic(`${name}: ${(20 * Math.log10(apart)).toFixed(1)} dB of what is allowed`);
    assert.equal(frames, SECOND);
    assert.ok(apart <= 1, `${name} is off by ${apart} of what is allowed`);
    assert.ok(name === 'nothing' ? loudest === 0 : loudest > 0.02, `${name} is as loud as ${loudest}`);
  }
  assert.ok(result.wrong > 100, 'another bank is another sound');
  assert.ok(result.onDevice, 'nothing of it was rendered by the processor');
}

/** How far a recording of the rich session is from what the processor plays, in so many seconds. */
function offBy(recording, length) {
  const expected = played(RICH, length * SECOND);
  const begins = (samples) => Math.floor(samples.findIndex((x) => x !== 0) / 2);
  const late = begins(recording) - begins(expected);
  let off = 0;
  for (let i = 0; i < expected.length; i += 1) off = Math.max(off, Math.abs(recording[i + 2 * late] - expected[i]));
  return off;
}

/**
 * The music was undisturbed. Where a program does a GPU's work, it takes the processors from the audio thread, and a busy machine may let that
 * come late once or twice: told. Music that had to wait for its GPU would have a gap every second.
 */
async function undisturbed(t, page) {
  await page.evaluate(() => document.querySelector('[data-panel="hearing"]').click());
  const glitches = await until(page, () => document.getElementById('hear-glitches').textContent);
  t.diagnostic(`glitches: ${glitches}`);
  assert.match(glitches, /^(none|[12] gaps?)$/);
}

/** What a page plays of the rich session comes from the GPU, and is what the processor plays, within what is allowed. */
async function heardFromGpu(t, page, length) {
  await seconds(page, length + 2);
  const off = offBy(await recorded(page), length);
  t.diagnostic(`off by ${(20 * Math.log10(off)).toFixed(1)} dB at most`);
  assert.ok(off > 0, 'some of it comes from the GPU');
  assert.ok(off < 1e-3, `off by ${off}`);
  await undisturbed(t, page);
}

/** After each loss another device takes over, without a hole; after the last one none. */
function survived(result, losses) {
  assert.ok(result.apart <= 1, `off by ${result.apart} of what is allowed in ${result.spans} spans`);
  const reopened = result.events.filter((event) => /while the GPU is opened anew/.test(event)).length;
  assert.equal(reopened, Math.min(losses, 3), result.events.join('\n'));
  assert.equal(result.devices, 1 + Math.min(losses, 3));
  assert.equal(result.onDevice, losses <= 3);
  assert.equal(result.left, losses > 3);
}

describe('gpu in chromium', { skip: absent('chromium') }, () => {
  let site;
  let url;
  let browser;
  before(async () => {
    site = await serve(MOUNTS, { policy: POLICY });
    url = `${site.url}/sub/`;
    browser = await launchChromium(...SWIFTSHADER);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  let page;
  let complaints;
  let context;
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    complaints = await watch(page);
  });
  afterEach(() => context.close());

  test('renders in a worker what the processor does', { timeout: 120_000 }, async (t) => {
    await visit(page, url);
    const result = await page.evaluate(inWorker, { task: 'parity' });
    if (found(t, result)) same(t, result);
    assert.deepEqual(complaints, []);
  });

  test('a second of 4096 partials, while there is music', { timeout: 180_000 }, async (t) => {
    await page.addInitScript(tap, '/capture.js');
    await visit(page, url);
    await page.setInputFiles('#file', { name: 's.json', mimeType: 'application/json', buffer: Buffer.from(SESSION) });
    await says(page, '#notice', /^Opened/);
    await page.click('#play');
    await says(page, '#doing', /^Playing/);
    await seconds(page, 1);
    // The longest that the page could not answer meanwhile.
    const watchPage = () => page.evaluate(() => {
      globalThis.held = 0;
      let before = performance.now();
      const look = setInterval(() => {
        const now = performance.now();
        globalThis.held = Math.max(globalThis.held, now - before);
        before = now;
      }, 10);
      globalThis.unwatch = () => {
        clearInterval(look);
        return globalThis.held;
      };
    });
    await watchPage();
    const result = await page.evaluate(inWorker, { task: 'speed', rounds: 10 });
    const held = await page.evaluate(() => globalThis.unwatch());
    if (!found(t, result)) return;
    t.diagnostic(`${result.name}: ${Math.round(median(result.gpu))} ms, the median of ${result.gpu.length} (${Math.round(Math.min(...result.gpu))} to ${Math.round(Math.max(...result.gpu))}); the processor in the same worker ${Math.round(result.twin)} ms`);
    t.diagnostic(`the page was held up for ${Math.round(held)} ms at most`);
    assert.ok(result.onDevice);
    await seconds(page, 10);
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    assert.equal(hashOf(await recorded(page), silence, 8 * SECOND), await nativeHash({ seed: 42, preset: 'focus', seconds: 8 }));
    await undisturbed(t, page);
    assert.deepEqual(complaints, []);
  });

  /** Plays the rich session; the worker's end, or its GPU. */
  const playRich = async () => {
    await page.addInitScript(watchGpu);
    await page.addInitScript(tap, '/capture.js');
    await visit(page, url);
    await page.setInputFiles('#file', { name: 's.json', mimeType: 'application/json', buffer: Buffer.from(RICH_SESSION) });
    await says(page, '#notice', /^Opened/);
    await page.click('#play');
    await says(page, '#doing', /^Playing/);
    return until(page, () => (globalThis.gpu.device || globalThis.gpu.none ? globalThis.gpu : undefined));
  };
  const heardIt = async (t, length) => {
    await heardFromGpu(t, page, length);
    assert.deepEqual(complaints, []);
  };
  const hasGpu = (t, { none }) => {
    if (/gives no GPU/.test(none ?? '')) t.skip('skipped: no adapter');
    else assert.equal(none, undefined);
    return none === undefined;
  };

  test('plays a rich session by it, within what is allowed of what the processor plays', { timeout: 120_000 }, async (t) => {
    if (!hasGpu(t, await playRich())) return;
    await heardIt(t, 12);
    assert.match(await page.textContent('#hear-backend'), /WebGPU$/);
    assert.deepEqual(await page.evaluate(() => [globalThis.gpu.workers, globalThis.gpu.told, globalThis.gpu.broken]), [1, [], undefined]);
  });

  test('a rich session goes on without a gap when its GPU is taken away over and over', { timeout: 120_000 }, async (t) => {
    await page.addInitScript(() => {
      ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    });
    const worker = readFileSync(join(PLACES.site, 'textures.js'), 'utf8');
    await page.route('**/textures.js*', (route) => route.fulfill({ body: `${SHORT_LIVED_JS}${worker}`, contentType: 'text/javascript' }));
    if (!hasGpu(t, await playRich())) return;
    await until(page, () => globalThis.gpu.none);
    await heardIt(t, 12);
    const { told, none } = await page.evaluate(() => globalThis.gpu);
    assert.equal(told.filter((sentence) => /opened anew/.test(sentence)).length, 3, told.join('\n'));
    assert.match(none, /failed too often/);
    assert.doesNotMatch(await page.textContent('#hear-backend'), /GPU/);
  });

  test('what it loads is kept from then on, and there without a host', { timeout: 60_000 }, async (t) => {
    await visit(page, url);
    await until(page, () => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller)));
    const gpu = () => page.evaluate(() => new Promise((resolve) => {
      const worker = new Worker('./textures.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      const { port1 } = new MessageChannel();
      worker.postMessage({ script: './gpu.js', module: './gpu_bg.wasm', port: port1, software: true }, [port1]);
    }));
    if (!hasGpu(t, await gpu())) return;
    const kept = await page.evaluate(async () => {
      const [name] = await caches.keys();
      return (await (await caches.open(name)).keys()).map((request) => request.url);
    });
    assert.equal(kept.filter((path) => LATER.test(path)).length, 3);
    await context.setOffline(true);
    assert.equal((await gpu()).none, undefined);
    assert.deepEqual(complaints, []);
  });

  test('goes on without a hole when the GPU is taken away', { timeout: 120_000 }, async (t) => {
    await visit(page, url);
    const result = await page.evaluate(inWorker, { task: 'loss', often: 1 });
    if (found(t, result)) survived(result, 1);
  });

  test('leaves a GPU that is taken away over and over', { timeout: 180_000 }, async (t) => {
    await visit(page, url);
    const result = await page.evaluate(inWorker, { task: 'loss', often: 4 });
    if (found(t, result)) survived(result, 4);
  });
});

describe('gpu in firefox', { skip: absent('firefox') }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve(MOUNTS, { policy: POLICY });
    browser = await startFirefox(LAVAPIPE);
    await browser.visit(`${site.url}/sub/`);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  test('renders in a worker what the processor does', { timeout: 180_000 }, async (t) => {
    const result = await browser.run(inWorker.toString(), { task: 'parity' });
    if (found(t, result)) same(t, result);
  });

  test('goes on without a hole when the GPU is taken away', { timeout: 180_000 }, async (t) => {
    const result = await browser.run(inWorker.toString(), { task: 'loss', often: 1 });
    if (found(t, result)) survived(result, 1);
  });

  test('plays a rich session by it, within what is allowed of what the processor plays', { timeout: 180_000 }, async (t) => {
    const page = { evaluate: browser.run };
    await browser.prepare(watchGpu);
    await browser.prepare(tap, '/capture.js');
    await browser.visit(`${site.url}/sub/?rich#seed=${RICH.seed}&preset=${RICH.preset}&quality=rich`);
    await until(page, () => document.body?.dataset.ready !== undefined);
    await page.evaluate(() => document.querySelector('#play').click());
    await says(page, '#doing', /^Playing/);
    const { none } = await until(page, () => (globalThis.gpu.device || globalThis.gpu.none ? globalThis.gpu : undefined));
    if (/gives no GPU/.test(none ?? '')) return t.skip('skipped: no adapter');
    assert.equal(none, undefined);
    await heardFromGpu(t, page, 12);
    assert.deepEqual(await page.evaluate(() => [globalThis.gpu.workers, globalThis.gpu.told, globalThis.gpu.broken]), [1, [], undefined]);
  });
});

describe('without a gpu', { skip: absent('chromium') }, () => {
  let site;
  let url;
  let browser;
  before(async () => {
    site = await serve(MOUNTS, { policy: POLICY });
    url = `${site.url}/sub/`;
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  test('nothing of it is loaded, nor kept for offline use', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked = [];
    context.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await visit(page, url);
    await page.click('#play');
    await says(page, '#doing', /^Playing/);
    await until(page, () => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller)));
    assert.ok(asked.includes('/sub/worklet.js'));
    assert.deepEqual(asked.filter((path) => LATER.test(path)), []);
    const kept = await page.evaluate(async () => {
      const [name] = await caches.keys();
      return (await (await caches.open(name)).keys()).map((request) => request.url);
    });
    assert.deepEqual(kept.filter((path) => LATER.test(path)), []);
    await context.close();
  });

  for (const [what, ending] of Object.entries({ 'is missing': { status: 404 }, 'is broken': { body: 'throw new Error();', contentType: 'text/javascript' } })) {
    test(`a rich session plays the processor's own samples where the worker ${what}`, { timeout: 120_000 }, async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript(() => {
        ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('denied', 'SecurityError'));
      });
      await page.addInitScript(watchGpu);
      await page.addInitScript(tap, '/capture.js');
      await page.route('**/textures.js*', (route) => route.fulfill(ending));
      await visit(page, url);
      await page.setInputFiles('#file', { name: 's.json', mimeType: 'application/json', buffer: Buffer.from(RICH_SESSION) });
      await says(page, '#notice', /^Opened/);
      await page.click('#play');
      await says(page, '#doing', /^Playing/);
      await until(page, () => globalThis.gpu.broken);
      await seconds(page, 8);
      assert.equal(offBy(await recorded(page), 6), 0);
      assert.equal(await page.textContent('#trouble'), '');
      await context.close();
    });
  }

  test('the worker says so and ends, having loaded nothing', { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    await visit(page, url);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const said = await page.evaluate(() => new Promise((resolve) => {
      const worker = new Worker('./textures.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ script: './gpu.js', module: './gpu_bg.wasm' });
    }));
    assert.deepEqual(said, { none: 'this browser gives no GPU' });
    assert.deepEqual(asked.filter((path) => LATER.test(path)), ['/sub/textures.js']);
    await page.close();
  });
});
