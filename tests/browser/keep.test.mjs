// Keep this moment: what the page makes of a span, in its worker, is what the native program makes of the saved session, to the byte,
// and the music plays on meanwhile.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { absent, launchChromium, start } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { serve } from './lib/site.mjs';
import { unzip } from './lib/unzip.mjs';

const SECOND = 44100;
const FOLDER = '/somewhere/deep/';
const STEMS = ['drone', 'pad', 'lead', 'bell', 'grains', 'noise', 'percussion', 'space'];

const auralis = (...args) => promisify(execFile)(PLACES.program, args);
const temporary = () => mkdtempSync(join(tmpdir(), 'auralis-keep-'));

/** The samples of a 32-bit float file: how many frames, and their hash. */
function samplesOf(wav) {
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
  assert.equal(wav.readUInt32LE(4) + 8, wav.length);
  const data = wav.indexOf('data', 12, 'latin1');
  assert.equal(wav.readUInt32LE(data + 4), wav.length - data - 8);
  const samples = wav.subarray(data + 8);
  return { frames: samples.length / 8, hash: createHash('sha256').update(samples).digest('hex') };
}

describe('keep', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;

  // The page has another worker for a while after it opens: the one that seeks ahead.
  const keepers = () => page.workers().filter((worker) => worker.url().includes('keep.js')).length;
  /** The browser tells a little later that a worker has ended. */
  const noKeeper = async () => {
    for (let i = 0; i < 100 && keepers() > 0; i += 1) await new Promise((then) => setTimeout(then, 50));
    assert.equal(keepers(), 0);
  };
  const text = (selector) => page.locator(selector).textContent();
  const says = (selector, pattern, timeout = 60_000) => page.waitForFunction(
    ([where, source]) => new RegExp(source).test(document.querySelector(where).textContent),
    [selector, pattern.source],
    { timeout },
  );
  const seconds = (count) => page.waitForFunction(
    (samples) => globalThis.recorded.reduce((sum, part) => sum + part.length, 0) >= samples,
    2 * SECOND * count,
    { timeout: 60_000 + 4000 * count },
  );
  const panel = async (name) => {
    if ((await page.locator(`#${name}`).getAttribute('open')) !== null) return;
    // The one that is open may lie over the button.
    await page.keyboard.press('Escape');
    await page.locator(`[data-panel=${name}]`).first().click();
  };
  const change = async (selector, act) => {
    await panel('settings');
    await act(page.locator(selector));
  };
  const choose = async ({ span, from, to, what, format }) => {
    await panel('keep');
    await page.selectOption('#keep-span', span);
    if (span === 'times') {
      await page.fill('#keep-from', from);
      await page.fill('#keep-to', to);
    }
    await page.selectOption('#keep-what', what);
    if (what !== 'midi') await page.selectOption('#keep-format', format);
  };
  /** Keeps a span, and gives the file's bytes and its name. */
  const keep = async (order) => {
    await choose(order);
    const download = page.waitForEvent('download', { timeout: 120_000 });
    await page.click('#keep-start');
    const file = await download;
    return { bytes: readFileSync(await file.path()), name: file.suggestedFilename() };
  };
  /** The session with its log, saved to a file. */
  const save = async () => {
    await panel('settings');
    const download = page.waitForEvent('download');
    await page.click('#save');
    const file = join(temporary(), 'session.json');
    await (await download).saveAs(file);
    return file;
  };

  before(async () => {
    site = await serve({ [FOLDER]: PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS } });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, serviceWorkers: 'block' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/Service Worker registration blocked/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(tap, '/capture.js');
    await page.goto(site.url + FOLDER);
    await page.waitForSelector('body[data-ready]');
  });
  afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints, [], 'the console is clean');
    assert.deepEqual(site.missing, [], 'nothing is missing');
  });

  test('what was heard is kept to the bit, and the music plays on', async (t) => {
    await page.click('[data-preset=bright]');
    await change('#seed', async (seed) => {
      await seed.fill('42');
      await seed.press('Enter');
    });
    await page.click('#play');
    await says('#doing', /^Playing/);
    await seconds(1);
    await change('#set-intensity', async (slider) => {
      for (let i = 0; i < 5; i += 1) await slider.press('ArrowRight');
    });
    await seconds(4);
    await change('#set-key', (key) => key.selectOption('F# minor'));
    await seconds(9);
    const { bytes, name } = await keep({ span: 'play', what: 'wav', format: 'f32' });
    t.diagnostic(await text('#keep-about'));
    assert.match(name, /^auralis-bright-g-lydian-42-at-0m00s\.wav$/);
    assert.match(await text('#notice'), /^Kept as auralis-bright/);
    await seconds(13);

    const session = await save();
    const { changes } = JSON.parse(readFileSync(session, 'utf8'));
    assert.ok(changes.length >= 2, 'both changes are in the log');
    const { frames, hash } = samplesOf(bytes);
    assert.ok(frames > 6 * SECOND && changes[1].frame < frames, `${frames} frames`);
    assert.equal(hash, await nativeHash({ session, seconds: (frames / SECOND).toFixed(9) }));
    const plain = await nativeHash({ seed: 42, preset: 'bright', seconds: (frames / SECOND).toFixed(9) });
    assert.notEqual(hash, plain, 'the changes are in the file');

    // While it was being kept the speakers got the very samples of the session, without a gap.
    const heard = hashOf(await recorded(page), silenceOf({ seed: '42', preset: 'bright' }), 11 * SECOND);
    assert.equal(heard, await nativeHash({ session, seconds: 11 }));

    // The last minute is all there was; and paused it can still be had.
    await page.click('#play');
    await says('#doing', /^Paused at 0:/);
    const last = samplesOf((await keep({ span: '60', what: 'wav', format: 'f32' })).bytes);
    assert.ok(last.frames >= frames);
    assert.equal(last.hash, await nativeHash({ session, seconds: (last.frames / SECOND).toFixed(9) }));
  });

  test('stems and notes are the native program\'s, byte for byte, one after the other', async (t) => {
    await page.click('[data-preset=dawn]');
    await page.click('#play');
    await says('#doing', /^Playing/);
    await seconds(2);
    await change('#set-space', (slider) => slider.fill('0.9'));
    await seconds(7);
    const span = { span: 'times', from: '0:01', to: '0:06' };
    const kept = await keep({ ...span, what: 'stems', format: '24' });
    t.diagnostic(await text('#keep-about'));
    const midi = await keep({ span: 'times', from: '0:00', to: '5:00', what: 'midi' });
    const start = await keep({ span: 'times', from: '0:00', to: '0:02', what: 'stems', format: 'f32' });
    const session = await save();

    assert.match(kept.name, /^auralis-dawn-.*-at-0m01s\.zip$/);
    for (const [{ bytes, name }, from, length, format] of [[kept, 1, 5, '24'], [start, 0, 2, 'f32']]) {
      const folder = temporary();
      await auralis('render', '--session', session, '--from', `${from}`, '--seconds', `${length}`,
        '--format', format, '--stems', folder);
      const files = unzip(bytes);
      assert.deepEqual([...files.keys()], STEMS.map((stem) => `${name.replace('.zip', '')}/${stem}.wav`));
      for (const [path, file] of files) {
        const native = readFileSync(join(folder, path.split('/')[1]));
        assert.ok(native.equals(file), `${path} from ${from} s: ${file.length} bytes, native ${native.length}`);
      }
    }
    const score = join(temporary(), 'score.mid');
    await auralis('score', '--session', session, '--seconds', '300', '--out', score);
    assert.match(midi.name, /\.mid$/);
    assert.ok(readFileSync(score).equals(midi.bytes));
  });

  test('a keep that is cancelled leaves nothing, and the next one works', async () => {
    let downloads = 0;
    page.on('download', () => { downloads += 1; });
    await choose({ span: 'times', from: '0:00', to: '10:00', what: 'stems', format: 'f32' });
    assert.match(await text('#keep-about'), /^10:00 from 0:00 on · 1\.7 GB$/);
    await page.click('#keep-start');
    await says('#keep-speed', /^[1-9]\d? % · \d/);
    assert.equal(keepers(), 1);
    assert.ok(await page.locator('#keep-start').isDisabled());
    const focused = () => page.evaluate(() => document.activeElement.id);
    assert.equal(await focused(), 'keep-cancel');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#keep-progress').hidden);
    assert.equal(await text('#notice'), 'Nothing was kept');
    assert.equal(await focused(), 'keep-start');
    await noKeeper();
    assert.equal(downloads, 0);
    const { bytes } = await keep({ span: 'times', from: '0:00', to: '0:01', what: 'wav', format: '16' });
    assert.equal(bytes.length, 44 + 4 * SECOND);
    assert.equal(downloads, 1);
  });

  test('what cannot be kept is said in a sentence', async () => {
    const refused = async (order, sentence) => {
      await choose({ what: 'wav', format: '16', ...order });
      await page.click('#keep-start');
      await says('#keep-error', sentence);
      await noKeeper();
    };
    await refused({ span: '60' }, /^Nothing has been played there yet/);
    await refused({ span: 'play' }, /^Nothing has been played there yet/);
    await refused({ span: 'times', from: 'soon', to: '1:00' }, /^A time is written like 7:12/);
    await refused({ span: 'times', from: '1:00', to: '1:00' }, /^The end must come after the beginning/);
    await refused({ span: 'times', from: '0:00', to: '9:00:00' }, /^That would be 5\.7 GB; at most 2\.0 GB/);
    await refused({ span: 'times', from: '0:00', to: '99:00:00', what: 'midi' }, /^At most a day of notes/);
    await page.route(/keep\.js/, (route) => route.fulfill({ status: 503 }));
    await refused({ span: 'times', from: '0:00', to: '0:01' }, /^This could not be kept: /);
    assert.ok(await page.locator('#keep-start').isEnabled());
    assert.ok(complaints.every((complaint) => /503/.test(complaint)), complaints.join());
    complaints = [];
  });

  test('works where a compiled module cannot be handed over', async () => {
    await page.addInitScript(() => {
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function patched(data, ...rest) {
        if (data.page instanceof WebAssembly.Module) throw new DOMException('no modules', 'DataCloneError');
        return postMessage.call(this, data, ...rest);
      };
    });
    await page.goto(site.url + FOLDER);
    await page.waitForSelector('body[data-ready]');
    await page.click('[data-preset=sleep]');
    const { bytes } = await keep({ span: 'times', from: '2:00', to: '2:03', what: 'wav', format: 'f32' });
    const session = await save();
    assert.equal(samplesOf(bytes).hash, await nativeHash({ session, from: 120, seconds: 3 }));
  });
});

/** Runs in the page: keeps the first 20 s and posts them to the test. */
async function keepTwenty({ upload }) {
  const until = async (condition) => {
    for (let i = 0; i < 1200 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return condition();
  };
  const by = (selector) => document.querySelector(selector);
  const choose = (selector, value) => {
    by(selector).value = value;
    by(selector).dispatchEvent(new Event('input', { bubbles: true }));
  };
  if (!(await until(() => by('body[data-ready]')))) return { error: 'the page did not come to life' };
  const handed = [];
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    handed.push(blob);
    return createObjectURL.call(URL, blob);
  };
  // The browser need not ask where the file shall go.
  HTMLAnchorElement.prototype.click = () => {};
  by('[data-preset=rain]').click();
  by('[data-panel=keep]').click();
  choose('#keep-span', 'times');
  choose('#keep-from', '0:00');
  choose('#keep-to', '0:20');
  choose('#keep-what', 'wav');
  choose('#keep-format', 'f32');
  by('#keep-start').click();
  await until(() => handed.length > 0 || by('#keep-error').textContent);
  const result = { error: by('#keep-error').textContent, about: by('#keep-about').textContent };
  result.session = Object.fromEntries(new URLSearchParams(localStorage.getItem('auralis.1.session')));
  if (handed.length > 0) await fetch(upload, { method: 'POST', body: await handed[0].arrayBuffer() });
  return result;
}

for (const name of ['firefox', 'webkit']) {
  describe(`keep in ${name}`, { skip: absent(name) }, () => {
    let site;
    let browser;
    before(async () => {
      site = await serve({ '/sub/': PLACES.site });
      browser = await start(name);
      await browser.visit(`${site.url}/sub/`);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    test('keeps twenty seconds to the bit', async (t) => {
      const result = await browser.run(keepTwenty.toString(), { upload: '/upload/kept' });
      assert.equal(result.error, '');
      const { frames, hash } = samplesOf(await site.uploaded('kept'));
      t.diagnostic(result.about);
      assert.equal(frames, 20 * SECOND);
      const { seed, preset } = result.session;
      assert.equal(preset, 'rain');
      assert.equal(hash, await nativeHash({ seed, preset, seconds: 20 }));
      assert.deepEqual(site.missing, []);
    });
  });
}
