// The packed package in sessions that a relay keeps: in step with it, steered with it, sent by it where this browser can make nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from '../browser/lib/browsers.mjs';
import { until, watch } from '../browser/lib/page.mjs';
import { relay as startRelay } from '../browser/lib/relay.mjs';
import { POLICY, serve } from '../browser/lib/site.mjs';
import { makeApp, page as html } from './lib/app.mjs';

const TOOLS_JS = `
import * as auralis from './node_modules/auralis/dist/index.js';
import './node_modules/auralis/dist/element.js';
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** Waits until something is so. */
async function until(what, seconds = 30) {
  const end = performance.now() + 1000 * seconds;
  while (!await what()) {
    if (performance.now() > end) throw new Error('in vain: ' + what);
    await pause(50);
  }
}
async function wrong(action) {
  try {
    await action();
    return 'nothing is wrong';
  } catch (error) {
    return { kind: error.constructor.name, code: error.code, message: error.message };
  }
}
/** What a node gives, a moment of it. */
async function heard(node) {
  const analyser = new AnalyserNode(node.context, { fftSize: 32768 });
  node.connect(analyser);
  await pause(900);
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  node.disconnect(analyser);
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}
/** A player in a session of the relay's, and what it was told. */
async function joined(relay, options = {}) {
  const music = await auralis.createAuralis({ relay, ...options });
  const told = [];
  music.addEventListener('relay', ({ detail }) => told.push(detail));
  return { music, told };
}
Object.assign(globalThis, auralis, { pause, until, wrong, heard, joined });
document.documentElement.dataset.ready = '';
`;

describe('a player in a shared session', { skip: absent('chromium') }, () => {
  let app;
  let server;
  let relay;
  let browser;
  const open = async (before) => {
    const page = await browser.newPage();
    const complaints = await watch(page);
    if (before) await page.addInitScript(before);
    await page.goto(`${server.url}/index.html`);
    await until(page, () => document.documentElement.dataset.ready !== undefined);
    return { page, complaints };
  };
  const status = async () => (await fetch(`${relay.url}api/v1/status`)).json();
  const steer = (change) => fetch(`${relay.url}api/v1/control`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change),
  });

  before(async () => {
    app = await makeApp({ 'tools.js': TOOLS_JS, 'index.html': html('<script type="module" src="./tools.js"></script>') });
    relay = await startRelay({}, ['--cors-origins', '*']);
    // What a host must allow beside what the page of an app needs: the relay.
    const { host } = new URL(relay.url);
    const policy = POLICY.replace('img-src', 'img-src data:').replace(/connect-src [^;]*/, `connect-src 'self' ws://${host}`).replace(/media-src [^;]*/, `media-src 'self' http://${host}`);
    server = await serve({ '/': app.folder }, { policy });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await relay?.close();
    await app?.remove();
  });

  test('hears what everybody hears, makes it itself, and keeps to its time', async (t) => {
    const { page, complaints } = await open();
    const found = await page.evaluate(async (url) => {
      const { music, told } = await globalThis.joined(url);
      await music.play();
      const first = music.state;
      // Until this device has caught up the relay sends it.
      await globalThis.until(() => !music.state.relay.sent && Math.abs(music.state.relay.late) < 0.05, 60);
      await globalThis.pause(3000);
      const { relay: where, seed, position, load, gaps } = music.state;
      const level = await globalThis.heard(music.output);
      music.dispose();
      return { first: { status: first.status, relay: first.relay }, where, seed: String(seed), position, load, gaps, level, told };
    }, relay.url);
    t.diagnostic(JSON.stringify(found));
    assert.equal(found.first.status, 'playing');
    assert.equal(found.where.session, 'main');
    assert.ok(Math.abs(found.where.late) < 0.05 && found.level > 0.001 && found.load > 0, JSON.stringify(found));
    assert.notEqual(found.seed, '0');
    assert.deepEqual(found.told, []);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('steers for everybody, is steered by others, and is told what is refused', async () => {
    const { page, complaints } = await open();
    await page.evaluate(async (url) => {
      Object.assign(globalThis, await globalThis.joined(url));
      globalThis.states = [];
      globalThis.music.addEventListener('state', ({ detail }) => globalThis.states.push(detail.settings.intensity));
      await globalThis.music.play();
      globalThis.music.set({ intensity: 0.75 });
    }, relay.url);
    await until(page, () => globalThis.music.state.settings.intensity === 0.75);
    for (let i = 0; (await status()).intensity !== 0.75; i += 1) {
      assert.ok(i < 100, 'the relay never took it');
      await page.waitForTimeout(50);
    }
    assert.equal((await steer({ bpm: 55, layers: { bell: 0.25 } })).status, 200);
    await until(page, () => globalThis.music.state.settings.bpm === 55 && globalThis.music.state.settings.layers.bell === 0.25);
    const found = await page.evaluate(async () => {
      const { music, told } = globalThis;
      const option = await globalThis.wrong(() => music.set({ bpm: 20 }));
      const events = (await music.score({ seconds: 5 })).events.length;
      const link = music.share();
      music.dispose();
      return { option, events, link, told, disposed: await globalThis.wrong(() => music.state) };
    });
    assert.deepEqual([found.option.kind, found.option.code], ['AuralisOptionError', 'option']);
    assert.ok(found.events > 0 && found.link.length > 20);
    assert.equal(found.disposed.code, 'disposed');
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('plays on alone when it leaves, goes elsewhere, or the relay is gone, and comes back with it', async () => {
    const { page } = await open();
    await page.evaluate(async (url) => {
      Object.assign(globalThis, await globalThis.joined(url));
      await globalThis.music.play();
      await globalThis.until(() => !globalThis.music.state.relay.sent, 60);
    }, relay.url);
    await relay.kill();
    await until(page, () => globalThis.told.some(({ what }) => what === 'away'));
    const alone = await page.evaluate(async () => {
      await globalThis.pause(2000);
      return { level: await globalThis.heard(globalThis.music.output), state: globalThis.music.state.status };
    });
    assert.ok(alone.level > 0.001 && alone.state === 'playing', JSON.stringify(alone));
    await relay.again();
    await until(page, () => globalThis.told.some(({ what }) => what === 'back'));
    const found = await page.evaluate(async () => {
      const { music, told } = globalThis;
      music.leave();
      const { relay: where } = music.state;
      await globalThis.pause(1000);
      const [status, level] = [music.state.status, await globalThis.heard(music.output)];
      music.set({ intensity: 0.1 });
      await globalThis.until(() => music.state.settings.intensity === 0.1);
      music.dispose();
      return { where: where ?? null, status, level, told: told.map(({ what }) => what) };
    });
    assert.deepEqual([found.where, found.status, found.told], [null, 'playing', ['away', 'back', 'left']]);
    assert.ok(found.level > 0.001, JSON.stringify(found));
    assert.notEqual((await status()).intensity, 0.1, 'who has left steers nobody');
    await page.close();
  });

  test('is in an app’s own graph like any other', async () => {
    const { page, complaints } = await open();
    const level = await page.evaluate(async (url) => {
      const context = new AudioContext({ sampleRate: 32000 });
      const gain = new GainNode(context);
      const { music } = await globalThis.joined(url, { destination: gain });
      await music.play();
      await globalThis.until(async () => await globalThis.heard(gain) > 0.001);
      const heard = await globalThis.heard(gain);
      music.dispose();
      await context.close();
      return heard;
    }, relay.url);
    assert.ok(level > 0.001, String(level));
    assert.deepEqual(complaints, []);
    await page.close();
  });

  const NOTHING = {
    AudioWorklet: () => {
      delete globalThis.AudioWorklet;
      Object.defineProperty(BaseAudioContext.prototype, 'audioWorklet', { value: undefined });
    },
    WebAssembly: () => { delete globalThis.WebAssembly; },
  };
  for (const [missing, remove] of Object.entries(NOTHING)) {
    test(`is sent by the relay where there is no ${missing}`, async () => {
      const { page, complaints } = await open(remove);
      const found = await page.evaluate(async (url) => {
        const { music } = await globalThis.joined(url, { volume: 0.5 });
        const before = music.state.status;
        await music.play();
        const { status, relay: where, settings, seed } = music.state;
        music.set({ brightness: 0.9 });
        await globalThis.until(() => music.state.settings.brightness === 0.9);
        const refusals = [];
        music.addEventListener('relay', ({ detail }) => refusals.push(detail));
        music.set({ bpm: 20 });
        await globalThis.until(() => refusals.length > 0);
        music.preset('sleep');
        await globalThis.until(() => music.state.settings.bpm === 40);
        const preset = music.state.settings;
        const cannot = await globalThis.wrong(() => music.share());
        music.pause();
        const paused = music.state.status;
        await music.play();
        const again = music.state.status;
        music.dispose();
        return { before, status, where, settings, seed: String(seed), refusals, preset, cannot, paused, again };
      }, relay.url);
      assert.deepEqual([found.before, found.status, found.paused, found.again], ['paused', 'playing', 'paused', 'playing']);
      assert.deepEqual(found.where, { session: 'main', sent: true, late: 0 });
      assert.equal(found.refusals[0].what, 'denied');
      assert.match(found.refusals[0].text, /bpm/);
      assert.deepEqual([found.preset.key, found.preset.scale, found.preset.intensity], ['E minor', 'phrygian', 0.15]);
      assert.deepEqual([found.cannot.code, Object.keys(found.preset).sort()], ['unsupported', Object.keys(found.settings).sort()]);
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }

  test('and says so where the relay does not send it to this page', async () => {
    const { page } = await open(NOTHING.AudioWorklet);
    await page.route('**/stream.*', (route) => route.abort());
    const found = await page.evaluate(async (url) => {
      const { music } = await globalThis.joined(url);
      const refused = await globalThis.wrong(() => music.play());
      const { status } = music.state;
      music.dispose();
      return { refused, status };
    }, relay.url);
    assert.deepEqual([found.refused.code, found.status], ['relay', 'paused']);
    await page.close();
  });

  test('and goes through the app’s graph there too', async () => {
    const { page, complaints } = await open(NOTHING.WebAssembly);
    const level = await page.evaluate(async (url) => {
      const context = new AudioContext();
      const gain = new GainNode(context);
      const { music } = await globalThis.joined(url, { context, destination: gain });
      await music.play();
      await globalThis.until(async () => await globalThis.heard(gain) > 0.001);
      music.dispose();
      return true;
    }, relay.url);
    assert.ok(level);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('an element joins by its attributes', async () => {
    const { page, complaints } = await open();
    await page.evaluate((url) => {
      const element = document.createElement('auralis-player');
      element.setAttribute('relay', url);
      document.body.append(element);
    }, relay.url);
    await page.locator('auralis-player button').click();
    await until(page, () => {
      const { player } = document.querySelector('auralis-player');
      return player?.state.status === 'playing' && player.state.relay.session === 'main';
    });
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('says what is wrong', async () => {
    const { page } = await open();
    const found = await page.evaluate(async (url) => {
      const { createAuralis, wrong } = globalThis;
      return {
        settings: await wrong(() => createAuralis({ relay: url, bpm: 60 })),
        kind: await wrong(() => createAuralis({ relay: 5 })),
        scheme: await wrong(() => createAuralis({ relay: 'ftp://music.example' })),
        session: await wrong(() => createAuralis({ relay: url, session: 'there-is-none' })),
        element: await new Promise((resolve) => {
          const element = document.createElement('auralis-player');
          element.setAttribute('relay', 'ftp://music.example');
          element.addEventListener('error', ({ detail }) => resolve(detail.message));
          document.body.append(element);
          element.play();
        }),
      };
    }, relay.url);
    assert.deepEqual([found.settings.code, found.kind.code, found.scheme.code, found.session.code], ['option', 'option', 'option', 'relay']);
    assert.match(found.settings.message, /bpm.*nothing beside relay/);
    assert.match(found.element, /relay cannot be "ftp:/);
    assert.match(found.session.message, /does not answer, or has no session of that name/);
    await page.close();
  });
});
