// What playing costs a Chromium: the processor's time of the audio thread by the kernel's own account, and the page's scripts by a trace.
// Nothing is asserted but that there was music: the figures are for docs/devices.md.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { absent, launchChromium } from './lib/browsers.mjs';
import { long, PLACES } from './lib/native.mjs';
import { says, visit } from './lib/page.mjs';
import { POLICY, serve } from './lib/site.mjs';

/** How Linux shows the name of Chromium's audio thread, of which it keeps 15 letters. */
const AUDIO = 'Realtime AudioW';
/** Ticks of the kernel's clock in a second, as /proc counts them everywhere on Linux. */
const TICKS = 100;

/** The processor's time in seconds of all threads with this name that belong to a process or its descendants. */
function threadSeconds(root, name) {
  const fields = (path) => {
    try {
      const text = readFileSync(path, 'utf8');
      const end = text.lastIndexOf(')');
      return { name: text.slice(text.indexOf('(') + 1, end), rest: text.slice(end + 2).split(' ') };
    } catch {
      // It has ended meanwhile.
      return undefined;
    }
  };
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const parents = new Map(processes.map((id) => [id, fields(`/proc/${id}/stat`)?.rest[1]]));
  const belongs = (id) => id === String(root) || (parents.has(id) && id !== '1' && belongs(parents.get(id)));
  let ticks = 0;
  for (const id of processes.filter(belongs)) {
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const stat = fields(`/proc/${id}/task/${thread}/stat`);
      if (stat?.name.startsWith(name)) ticks += Number(stat.rest[11]) + Number(stat.rest[12]);
    }
  }
  return ticks / TICKS;
}

/** The seconds of the page's main thread within scripts, from a trace's events: what lies within another one counts once. */
function scriptSeconds(events) {
  const scripts = events
    .filter(({ name, ph }) => ph === 'X' && ['FunctionCall', 'EvaluateScript'].includes(name))
    .sort((a, b) => a.ts - b.ts);
  // There are other threads with scripts (the audio's), and the browser has pages of its own: the picture is ours alone.
  const ours = events.find(({ name }) => name === 'FireAnimationFrame');
  let [sum, latest] = [0, 0];
  for (const { pid, tid, ts, dur = 0 } of scripts) {
    if (pid !== ours?.pid || tid !== ours.tid) continue;
    sum += Math.max(0, ts + dur - Math.max(ts, latest));
    latest = Math.max(latest, ts + dur);
  }
  return sum / 1e6;
}

describe('cost', { skip: process.platform === 'linux' ? absent('chromium') : 'skipped: there is no /proc here' }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ '/sub/': PLACES.site }, { policy: POLICY });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  test('soak: the default preset, playing', async (t) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await visit(page, `${site.url}/sub/`);
    await page.click('#play');
    await says(page, '#doing', /^Playing · 0:1/);
    const session = await browser.newBrowserCDPSession();
    const events = [];
    session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
    const span = async () => {
      const began = performance.now();
      await page.waitForTimeout(long(60) * 1000);
      return (performance.now() - began) / 1000;
    };
    // One after the other: a trace costs every thread that is in it.
    const begin = threadSeconds(process.pid, AUDIO);
    const seconds = await span();
    const audio = threadSeconds(process.pid, AUDIO) - begin;
    await session.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline'] } });
    const traced = await span();
    const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await ended;
    const share = (part, whole) => `${((100 * part) / whole).toFixed(2)} % of a core, over ${whole.toFixed(0)} s`;
    t.diagnostic(`the audio thread: ${share(audio, seconds)}`);
    t.diagnostic(`the page's scripts, the picture's among them: ${share(scriptSeconds(events), traced)}`);
    assert.match(await page.textContent('#doing'), /^Playing/);
    assert.ok(audio > 0, 'there was an audio thread');
  });
});
