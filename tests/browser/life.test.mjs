// The player survives: worklets that trap or fall dumb, overload, interruptions, other devices, and nothing ever clicks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { absent, launchChromium, start } from './lib/browsers.mjs';
import { CAPTURE_JS, recorded, tap } from './lib/capture.mjs';
import { hashOf, silenceOf } from './lib/listen.mjs';
import { nativeHash, PLACES } from './lib/native.mjs';
import { says as saysOn, until } from './lib/page.mjs';
import { serve } from './lib/site.mjs';

const SECOND = 44100;
const { Engine } = await import(pathToFileURL(join(PLACES.source, 'worklet.js')));
const { sessionFrom } = await import(pathToFileURL(join(PLACES.source, 'session.mjs')));

/** What goes wrong, as modules that run in the worklet's scope before the page's own. */
const TROUBLES = {
  // The engine's module traps, once, in the 700th block.
  trap: `
    const unreachable = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11,
    ]))).exports.t;
    let calls = 0;
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...args) {
      const { exports } = new Instance(...args);
      const render = (count) => {
        if ((calls += 1) === 700) unreachable();
        return exports.render(count);
      };
      return { exports: { ...exports, render } };
    };`,
  // The processor itself is thrown out, once, after the 700th block.
  thrown: `
    let calls = 0;
    const { registerProcessor: register } = globalThis;
    globalThis.registerProcessor = (name, Processor) => register(name, class extends Processor {
      process(...args) {
        if (name === 'auralis' && (calls += 1) === 700) throw new Error('out');
        return super.process(...args);
      }
    });`,
  // The first processor falls silent and dumb after a while, without any error.
  dumb: `
    let first = true;
    const { registerProcessor: register } = globalThis;
    globalThis.registerProcessor = (name, Processor) => register(name, class extends Processor {
      constructor(...args) {
        super(...args);
        if (name === 'auralis') [this.doomed, first] = [first, false];
        this.calls = 0;
      }
      process(...args) {
        if (this.doomed && (this.calls += 1) > 700) return false;
        return super.process(...args);
      }
    });`,
  // By the clock, each block takes three quarters of its time: the second look at the clock in a block is later by as much.
  overload: `
    const { now } = Date;
    let seen = -1;
    Date.now = () => {
      const late = seen === currentFrame ? 2.2 : 0;
      seen = currentFrame;
      return now() + late;
    };`,
  none: '',
};

/** The engine's own frames, interleaved. */
function reference({ seed, preset, seconds }) {
  const engine = new Engine(readFileSync(join(PLACES.worklet, 'auralis-plain.wasm')));
  const { words } = sessionFrom(engine, { seed, settings: { preset } });
  engine.open(BigInt(seed), SECOND, words);
  const frames = seconds * SECOND;
  const [left, right, both] = [new Float32Array(frames), new Float32Array(frames), new Float32Array(2 * frames)];
  engine.render(left, right, 0, frames);
  for (let i = 0; i < frames; i += 1) [both[2 * i], both[2 * i + 1]] = [left[i], right[i]];
  return both;
}

/** Where an excerpt lies in a recording, in frames. */
function find(excerpt, recording) {
  for (let i = recording.indexOf(excerpt[0]); i >= 0; i = recording.indexOf(excerpt[0], i + 1)) {
    if (i % 2 === 0 && excerpt.every((x, k) => x === recording[i + k])) return i / 2;
  }
  return -1;
}

/** The largest step from one sample of a channel to the next. */
function steepest(recording) {
  let most = 0;
  for (let i = 2; i < recording.length; i += 1) most = Math.max(most, Math.abs(recording[i] - recording[i - 2]));
  return most;
}

const firstSound = (recording) => Math.floor(recording.findIndex((x) => x !== 0) / 2);

describe('life', { skip: absent('chromium') }, () => {
  let site;
  let browser;
  let context;
  let page;
  let complaints;

  const text = (selector) => page.locator(selector).textContent();
  const says = (selector, pattern, timeout) => saysOn(page, selector, pattern, timeout);
  const comes = (condition, argument, timeout) => until(page, condition, argument, timeout);
  const count = (name) => page.evaluate((what) => {
    const parts = typeof what === 'number' ? globalThis.takes[what] ?? [] : globalThis[what];
    return parts.reduce((sum, part) => sum + part.length, 0) / 2;
  }, name);
  const grown = async (name, seconds) => {
    for (let i = 0; i < 600 && (await count(name)) < seconds * SECOND; i += 1) await page.waitForTimeout(100);
    assert.ok((await count(name)) >= seconds * SECOND, `${name} has ${seconds} s`);
  };
  const panel = async (name) => {
    if ((await page.locator(`dialog#${name}`).getAttribute('open')) !== null) return;
    await page.keyboard.press('Escape');
    await page.click(`[data-panel=${name}]`);
  };
  const hears = async (row) => {
    await panel('hearing');
    return text(row);
  };
  const session = async (seed, preset) => {
    await page.click(`[data-preset=${preset}]`);
    await panel('settings');
    await page.fill('#seed', seed);
    await page.press('#seed', 'Enter');
    await page.keyboard.press('Escape');
  };
  const save = async () => {
    await panel('settings');
    const download = page.waitForEvent('download');
    await page.click('#save');
    return (await download).path();
  };

  /** Comes to the page with some trouble in its worklet. */
  const visit = async (trouble = 'none', quality = 'full') => {
    await page.addInitScript((preference) => localStorage.setItem('auralis.1.quality', preference), quality);
    await page.addInitScript(tap, '/capture.js');
    await page.addInitScript((url) => {
      const { addModule } = Worklet.prototype;
      Worklet.prototype.addModule = async function patched(...args) {
        await addModule.call(this, url);
        return addModule.apply(this, args);
      };
      globalThis.handlers = {};
      const { setActionHandler } = MediaSession.prototype;
      MediaSession.prototype.setActionHandler = function kept(action, handler) {
        globalThis.handlers[action] = handler;
        return setActionHandler.call(this, action, handler);
      };
    }, `/trouble/${trouble}.js`);
    await page.goto(`${site.url}/player/`);
    await page.waitForSelector('body[data-ready]');
  };

  before(async () => {
    const scripts = Object.entries(TROUBLES).map(([name, body]) => [`/trouble/${name}.js`, { type: 'text/javascript', body: `${body};` }]);
    site = await serve({
      '/player/': PLACES.site, '/capture.js': { type: 'text/javascript', body: CAPTURE_JS }, ...Object.fromEntries(scripts),
    });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints, [], 'the console is clean');
  });

  /** What two takes are of a session that broke off and went on: where the first ended and the second began, in frames. */
  const joint = async (all) => {
    const [first, second] = [await recorded(page, 0), await recorded(page, 1)];
    const silence = all.findIndex((x) => x !== 0) >> 1;
    const begun = firstSound(first) - silence;
    let end = 2 * silence;
    while (all[end] === first[2 * begun + end]) end += 1;
    // After the fade, the second's samples are the engine's own.
    const entered = firstSound(second);
    const from = entered + Math.round(0.3 * SECOND);
    const place = find(second.slice(2 * from, 2 * from + 64), all);
    assert.ok(place >= 0, 'the engine’s own samples go on');
    const rest = second.slice(2 * from, Math.min(second.length, 2 * (from + SECOND)));
    assert.deepEqual(rest, all.slice(2 * place, 2 * place + rest.length));
    return { end: end >> 1, start: place - (from - entered) };
  };

  test('a worklet that traps is put right at the same frame: nothing twice, nothing left out', async (t) => {
    await visit('trap');
    await session('42', 'bright');
    await page.click('#play');
    await grown(1, 2.5);
    const all = reference({ seed: 42, preset: 'bright', seconds: 12 });
    const { end, start } = await joint(all);
    assert.ok(start >= end && start - end <= 2, `broke off at ${end}, went on at ${start}`);
    assert.equal(await text('#trouble'), '');
    assert.equal(await hears('#hear-glitches').then((words) => /1 restart/.test(words)), true);
    const heard = await recorded(page, 'heard');
    assert.ok(steepest(heard) <= steepest(all), 'no click');
    // How long it was silent.
    let [longest, run] = [0, 0];
    for (let i = 2 * firstSound(heard); i < heard.length; i += 2) {
      run = heard[i] === 0 && heard[i + 1] === 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    t.diagnostic(`silent for ${Math.round((1000 * longest) / SECOND)} ms`);
    const saved = JSON.parse(readFileSync(await save(), 'utf8'));
    assert.deepEqual([saved.seed, saved.changes ?? []], ['42', []], 'the log is as it was');
  });

  test('a processor that is thrown out is put right', async () => {
    await visit('thrown');
    await session('42', 'bright');
    await page.click('#play');
    await grown(1, 2.5);
    const { end, start } = await joint(reference({ seed: 42, preset: 'bright', seconds: 14 }));
    assert.ok(start >= end && start - end < SECOND / 2, `broke off at ${end}, went on at ${start}`);
    await says('#doing', /^Playing/);
  });

  test('a worklet that falls dumb is noticed and put right', async () => {
    await visit('dumb');
    await session('42', 'bright');
    await page.click('#play');
    await grown(1, 2);
    const { end, start } = await joint(reference({ seed: 42, preset: 'bright', seconds: 20 }));
    assert.ok(start >= end && start - end <= SECOND / 2 + 4096, `broke off at ${end}, went on at ${start}`);
    await says('#doing', /^Playing/);
    assert.match(await hears('#hear-glitches'), /1 restart/);
  });

  test('under overload quality steps down, as an entry of the log; a person overrules it', async () => {
    await visit('overload', 'automatic');
    await session('42', 'focus');
    await page.click('#play');
    await says('#notice', /^Quality is reduced/, 60_000);
    await grown('recorded', 9);
    assert.match(await hears('#hear-quality'), /^Reduced: full quality took \d+ % of this device’s time\.$/);
    const file = await save();
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(saved.changes.length, 1);
    assert.equal(saved.changes[0].quality, 'reduced');
    assert.ok(saved.changes[0].frame < 6 * SECOND);
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    const heard = hashOf(await recorded(page), silence, 8 * SECOND);
    assert.equal(heard, await nativeHash({ session: file, seconds: 8 }), 'what was heard is what the log says');
    assert.equal(await text('#name'), 'Focus', 'the mood is the same');

    await page.keyboard.press('Escape');
    await page.click('[data-preset=sleep]');
    await says('#sounding', /^Sleep · /);
    await page.waitForTimeout(1500);
    await panel('settings');
    await page.selectOption('#quality', 'full');
    assert.equal(await text('#quality-help'), 'Full, as you chose.');
    await page.waitForTimeout(5000);
    const changes = JSON.parse(readFileSync(await save(), 'utf8')).changes;
    assert.equal(changes.at(-1).quality, 'full', 'and no step follows');
    assert.ok(changes.some((change) => change.quality !== 'full' && (change.bpm ?? change.preset)), 'a mood leaves the quality alone');
  });

  test('the preference is this device’s, and remembered', async () => {
    await visit('none', 'reduced');
    await session('42', 'dawn');
    assert.equal(await page.inputValue('#quality'), 'reduced');
    await page.click('#play');
    await says('#doing', /^Playing · 0:0[2-9]/);
    const saved = JSON.parse(readFileSync(await save(), 'utf8'));
    assert.equal(saved.changes[0].quality, 'reduced');
    assert.doesNotMatch(await page.evaluate(() => localStorage.getItem('auralis.1.session')), /reduced/, 'the session itself is full');
  });

  test('the probe decides before play is pressed, and says why', async () => {
    await visit('none', 'automatic');
    await panel('settings');
    await says('#quality-help', /^(Full: it needs|Reduced: full quality would need) \d+ % of this device’s time\.$/);
  });

  test('what stops the context is waited out, and it goes on where it stopped', async () => {
    await visit();
    await session('42', 'focus');
    await page.click('#play');
    await grown('recorded', 2);
    // The browser suspends; then a device comes, and a page comes back.
    for (const wake of [
      () => {},
      () => navigator.mediaDevices.dispatchEvent(new Event('devicechange')),
      () => document.dispatchEvent(new Event('visibilitychange')),
      () => document.dispatchEvent(new Event('resume')),
      () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    ]) {
      const before = await count('recorded');
      await page.evaluate(() => globalThis.contexts[0].suspend());
      await page.evaluate(wake);
      await grown('recorded', before / SECOND + 0.7);
    }
    // A call: the browser refuses to go on, and says "interrupted".
    await page.evaluate(() => {
      const [audio] = globalThis.contexts;
      const { resume } = AudioContext.prototype;
      AudioContext.prototype.resume = () => Promise.reject(new DOMException('not now', 'InvalidStateError'));
      audio.suspend();
      Object.defineProperty(audio, 'state', { configurable: true, get: () => 'interrupted' });
      globalThis.over = () => {
        delete audio.state;
        AudioContext.prototype.resume = resume;
      };
    });
    await says('#trouble', /^The sound was interrupted\. Touch the page or press a key, and it goes on\.$/);
    await page.evaluate(() => globalThis.over());
    const before = await count('recorded');
    await page.mouse.click(5, 5);
    await grown('recorded', before / SECOND + 1);
    await says('#trouble', /^$/);
    // All of it, one piece.
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    assert.equal(hashOf(await recorded(page), silence, 6 * SECOND), await nativeHash({ seed: 42, preset: 'focus', seconds: 6 }));
    assert.equal(await page.evaluate(() => globalThis.contexts.length), 1);
  });

  test('a clock that stands still is shaken, and then replaced', async () => {
    await visit();
    await session('42', 'focus');
    await page.click('#play');
    await grown('recorded', 2);
    const stand = () => page.evaluate(() => {
      const audio = globalThis.contexts.at(-1);
      audio.suspend();
      // It says that it runs, until somebody does something about it.
      Object.defineProperty(audio, 'state', { configurable: true, get: () => 'running' });
      audio.suspend = function shaken() {
        delete this.state;
        delete this.suspend;
        return this.suspend();
      };
    });
    await stand();
    const before = await count('recorded');
    await grown('recorded', before / SECOND + 1);
    assert.equal(await page.evaluate(() => globalThis.contexts.length), 1);
    await stand();
    await comes(() => globalThis.contexts.length === 2);
    await grown(1, 1);
    await says('#doing', /^Playing/);
    const { end, start } = await joint(reference({ seed: 42, preset: 'focus', seconds: 30 }));
    // What the device held when it stood was not heard, and comes again.
    assert.ok(start < end + SECOND / 10 && end - start < SECOND / 2, `stood at ${end}, went on at ${start}`);
  });

  test('the lock screen shows what plays, and its keys work', async () => {
    await visit();
    await session('42', 'sleep');
    await page.click('#play');
    await says('#doing', /^Playing/);
    const shown = () => page.evaluate(() => {
      const { metadata, playbackState } = navigator.mediaSession;
      const { title, artist, album, artwork } = metadata;
      return { title, artist, album, icons: artwork.map(({ src, sizes }) => [new URL(src).pathname, sizes]), playbackState };
    });
    await comes(() => navigator.mediaSession.playbackState === 'playing' && navigator.mediaSession.metadata);
    assert.deepEqual(await shown(), {
      title: 'Sleep', artist: 'Auralis', album: 'E phrygian · 40 bpm', playbackState: 'playing',
      icons: [['/player/icon-192.png', '192x192'], ['/player/icon-maskable-512.png', '512x512']],
    });
    const key = (action, details = {}) => page.evaluate(([name, what]) => globalThis.handlers[name]({ action: name, ...what }), [action, details]);
    await key('pause');
    await says('#doing', /^Paused/);
    await comes(() => navigator.mediaSession.playbackState === 'paused');
    await comes(() => globalThis.contexts[0].state === 'suspended');
    await key('play');
    await says('#doing', /^Playing/);
    await key('seekforward', { seekOffset: 30 });
    await says('#doing', /^Playing · 0:3/);
    await key('seekbackward');
    await says('#doing', /^Playing · 0:2/);
    const seed = await page.inputValue('#seed');
    await key('nexttrack');
    await comes((old) => document.querySelector('#seed').value !== old, seed);
    await says('#doing', /^Playing/);
    await key('stop');
    await says('#doing', /^Paused/);
  });

  test('a silent recording plays beside the music, and only then', async () => {
    await page.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function kept() {
        globalThis.silence = this;
        return play.call(this);
      };
    });
    await visit();
    await page.click('#play');
    await says('#doing', /^Playing/);
    await comes(() => globalThis.silence?.paused === false && globalThis.silence.currentTime > 0);
    assert.deepEqual(await page.evaluate(() => {
      const { loop, duration, src } = globalThis.silence;
      return { loop, long: duration >= 5, local: src.startsWith('blob:') };
    }), { loop: true, long: true, local: true });
    await page.click('#play');
    await comes(() => globalThis.silence.paused);
  });

  test('volume and mute are the listener’s own', async () => {
    await visit();
    await session('42', 'focus');
    await page.click('#play');
    await grown('recorded', 3);
    const pressed = (state) => page.waitForSelector(`#mute[aria-pressed=${state}]`);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('m');
    await pressed(true);
    await page.evaluate(() => { globalThis.heard.length = 0; });
    await grown('heard', 1);
    const muted = await recorded(page, 'heard');
    assert.ok(muted.slice(SECOND).every((x) => x === 0), 'muted is silent');
    await page.keyboard.press('ArrowUp');
    await pressed(false);
    assert.equal(await page.inputValue('#volume'), '85');
    await page.evaluate(() => { globalThis.heard.length = 0; });
    await grown('heard', 1);
    assert.ok((await recorded(page, 'heard')).some((x) => x !== 0));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('m');
    await grown('recorded', 6);
    const silence = silenceOf({ seed: '42', preset: 'focus' });
    assert.equal(hashOf(await recorded(page), silence, 5 * SECOND), await nativeHash({ seed: 42, preset: 'focus', seconds: 5 }));
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    assert.equal(await page.inputValue('#volume'), '80');
    await pressed(true);
  });

  test('nothing clicks: start, pause, another mood, another seed, another moment, the end', async (t) => {
    await visit();
    await session('42', 'bright');
    await page.locator('#volume').fill('100');
    await page.click('#play');
    await grown('recorded', 3);
    for (let i = 0; i < 3; i += 1) {
      await page.click('#play');
      await says('#doing', /^Paused/);
      await page.click('#play');
      await says('#doing', /^Playing/);
      await page.waitForTimeout(700);
    }
    const key = (action, details = {}) => page.evaluate(([name, what]) => globalThis.handlers[name]({ action: name, ...what }), [action, details]);
    for (const preset of ['focus', 'abyss', 'bright']) {
      await page.click(`[data-preset=${preset}]`);
      await page.waitForTimeout(900);
    }
    await key('seekforward', { seekOffset: 25 });
    await says('#doing', /^Playing · 0:[34]/);
    await page.waitForTimeout(800);
    await key('seekbackward', { seekOffset: 10 });
    await page.waitForTimeout(1500);
    for (const seed of ['7', '8']) {
      await session(seed, 'bright');
      await page.waitForTimeout(1500);
    }
    await page.click('#play');
    await says('#doing', /^Paused/);
    await page.waitForTimeout(500);
    const heard = await recorded(page, 'heard');
    assert.ok(heard.length > 2 * 12 * SECOND);
    const usual = Math.max(...[42, 7, 8].map((seed) => steepest(reference({ seed, preset: 'bright', seconds: 45 }))));
    t.diagnostic(`the largest step is ${steepest(heard).toFixed(4)}; the engine’s own ${usual.toFixed(4)}`);
    assert.ok(steepest(heard) <= 1.02 * usual, `a step of ${steepest(heard)}, where the engine’s largest is ${usual}`);
  });

  test('how soon it sounds, measured', async (t) => {
    const press = () => page.evaluate(async () => {
      const sounds = () => globalThis.takes.some((take) => take.length > 0) || /^Playing/.test(document.querySelector('#doing').textContent);
      const begun = performance.now();
      document.querySelector('#play').click();
      while (!sounds()) await new Promise((resolve) => setTimeout(resolve, 5));
      return Math.round(performance.now() - begun);
    });
    const began = Date.now();
    await visit();
    const cold = await press();
    t.diagnostic(`cold: ${cold} ms from the press, ${Date.now() - began} ms from the address`);
    const times = [];
    for (let i = 0; i < 5; i += 1) {
      await page.reload();
      await page.waitForSelector('body[data-ready]');
      await page.waitForTimeout(1500);
      times.push(await press());
    }
    t.diagnostic(`warm: ${times.join(', ')} ms from the press`);
    await page.click('#play');
    await says('#doing', /^Paused/);
    t.diagnostic(`resumed: ${await press()} ms from the press`);
  });
});

/** Runs in the page: plays while the worklet traps once; steers, mutes, sets the timer, goes to another moment. */
async function live() {
  const by = (selector) => document.querySelector(selector);
  const until = async (condition, seconds = 60) => {
    for (let i = 0; i < 20 * seconds && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return condition();
  };
  const says = (selector, pattern, seconds) => until(() => pattern.test(by(selector).textContent), seconds);
  const result = {};
  result.ready = await until(() => document.body?.dataset.ready !== undefined);
  by('[data-preset=bright]').click();
  by('#play').click();
  result.plays = await says('#doing', /^Playing · 0:0[1-9]/);
  by('[data-panel=hearing]').click();
  result.restarted = await says('#hear-glitches', /1 restart/, 30);
  result.goesOn = await says('#doing', /^Playing · 0:0[3-9]/);
  by('[data-preset=sleep]').click();
  result.steered = await says('#name', /^Sleep$/);
  by('#mute').click();
  result.muted = by('#mute').getAttribute('aria-pressed');
  by('#mute').click();
  by('#timer-minutes').value = '2';
  by('#timer-form').requestSubmit();
  result.timer = await says('#timer-label', /^1:5/);
  by('#play').click();
  result.paused = await says('#doing', /^Paused/);
  // What has not been heard yet is not counted off: it waits.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const left = by('#timer-label').textContent;
  await new Promise((resolve) => setTimeout(resolve, 2500));
  result.waits = by('#timer-label').textContent === left;
  by('#play').click();
  result.resumed = await says('#doing', /^Playing/);
  by('#timer-off').click();
  result.off = await says('#timer-label', /^Timer$/);
  result.trouble = by('#trouble').textContent;
  return result;
}

for (const name of ['firefox', 'webkit']) {
  describe(`life in ${name}`, { skip: absent(name) }, () => {
    let site;
    let browser;
    before(async () => {
      const worklet = readFileSync(join(PLACES.site, 'worklet.js'), 'utf8');
      site = await serve({
        '/player/': PLACES.site, '/player/worklet.js': { type: 'text/javascript', body: `${TROUBLES.trap};\n${worklet}` },
      });
      browser = await start(name);
      await browser.visit(`${site.url}/player/`);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });

    test('plays, is put right, steers, mutes, keeps time', async () => {
      assert.deepEqual(await browser.run(live.toString()), {
        ready: true, plays: true, restarted: true, goesOn: true, steered: true, muted: 'true', timer: true, paused: true,
        waits: true, resumed: true, off: true, trouble: '',
      });
    });
  });
}
