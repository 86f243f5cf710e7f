// The link is the music: what is copied plays the very samples elsewhere, and what is wrong with a link is said, with music all the same.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { absent, launchChromium, start } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { fieldsOf, linkOf } from './lib/links.mjs';
import { SOUND_VERSION } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { serve } from './lib/site.mjs';

const SECOND = 44100;
const FOLDER = '/somewhere/deep/';
const YEAR = 31_536_000 * SECOND;

describe('links in Chromium', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;
  let visits = 0;

  const open = async (fragment = '') => {
    context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(tap, '/capture.js');
    await page.goto(site.url + FOLDER + fragment);
    await page.waitForSelector('body[data-ready]');
  };
  /** The page anew, with this fragment. */
  const visit = async (fragment = '') => {
    visits += 1;
    await page.goto(`${site.url}${FOLDER}?${visits}${fragment}`);
    await page.waitForSelector('body[data-ready]');
  };
  const says = (selector, pattern, timeout = 60_000) => page.waitForFunction(
    ([where, source]) => new RegExp(source).test(document.querySelector(where).textContent),
    [selector, pattern.source],
    { timeout },
  );
  const heard = (count) => page.waitForFunction((samples) => {
    const all = globalThis.recorded;
    const first = all.findIndex((part) => part.some((x) => x !== 0));
    return first >= 0 && all.slice(first).reduce((sum, part) => sum + part.length, 0) >= samples;
  }, 2 * SECOND * count, { timeout: 120_000 });
  const text = (selector) => page.locator(selector).textContent();
  const address = () => page.evaluate(() => location.href);

  /** Whether seconds 1 to 3 after the first sound are what the native program makes there: before, the sound is faded in. */
  const assertHeardFrom = async (at, options) => {
    await heard(4);
    const recording = await recorded(page);
    const native = await nativeHash({ ...options, from: at / SECOND + 1, seconds: 2 });
    const first = Math.floor(recording.findIndex((x) => x !== 0) / 2);
    // The first frames may be exact zeros.
    const found = Array.from({ length: 64 }, (_, early) => {
      const begin = 2 * (first - early + SECOND);
      const part = recording.slice(begin, begin + 4 * SECOND);
      return createHash('sha256').update(new Uint8Array(part.buffer)).digest('hex');
    });
    assert.ok(found.includes(native), `the samples from frame ${at} on`);
  };

  before(async () => {
    site = await serve({ [FOLDER]: PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS } });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(() => {
    complaints = [];
  });
  afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints, [], 'the console is clean');
    assert.deepEqual(site.missing, [], 'nothing is missing');
  });

  test('what is copied plays the same samples elsewhere', async () => {
    await open();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('[data-preset=bright]');
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[1-9]/);
    await page.click('[data-panel=settings]');
    await page.locator('#set-intensity').fill('0.9');
    await page.waitForFunction(() => location.hash.includes('change='));
    await page.click('[data-panel=share]');
    await page.click('#copy-link');
    await says('#notice', /^Link copied$/);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(await page.inputValue('#link'), link);
    await page.keyboard.press('Escape');
    await page.click('[data-panel=settings]');
    const download = page.waitForEvent('download');
    await page.click('#save');
    const session = await (await download).path();
    const first = context;

    const { at, seed } = fieldsOf(link);
    await open(new URL(link).hash);
    assert.equal(await text('#trouble'), '');
    await says('#doing', /^Ready at 0:/);
    assert.equal(await page.inputValue('#seed'), seed);
    assert.equal(await page.inputValue('#set-intensity'), '0.9', 'the controls show what holds there');
    await page.click('#play');
    await assertHeardFrom(Number(at), { session });
    await first.close();
  });

  test('a moment of a far day plays from there, and is not the beginning', async () => {
    const at = YEAR - 12_345;
    await open(linkOf([['v', SOUND_VERSION], ['rate', 44100], ['seed', 11], ['preset', 'drift'], ['at', at]]));
    await says('#doing', /^Ready at 8759:59:59$/);
    await page.click('#play');
    await assertHeardFrom(at, { seed: 11, preset: 'drift' });
    assert.equal(await text('#trouble'), '');
  });

  test('the address follows, and the page goes on from it', async () => {
    await open();
    assert.equal(new URL(await address()).hash, '', 'nothing was done yet');
    await page.click('[data-preset=rain]');
    await page.waitForFunction(() => location.hash.includes('preset=rain'));
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[3-9]/);
    await page.click('#play');
    await says('#doing', /^Paused at 0:0/);
    await page.waitForFunction(() => Number(new URLSearchParams(location.hash.slice(1)).get('at')) > 2 * 44100);
    const before = await address();
    const paused = (await text('#doing')).replace('Paused', 'Ready');
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    assert.equal(await text('#doing'), paused);
    assert.equal(await address(), before);
    assert.match(await text('#sounding'), /^Rain · /);
    // Without a fragment, it is the session of the last visit from its beginning.
    await visit();
    assert.equal(await page.inputValue('#seed'), fieldsOf(before).seed);
    assert.equal(await text('#doing'), 'Ready');
  });

  test('a link that is pasted over the address is opened, playing on', async () => {
    await open('#seed=5&preset=rain');
    await page.evaluate(() => {
      location.hash = '#seed=6&preset=dawn&at=4410000';
    });
    await says('#doing', /^Ready at 1:40$/);
    assert.equal(await page.inputValue('#seed'), '6');
    await page.click('#play');
    await says('#doing', /^Playing · 1:4/);
    await page.evaluate(() => {
      location.hash = '#seed=7&preset=sleep';
    });
    await says('#doing', /^Playing · 0:0/);
    await says('#sounding', /^Sleep · /);
    // The name of a place on the page is no link.
    await page.evaluate(() => {
      location.hash = '#moods';
    });
    await page.waitForTimeout(300);
    assert.equal(await page.inputValue('#seed'), '7');
    assert.equal(await text('#trouble'), '');
  });

  test('broken links say what is wrong, and there is music', async () => {
    const whole = linkOf([['v', SOUND_VERSION], ['rate', 44100], ['seed', 42], ['preset', 'dawn'], ['at', 88200]]);
    const cases = [
      ['#seed=pi&preset=dawn', /^In this link seed cannot be "pi"; allowed: a whole number from 0 to 18446744073709551615\.$/],
      ['#seed=1&preset=dawn&bpm=900', /^In this link bpm cannot be "900"; allowed: 40 to 200\.$/],
      ['#seed=1&preset=dawn&warmth=1', /^This link has a field that Auralis does not know, "warmth"\.$/],
      [whole.slice(0, -17), /^The end of this link is missing/],
      [whole.replace('seed=42', 'seed=43'), /^This link was changed or damaged/],
      [linkOf([['v', 1], ['rate', 44100], ['seed', 42], ['preset', 'dawn'], ['at', 0]]), /^This link is of an older Auralis .*may sound different/],
      [linkOf([['v', 999], ['rate', 44100], ['seed', 42], ['preset', 'dawn'], ['warmth', 1]]), /^This link is of a later Auralis .*may sound different/],
    ];
    await open();
    for (const [fragment, sentence] of cases) {
      await visit(fragment);
      assert.match(await text('#trouble'), sentence, fragment);
      assert.match(await text('#sounding'), /^Dawn · /, fragment);
    }
    await page.click('#play');
    await says('#doing', /^Playing/);
    // Where nothing can be read, the person's own session stays.
    await visit();
    await page.click('[data-preset=abyss]');
    const own = await page.inputValue('#seed');
    await page.evaluate(() => {
      location.hash = '#seed=x&preset=moon';
    });
    await says('#trouble', /^This link names no session/);
    assert.equal(await page.inputValue('#seed'), own);
    assert.match(await text('#sounding'), /^Abyss · /);
  });

  test('a link with more changes than there is room for plays', async () => {
    const fields = [['v', SOUND_VERSION], ['rate', 44100], ['seed', 4], ['preset', 'bright'], ['at', 400_000]];
    for (let i = 0; i < 600; i += 1) fields.push(['change', 100_000 + 640 * i], ['intensity', i % 2 ? 0.25 : 0.75]);
    await open(linkOf(fields));
    assert.match(await text('#trouble'), /^This link has too many changes around frame \d+; allowed: 256/);
    await page.click('#play');
    await says('#doing', /^Playing · 0:/);
  });

  test('where copying is refused, the link is there to be copied by hand', async () => {
    await open('#seed=5&preset=rain');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.keyboard.press('s');
    await page.click('#copy-link');
    await says('#notice', /^The link is selected/);
    const selected = await page.evaluate(() => {
      const field = document.activeElement;
      return field.value.slice(field.selectionStart, field.selectionEnd);
    });
    assert.match(selected, /^http:.*#v=\d+&rate=44100&seed=5&preset=rain&at=0&sum=[0-9a-f]{8}$/);
    assert.equal(await page.locator('#share-link').isVisible(), await page.evaluate(() => 'share' in navigator));
  });

  test('the share sheet gets the link', async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await page.addInitScript(() => {
      navigator.share = async (data) => {
        globalThis.shared = data;
        if (globalThis.refuse) throw new DOMException('', globalThis.refuse);
      };
    });
    await page.goto(`${site.url}${FOLDER}#seed=5&preset=rain`);
    await page.waitForSelector('body[data-ready]');
    await page.keyboard.press('s');
    await page.click('#share-link');
    const { title, url } = await page.evaluate(() => globalThis.shared);
    assert.equal(title, 'Auralis');
    assert.equal(fieldsOf(url).seed, '5');
    for (const [refusal, sentence] of [['AbortError', ''], ['NotAllowedError', 'This device does not share it: copy the link instead']]) {
      await page.evaluate((name) => {
        globalThis.refuse = name;
      }, refusal);
      await page.click('#share-link');
      await page.waitForTimeout(200);
      assert.equal(await text('#notice'), sentence);
    }
  });
});

/** Runs in the page: what it shows of a link, then a link pasted over it, then what the address says of a change. */
async function tryLinks() {
  const until = async (condition) => {
    for (let i = 0; i < 120 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return condition();
  };
  const by = (selector) => document.querySelector(selector);
  await until(() => by('body[data-ready]'));
  const opened = { seed: by('#seed').value, doing: by('#doing').textContent, trouble: by('#trouble').textContent };
  location.hash = '#seed=6&preset=dawn&bpm=900';
  await until(() => by('#seed').value === '6');
  const pasted = { name: by('#name').textContent, trouble: by('#trouble').textContent };
  await new Promise((resolve) => setTimeout(resolve, 1100));
  by('[data-preset=sleep]').click();
  await until(() => location.hash.includes('preset=sleep'));
  return { opened, pasted, hash: location.hash };
}

/** Runs in the page: what it remembers. */
async function tryRestart() {
  for (let i = 0; i < 120 && !document.querySelector('body[data-ready]'); i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { seed: document.querySelector('#seed').value, name: document.querySelector('#name').textContent };
}

for (const name of ['firefox', 'webkit']) {
  describe(`links in ${name}`, { skip: absent(name) }, () => {
    let site;
    let browser;
    before(async () => {
      site = await serve({ '/sub/': PLACES.site });
      browser = await start(name);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    test('opens, follows and remembers', async () => {
      const link = linkOf([['v', SOUND_VERSION], ['rate', 44100], ['seed', '18446744073709551615'], ['key', 'F# minor'], ['at', 44100 * 3661]]);
      await browser.visit(`${site.url}/sub/${link}`);
      const { opened, pasted, hash } = await browser.run(tryLinks.toString());
      assert.deepEqual(opened, { seed: '18446744073709551615', doing: 'Ready at 1:01:01', trouble: '' });
      assert.equal(pasted.name, 'Dawn');
      assert.match(pasted.trouble, /^In this link bpm cannot be "900"/);
      assert.match(hash, new RegExp(`^#v=${SOUND_VERSION}&rate=44100&seed=6&preset=sleep&at=0&sum=[0-9a-f]{8}$`));
      await browser.visit('about:blank');
      await browser.visit(`${site.url}/sub/`);
      assert.deepEqual(await browser.run(tryRestart.toString()), { seed: '6', name: 'Sleep' });
      assert.deepEqual(site.missing, []);
    });
  });
}
