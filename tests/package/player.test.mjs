// The packed package in a page without a build, in Chromium: all that its players do.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { absent, launchChromium } from '../browser/lib/browsers.mjs';
import { nativeHash } from '../browser/lib/native.mjs';
import { until, watch } from '../browser/lib/page.mjs';
import { POLICY, serve } from '../browser/lib/site.mjs';
import { makeApp, page as html } from './lib/app.mjs';

/** What every page of these tests has at hand. */
const TOOLS_JS = `
import * as auralis from './node_modules/auralis/dist/index.js';
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
async function hash(left, right) {
  const both = new Float32Array(2 * left.length);
  left.forEach((x, i) => { both[2 * i] = x; both[2 * i + 1] = right[i]; });
  return hex(await crypto.subtle.digest('SHA-256', both));
}
/** What it throws or breaks its promise with. */
async function wrong(action) {
  try {
    await action();
    return 'nothing is wrong';
  } catch (error) {
    return { kind: error.constructor.name, type: error instanceof TypeError, name: error.name, code: error.code, message: error.message };
  }
}
const loudness = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
/** What a node gives, a moment of it. */
async function heard(node) {
  const analyser = new AnalyserNode(node.context, { fftSize: 32768 });
  node.connect(analyser);
  await pause(900);
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  node.disconnect(analyser);
  return loudness(samples);
}
/** A session played into a graph that renders faster than real time. */
async function offline(rate, seconds, options) {
  const context = new OfflineAudioContext(2, rate * seconds, rate);
  const music = await auralis.createAuralis({ context, destination: context.destination, ...options });
  music.play().catch(() => {});
  await pause(400);
  const buffer = await context.startRendering();
  music.dispose();
  return [buffer.getChannelData(0), buffer.getChannelData(1)];
}
Object.assign(globalThis, auralis, { pause, hash, wrong, loudness, heard, offline });
document.documentElement.dataset.ready = '';
`;

describe('a player', { skip: absent('chromium') }, () => {
  let app;
  let server;
  let browser;
  let page;
  let complaints;
  let mounts;

  before(async () => {
    app = await makeApp({
      'tools.js': TOOLS_JS,
      'index.html': html('<script type="module" src="./tools.js"></script>'),
      'untouched.js': `
import './tools.js';
const said = document.getElementById('said');
const music = await globalThis.createAuralis();
console.info(JSON.stringify(await globalThis.wrong(() => music.play())));
addEventListener('click', async () => {
  await music.play();
  said.textContent = music.state.status;
});
`,
      'untouched.html': html('<p id="said"></p><script type="module" src="./untouched.js"></script>'),
      'element.html': html('<script type="module" src="./node_modules/auralis/dist/element.js"></script><auralis-player preset="sleep" seed="42"></auralis-player>'),
    });
    mounts = { '/': app.folder };
    server = await serve(mounts, { policy: POLICY });
    browser = await launchChromium();
    page = await browser.newPage();
    complaints = await watch(page);
    await page.goto(`${server.url}/index.html`);
    await until(page, () => document.documentElement.dataset.ready !== undefined);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await app?.remove();
  });

  test('plays the very samples in an app’s own graph', async () => {
    const found = await page.evaluate(async () => globalThis.hash(...await globalThis.offline(44100, 10, { seed: 42, preset: 'focus' })));
    assert.equal(found, await nativeHash({ seed: 42, preset: 'focus', seconds: 10 }));
  });

  test('and at 48 kHz those of a session at 48 kHz', async () => {
    const found = await page.evaluate(async () => globalThis.hash(...await globalThis.offline(48000, 5, { seed: 7, preset: 'rain' })));
    assert.equal(found, await nativeHash({ seed: 7, preset: 'rain', seconds: 5, 'sample-rate': 48000 }));
  });

  for (const rate of [96000, 22050, 16000, 48000]) {
    test(`makes of a session at 44.1 kHz the same music at ${rate} Hz, at the same moments`, async () => {
      const found = await page.evaluate(async (hz) => {
        const options = { seed: 42, preset: 'focus', sampleRate: 44100 };
        const [ours] = await globalThis.offline(hz, 5, options);
        // The browser's own way from one rate to another.
        const { channels } = await globalThis.render({ ...options, seconds: 5 });
        const context = new OfflineAudioContext(2, hz * 5, hz);
        const buffer = new AudioBuffer({ length: channels[0].length, numberOfChannels: 2, sampleRate: 44100 });
        channels.forEach((samples, i) => buffer.copyToChannel(samples, i));
        const source = new AudioBufferSourceNode(context, { buffer });
        source.connect(context.destination);
        source.start();
        const theirs = (await context.startRendering()).getChannelData(0);
        const alike = (lag) => {
          let [ab, aa, bb] = [0, 0, 0];
          for (let i = hz; i < 4 * hz; i += 1) {
            const [a, b] = [ours[i + lag], theirs[i]];
            ab += a * b;
            aa += a * a;
            bb += b * b;
          }
          return ab / Math.sqrt(aa * bb);
        };
        const lags = [-3, -2, -1, 0, 1, 2, 3].map(alike);
        return { lag: lags.indexOf(Math.max(...lags)) - 3, alike: Math.max(...lags), level: globalThis.loudness(ours) };
      }, rate);
      assert.ok(found.level > 0.01, JSON.stringify(found));
      assert.equal(found.lag, 0, JSON.stringify(found));
      assert.ok(found.alike > 0.99, JSON.stringify(found));
    });
  }

  test('plays on while an app has it connected to nothing', async () => {
    const found = await page.evaluate(async () => {
      const context = new AudioContext();
      const music = await globalThis.createAuralis({ seed: 42, preset: 'focus', context });
      const wrong = [];
      for (const name of ['error', 'glitch']) music.addEventListener(name, ({ detail }) => wrong.push(String(detail)));
      await music.play();
      const before = music.state.position;
      await globalThis.pause(4000);
      const passed = music.state.position - before;
      music.connect(context.destination);
      await globalThis.pause(500);
      const level = await globalThis.heard(music.output);
      music.dispose();
      await context.close();
      return { passed, level, wrong };
    });
    assert.ok(found.passed > 2 && found.level > 0.001, JSON.stringify(found));
    assert.deepEqual(found.wrong, []);
  });

  test('is steered, sought and paused', async () => {
    const found = await page.evaluate(async () => {
      const music = await globalThis.createAuralis({ seed: 42n, preset: 'sleep', intensity: 0.25, volume: 0.5 });
      const begun = music.state;
      music.set({ bpm: 62, layers: { bell: 0.25 } });
      const beforehand = music.state.settings;
      await music.play();
      await globalThis.pause(1000);
      const playing = music.state;
      music.set({ intensity: 0.75 });
      await globalThis.pause(1500);
      const { settings } = music.state;
      music.seek(3600);
      await music.play();
      await globalThis.pause(300);
      const there = music.state.position;
      music.preset('rain');
      music.pause();
      const paused = music.state;
      await globalThis.pause(600);
      const same = music.state.position === music.state.position;
      const context = music.output.context.state;
      music.dispose();
      return { begun: String(begun.seed), volume: begun.volume, beforehand, playing: { ...playing, seed: String(playing.seed), frame: String(playing.frame) }, settings, there, paused: paused.status, rain: paused.settings, context, same };
    });
    assert.deepEqual([found.begun, found.volume], ['42', 0.5]);
    assert.deepEqual([found.beforehand.bpm, found.beforehand.layers.bell, found.beforehand.intensity], [62, 0.25, 0.25]);
    assert.equal(found.playing.status, 'playing');
    assert.ok(found.playing.position > 0.3 && found.playing.position < 3, String(found.playing.position));
    assert.equal(found.playing.sampleRate, 44100);
    assert.ok(found.playing.buffer > 0);
    assert.equal(found.settings.intensity, 0.75);
    assert.ok(Math.abs(found.there - 3600.5) < 1.5, String(found.there));
    assert.deepEqual([found.paused, found.context, found.same], ['paused', 'suspended', true]);
  });

  test('tells of what happens', async () => {
    const found = await page.evaluate(async () => {
      const music = await globalThis.createAuralis({ seed: 42, preset: 'bright' });
      const told = { state: [], load: [], phrase: [], chord: [], note: [] };
      for (const name of Object.keys(told)) {
        music.addEventListener(name, ({ detail }) => told[name].push(name === 'state' ? detail.status : { ...detail, told: music.state.position }));
      }
      const loads = [];
      music.addEventListener('load', ({ detail }) => loads.push(detail));
      await music.play();
      await globalThis.pause(12_000);
      const { events } = await music.score({ from: 0, seconds: 60 });
      music.dispose();
      return { told, loads, events };
    });
    assert.deepEqual(found.told.state.slice(0, 2), ['starting', 'playing']);
    assert.ok(found.loads.length > 5 && found.loads.every((load) => load >= 0 && load < 2), JSON.stringify(found.loads));
    for (const type of ['phrase', 'chord', 'note']) {
      const wanted = found.events.filter((event) => event.type === type && event.seconds < 11);
      const told = found.told[type].filter(({ seconds }) => seconds < 11);
      assert.deepEqual(told.map(({ frame }) => frame), wanted.map(({ frame }) => frame), type);
      for (const { seconds, told: when } of told) assert.ok(when - seconds > -0.001 && when - seconds < 0.4, `${type}: ${seconds} told at ${when}`);
    }
    assert.ok(found.told.note.length > 3);
  });

  test('a change is in the score from when it holds', async () => {
    const found = await page.evaluate(async () => {
      const music = await globalThis.createAuralis({ seed: 1, bpm: 70 });
      await music.play();
      music.set({ bpm: 90 });
      await globalThis.pause(1500);
      const { events } = await music.score({ from: 0, seconds: 120 });
      const midi = (await music.score({ from: 0, seconds: 10 })).midi();
      music.dispose();
      return { tempos: [...new Set(events.filter(({ type }) => type === 'phrase').map(({ bpm }) => bpm))], midi: String.fromCharCode(...midi.slice(0, 4)) };
    });
    assert.deepEqual(found, { tempos: [70, 90], midi: 'MThd' });
  });

  test('a moment of it is shared as text', async () => {
    const found = await page.evaluate(async () => {
      const music = await globalThis.createAuralis({ seed: '18446744073709551615', preset: 'dawn', from: 50 });
      const link = music.share();
      const other = await globalThis.fromShare(`https://example.org/#${link}`);
      const same = [music, other].map(({ state: { seed, position, settings } }) => JSON.stringify([String(seed), position, settings]));
      music.dispose();
      other.dispose();
      return { link, same, wrong: await globalThis.wrong(() => globalThis.fromShare('#nothing')) };
    });
    assert.match(found.link, /^v=\d+&rate=44100&seed=18446744073709551615&preset=dawn&at=2205000&sum=/);
    assert.equal(found.same[0], found.same[1]);
    assert.deepEqual([found.wrong.name, found.wrong.code], ['AuralisError', 'link']);
  });

  test('two of them do not disturb each other', async () => {
    const found = await page.evaluate(async () => {
      const [a, b] = await Promise.all([globalThis.createAuralis({ seed: 1 }), globalThis.createAuralis({ seed: 2, preset: 'rain' })]);
      await Promise.all([a.play(), b.play()]);
      const both = await Promise.all([globalThis.heard(a.output), globalThis.heard(b.output)]);
      a.dispose();
      const left = await globalThis.heard(b.output);
      const { status } = b.state;
      b.dispose();
      return { both, left, status };
    });
    assert.ok(found.both.every((level) => level > 1e-4) && found.left > 1e-4, JSON.stringify(found));
    assert.equal(found.status, 'playing');
  });

  test('leaves an app’s context to the app', async () => {
    const found = await page.evaluate(async () => {
      const context = new AudioContext({ sampleRate: 48000 });
      const gain = new GainNode(context);
      gain.connect(context.destination);
      // Its rate and its context are its node's.
      const music = await globalThis.createAuralis({ destination: gain, seed: 3 });
      await context.resume();
      await music.play();
      const level = await globalThis.heard(gain);
      const rate = music.state.sampleRate;
      music.pause();
      await globalThis.pause(500);
      const paused = context.state;
      const silent = await globalThis.heard(gain);
      music.dispose();
      await globalThis.pause(500);
      const after = context.state;
      await context.close();
      return { level, paused, silent, after, rate };
    });
    assert.ok(found.level > 1e-4 && found.silent === 0, JSON.stringify(found));
    assert.deepEqual([found.paused, found.after, found.rate], ['running', 'running', 48000]);
  });

  test('gives each layer by itself, in step with the music', async () => {
    const found = await page.evaluate(async () => {
      const { LAYERS, createAuralis, loudness, pause, render } = globalThis;
      const rate = 44100;
      const names = [...LAYERS, 'space'];
      const context = new OfflineAudioContext(2 * names.length + 2, rate * 8, rate);
      const merger = new ChannelMergerNode(context, { numberOfInputs: 2 * names.length + 2 });
      merger.connect(context.destination);
      context.destination.channelInterpretation = 'discrete';
      const lay = (node, at) => {
        const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
        node.connect(splitter);
        splitter.connect(merger, 0, at);
        splitter.connect(merger, 1, at + 1);
      };
      // Softly, so that the master leaves it nearly as it is.
      const quiet = Object.fromEntries(LAYERS.map((name) => [name, 0.3]));
      const options = { seed: 42, preset: 'focus', layers: { ...quiet, noise: 0 } };
      const music = await createAuralis({ ...options, context, stems: true });
      names.forEach((name, i) => lay(music.stem(name), 2 * i + 2));
      lay(music.output, 0);
      music.play().catch(() => {});
      await pause(400);
      const buffer = await context.startRendering();
      const all = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
      music.dispose();
      const sum = new Float32Array(all[0].length);
      names.forEach((_, n) => all[2 * n + 2].forEach((x, i) => { sum[i] += x; }));
      const alike = (lag) => {
        let [ab, aa, bb] = [0, 0, 0];
        for (let i = rate; i < 7 * rate; i += 1) {
          const [a, b] = [all[0][i], sum[i + lag]];
          ab += a * b;
          aa += a * a;
          bb += b * b;
        }
        return ab / Math.sqrt(aa * bb);
      };
      const lags = [-64, -3, -1, 0, 1, 3, 64].map(alike);
      const { channels } = await render({ ...options, seconds: 8 });
      return {
        levels: Object.fromEntries(names.map((name, n) => [name, loudness(all[2 * n + 2])])), lags,
        same: channels[0].every((x, i) => x === all[0][i]),
        without: await globalThis.wrong(async () => (await createAuralis()).stem('drone')),
      };
    });
    assert.ok(found.same, 'the music is what it is without them');
    assert.ok(found.levels.drone > 1e-4 && found.levels.pad > 1e-4 && found.levels.space > 1e-5, JSON.stringify(found.levels));
    assert.equal(found.levels.noise, 0);
    assert.equal(found.lags.indexOf(Math.max(...found.lags)), 3, JSON.stringify(found.lags));
    assert.ok(found.lags[3] > 0.97, JSON.stringify(found.lags));
    assert.deepEqual([found.without.code, found.without.type], ['option', true]);
  });

  test('what is wrong is said', async () => {
    const found = await page.evaluate(async () => {
      const { createAuralis, wrong } = globalThis;
      const music = await createAuralis();
      const before = JSON.stringify(music.state.settings);
      const said = {
        option: await wrong(() => createAuralis({ speed: 3 })),
        value: await wrong(() => createAuralis({ bpm: 300 })),
        set: await wrong(() => music.set({ bpm: 62, scale: 'blues' })),
        volume: await wrong(() => { music.volume = 2; }),
        seek: await wrong(() => music.seek(-1)),
        wasm: await wrong(() => createAuralis({ wasmUrl: '/no-such.wasm' })),
      };
      const untouched = JSON.stringify(music.state.settings) === before;
      music.dispose();
      music.dispose();
      said.disposed = await wrong(() => music.play());
      said.state = await wrong(() => music.state);
      return { said, untouched };
    });
    const { said } = found;
    for (const [name, option] of [['option', 'option'], ['value', 'bpm'], ['set', 'scale'], ['volume', 'volume'], ['seek', 'seconds']]) {
      assert.ok(said[name].type && said[name].code === 'option' && said[name].message.startsWith(`${option} cannot be `), JSON.stringify(said[name]));
    }
    assert.ok(found.untouched, 'a wrong setting changes nothing');
    assert.equal(said.wasm.code, 'load');
    assert.deepEqual([said.disposed.code, said.state.code], ['disposed', 'disposed']);
    complaints.splice(0, complaints.length, ...complaints.filter((line) => !/404/.test(line)));
  });

  test('what could not be loaded is tried anew', async () => {
    const attempt = () => page.evaluate(async () => {
      globalThis.late ??= await globalThis.createAuralis({ workletUrl: '/late/worklet.js' });
      const { code } = await globalThis.wrong(() => globalThis.late.play());
      return { code, status: globalThis.late.state.status };
    });
    assert.deepEqual(await attempt(), { code: 'load', status: 'paused' });
    mounts['/late/'] = join(app.folder, 'node_modules/auralis/dist/files');
    assert.deepEqual(await attempt(), { code: undefined, status: 'playing' });
    await page.evaluate(() => globalThis.late.dispose());
    complaints.splice(0, complaints.length, ...complaints.filter((line) => !/404/.test(line)));
  });

  test('is ready soon, and leaves nothing behind', async (t) => {
    const session = await page.context().newCDPSession(page);
    const used = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return page.evaluate(() => performance.memory.usedJSHeapSize);
    };
    const cycles = (count) => page.evaluate(async (n) => {
      const times = [];
      for (let i = 0; i < n; i += 1) {
        const begun = performance.now();
        const music = await globalThis.createAuralis({ seed: i });
        times.push(performance.now() - begun);
        // Some are disposed of while they play.
        if (i % 10 === 0) await music.play();
        music.dispose();
      }
      await globalThis.pause(500);
      return times.sort((a, b) => a - b)[n >> 1];
    }, count);
    await cycles(20);
    const before = await used();
    const ready = await cycles(100);
    const after = await used();
    t.diagnostic(`from createAuralis to ready on a warm page: ${ready.toFixed(1)} ms, the median of 100; heap ${before} → ${after}`);
    assert.ok(ready < 100, `${ready} ms`);
    assert.ok(after - before < 500_000, `${after - before} bytes more`);
  });

  test('without a press there is no sound, and the promise says how', async () => {
    const strict = await launchChromium('--autoplay-policy=document-user-activation-required');
    try {
      const other = await strict.newPage();
      // By the page's own script, and told by itself: whatever a test asks of a page counts as a press.
      const told = other.waitForEvent('console', (message) => message.type() === 'info');
      await other.goto(`${server.url}/untouched.html`);
      const found = JSON.parse((await told).text());
      assert.equal(found.code, 'not-allowed');
      assert.match(found.message, /from a click or a key/);
      // It begins as soon as it is let to.
      await other.mouse.click(10, 10);
      await other.locator('#said').filter({ hasText: /^playing$/ }).waitFor();
    } finally {
      await strict.close();
    }
  });

  test('a device that takes seconds to wake is waited for, after a press', async () => {
    const other = await browser.newPage();
    await other.addInitScript(() => {
      const { resume } = AudioContext.prototype;
      globalThis.AudioContext = class extends AudioContext {
        constructor(...args) {
          super(...args);
          this.suspend();
        }

        async resume() {
          await new Promise((resolve) => { setTimeout(resolve, 4000); });
          return resume.call(this);
        }
      };
    });
    await other.goto(`${server.url}/index.html`);
    await other.locator('html[data-ready]').waitFor({ state: 'attached' });
    const found = await other.evaluate(async () => {
      const music = await globalThis.createAuralis({ seed: 42 });
      const begun = performance.now();
      await music.play();
      const { status } = music.state;
      music.dispose();
      return { status, took: performance.now() - begun };
    });
    await other.close();
    assert.equal(found.status, 'playing');
    assert.ok(found.took > 3500, `${found.took} ms`);
  });

  test('without SIMD the plain build plays the same samples', async () => {
    const other = await browser.newPage();
    await other.addInitScript(() => {
      const { validate } = WebAssembly;
      WebAssembly.validate = (bytes) => (bytes.byteLength < 40 ? false : validate(bytes));
    });
    const asked = [];
    other.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').pop()));
    await other.goto(`${server.url}/index.html`);
    await until(other, () => globalThis.render !== undefined);
    const found = await other.evaluate(async () => {
      const { channels } = await globalThis.render({ seed: 42, preset: 'focus', seconds: 3 });
      return globalThis.hash(...channels);
    });
    assert.equal(found, await nativeHash({ seed: 42, preset: 'focus', seconds: 3 }));
    assert.ok(asked.includes('auralis-plain.wasm') && !asked.includes('auralis-simd.wasm'), asked.join());
    await other.close();
  });

  test('without AudioWorklet it says so, and renders all the same', async () => {
    const other = await browser.newPage();
    await other.addInitScript(() => { delete globalThis.AudioWorklet; });
    await other.goto(`${server.url}/index.html`);
    await until(other, () => globalThis.wrong !== undefined);
    const found = await other.evaluate(async () => [
      await globalThis.wrong(() => globalThis.createAuralis()), (await globalThis.render({ seconds: 1 })).channels[0].length,
    ]);
    assert.deepEqual([found[0].code, found[1]], ['unsupported', 44100]);
    await other.close();
  });

  test('an element plays it, and is steered by its attributes', async () => {
    const other = await browser.newPage();
    const its = await watch(other);
    const asked = [];
    other.on('request', (request) => asked.push(request.url()));
    await other.goto(`${server.url}/element.html`);
    const player = other.locator('auralis-player');
    const button = player.locator('button');
    await button.waitFor();
    assert.equal(await button.getAttribute('aria-label'), 'Play Sleep');
    assert.ok(!asked.some((url) => url.endsWith('.wasm')), 'nothing is loaded before somebody presses play');
    await button.click();
    await until(other, () => document.querySelector('auralis-player').player?.state.status === 'playing');
    assert.equal(await button.getAttribute('aria-label'), 'Pause Sleep');
    assert.equal(await player.locator('[part=status]').textContent(), 'Playing');
    const state = () => other.evaluate(() => {
      const { seed, settings, volume } = document.querySelector('auralis-player').player.state;
      return { seed: String(seed), intensity: settings.intensity, volume };
    });
    assert.equal((await state()).seed, '42');
    await player.evaluate((element) => {
      element.setAttribute('intensity', '0.9');
      element.setAttribute('volume', '0.25');
    });
    assert.deepEqual(await state(), { seed: '42', intensity: 0.9, volume: 0.25 });
    assert.equal(await player.locator('input').inputValue(), '0.25');
    // A wrong value is told, and changes nothing.
    await player.evaluate((element) => element.setAttribute('intensity', '9'));
    assert.match(await player.locator('[part=status]').textContent(), /^intensity cannot be "9"; allowed: 0 to 1$/);
    assert.equal((await state()).intensity, 0.9);
    await button.click();
    assert.equal(await button.getAttribute('aria-label'), 'Play Sleep');
    // Taken out of the page it is gone.
    const gone = await player.evaluate(async (element) => {
      element.remove();
      await Promise.resolve();
      return element.player === undefined;
    });
    assert.ok(gone);
    assert.deepEqual(its.filter((line) => !/data:|forbids data/.test(line)), []);
    await other.close();
  });

  test('nothing was missing or forbidden', () => {
    // The page's own icon is none that its policy allows.
    assert.deepEqual(complaints.filter((line) => !/data:|forbids data/.test(line)), []);
    assert.deepEqual(server.missing.filter((path) => !['/no-such.wasm', '/late/worklet.js'].includes(path)), []);
  });
});
