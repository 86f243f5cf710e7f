// The worklet's processor, block by block in Node: fades, pauses, seeks in slices, changes at their frames, and trouble.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PLACES } from './lib/native.mjs';
import {
  Engine, LOUDER, Processor, RATE, REFUSALS, SEED, WORDS, engineFrames, hear, imageAt, lay, module, onTime, open, plain, silent,
} from './lib/processor.mjs';

test('silent until it plays, then the engine’s own samples from the first on', () => {
  for (const block of [128, 300, 2048]) {
    const processor = open();
    assert.ok(silent(hear(processor, 512, block)));
    processor.tell({ type: 'play' });
    assert.deepEqual(hear(processor, 20_000, block), engineFrames(20_000));
    assert.equal(processor.last('ready').sound, plain.raw.sound_version());
  }
});

test('pauses with a fade and goes on where it was', () => {
  const processor = open({ fade: 0.01 });
  processor.tell({ type: 'play' });
  hear(processor, 128 * 400);
  processor.tell({ type: 'pause' });
  const fading = hear(processor, 128 * 4);
  const whole = engineFrames(128 * 406);
  assert.ok(Math.abs(fading[10] - whole[128 * 400 + 10] * (1 - 11 / 441)) < 1e-6);
  assert.ok(silent(hear(processor, 1024)));
  const { position, playing } = processor.last('state');
  assert.equal(playing, false);
  assert.equal(position, 128n * 404n);
  processor.tell({ type: 'play' });
  const rising = hear(processor, 256);
  assert.ok(Math.abs(rising[99] - whole[128 * 404 + 99] * (100 / 441)) < 1e-6);
});

test('a change takes effect at its frame, and says at which', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  hear(processor, 1280);
  processor.tell({ type: 'change', id: 5, words: LOUDER, frame: 20_000n });
  const heard = hear(processor, 128 * 400);
  assert.deepEqual(processor.last('changed'), { type: 'changed', id: 5, frame: 20_000n });
  const wanted = engineFrames(1280 + 128 * 400, { changes: [{ frame: 20_000n, words: LOUDER }] });
  assert.deepEqual(heard, wanted.subarray(1280));
});

test('a change without a frame holds from now on; a later one replaces what was to come', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  hear(processor, 1280);
  processor.tell({ type: 'change', id: 1, words: LOUDER });
  processor.tell({ type: 'change', id: 2, words: WORDS });
  hear(processor, 256);
  assert.equal(processor.port.said.filter(({ type }) => type === 'changed').length, 1);
  const { id, frame } = processor.last('changed');
  assert.equal(id, 2);
  assert.ok(frame >= 1280n && frame < 1280n + 4096n);
});

test('too many changes are refused, and nothing breaks', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  for (let id = 1; id < 1000 && !processor.last('refused'); id += 1) {
    processor.tell({ type: 'change', id, words: id % 2 ? LOUDER : WORDS });
    hear(processor, 128);
  }
  assert.equal(processor.last('refused').code, REFUSALS.FULL);
  assert.equal(processor.last('error'), undefined);
});

test('a session begun late is sought in slices, then faded in', () => {
  const changes = [{ frame: 100_000n, words: LOUDER }, { frame: 1_000_300n, words: WORDS }];
  const from = 1_000_001n;
  const processor = open({ session: { seed: SEED, words: WORDS, changes, frame: from }, fade: 0.01 });
  processor.tell({ type: 'play' });
  let blocks = 0;
  while (processor.last('state').seeking) {
    const block = hear(processor, 128);
    assert.ok(silent(block) || !processor.last('state').seeking);
    blocks += 1;
  }
  assert.ok(blocks > 10, 'in more slices than one');
  const wanted = engineFrames(128 * 2000, { from, changes });
  const heard = hear(processor, 128 * 1900);
  // The call that ended the seek began to play.
  assert.deepEqual(heard.subarray(1000), wanted.subarray(1128, 128 + 128 * 1900));
});

test('a session begun late is heard from where a worker’s engine came to', async () => {
  const { sought } = await import(pathToFileURL(join(PLACES.source, 'seek.js')));
  const changes = [{ frame: 100_000n, words: LOUDER }, { frame: 1_000_300n, words: WORDS }];
  const from = 1_000_001n;
  const session = { seed: SEED, words: WORDS, changes, frame: from, turn: 3, ahead: true };
  const processor = open({ session, fade: 0.01 });
  processor.tell({ type: 'play' });
  const before = processor.port.said.length;
  assert.ok(silent(hear(processor, 2 * RATE)));
  const reports = processor.port.said.slice(before);
  assert.ok(reports.length >= 3 && reports.every(({ seeking, position }) => seeking && position === from), 'it says that it is on its way');
  const memory = sought(Engine, { engine: module, rate: RATE, session });
  processor.tell({ type: 'arrive', turn: 2, memory });
  assert.ok(silent(hear(processor, 1280)), 'what another opening waited for is not taken');
  processor.tell({ type: 'arrive', turn: 3, memory });
  const heard = hear(processor, 128 * 1900);
  const wanted = engineFrames(128 * 1900, { from, changes });
  assert.deepEqual(heard.subarray(1000), wanted.subarray(1000));
  assert.equal(processor.last('state').seeking, false);
  // Once more: too late.
  processor.tell({ type: 'arrive', turn: 3, memory });
  assert.deepEqual(hear(processor, 1280), engineFrames(128 * 1910, { from, changes }).subarray(128 * 1900));
});

test('where no worker seeks, or none comes, the processor does it by itself', () => {
  const from = 200_001n;
  const sought = (hurry) => {
    const processor = open({ session: { seed: SEED, words: WORDS, frame: from, turn: 1, ahead: true }, fade: 0.01 });
    processor.tell({ type: 'play' });
    hear(processor, 1280);
    if (hurry) processor.tell({ type: 'alone', turn: 1 });
    let seconds = 0;
    for (; processor.last('state').seeking; seconds += 128 / RATE) hear(processor, 128);
    assert.deepEqual(hear(processor, 5120).subarray(1000), engineFrames(5248, { from }).subarray(1128));
    return seconds;
  };
  assert.ok(sought(true) < 5);
  const late = sought(false);
  assert.ok(late > 19 && late < 25, `${late} s`);
});

test('no slice of a seek takes as long as the frames it is called for, though intervals come to cost four times as much', (t) => {
  const processor = open();
  const block = (1000 * 128) / RATE;
  // A clock of whole milliseconds, as the audio thread's, that only the engine moves within a call.
  let now = 1e12;
  t.mock.method(Date, 'now', () => Math.floor(now));
  let done = 0;
  const ALL = 150_000;
  processor.engine.step = (intervals) => {
    for (let i = 0; i < intervals && done < ALL; i += 1, done += 1) now += 0.004 + 0.012 * Math.min(1, (2 * done) / ALL);
    return done >= ALL;
  };
  processor.seeking = true;
  let [calls, dearest] = [0, 0];
  for (; processor.seeking; calls += 1) {
    const begun = now;
    processor.process([], [[new Float32Array(128), new Float32Array(128)]]);
    dearest = Math.max(dearest, now - begun);
    now = begun + Math.max(block, now - begun);
  }
  assert.ok(dearest < block, `${dearest.toFixed(1)} ms of ${block.toFixed(1)}`);
  assert.ok((calls * block) / 1000 < 8, `${((calls * block) / 1000).toFixed(1)} s`);
});

test('a session opened while one plays waits for that to fade out', () => {
  const processor = open({ fade: 0.01 });
  processor.tell({ type: 'play' });
  hear(processor, 128 * 100);
  processor.tell({ type: 'open', seed: SEED + 1n, words: WORDS });
  processor.tell({ type: 'play' });
  const old = engineFrames(128 * 110);
  const fading = hear(processor, 128 * 4);
  assert.ok(Math.abs(fading[10] - old[128 * 100 + 10] * (1 - 11 / 441)) < 1e-6);
  const fresh = new Engine(module);
  fresh.open(SEED + 1n, RATE, WORDS);
  const [left, right] = [new Float32Array(5120), new Float32Array(5120)];
  fresh.render(left, right, 0, 5120);
  assert.deepEqual(hear(processor, 5120), left);
});

test('makes do with one channel, and with none', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  const mono = [new Float32Array(128)];
  processor.process([], [mono]);
  assert.deepEqual(mono[0], engineFrames(128));
  processor.process([], [[]]);
});

test('trouble is said, and silence follows', () => {
  const broken = new Processor({ processorOptions: { bytes: new Uint8Array([1, 2, 3]) } });
  assert.match(broken.port.said.at(-1).message, /./);
  assert.equal(broken.port.said.at(-1).type, 'error');
  assert.ok(silent(hear(broken, 256)));

  const processor = open({ fade: 0.01 });
  processor.tell({ type: 'play' });
  hear(processor, 1280);
  processor.tell({ type: 'open', seed: SEED, words: new Float32Array(WORDS.length).fill(NaN) });
  hear(processor, 128 * 40);
  assert.match(processor.last('error').message, /a setting is out of its range/);
  assert.ok(silent(hear(processor, 256)));
});

test('closed, the node may end', () => {
  const processor = open();
  processor.tell({ type: 'close' });
  assert.equal(processor.process([], [[new Float32Array(128)]]), false);
});

test('the memory never grows', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  const before = processor.engine.raw.memory.buffer.byteLength;
  hear(processor, 128 * 2000);
  assert.equal(processor.engine.raw.memory.buffer.byteLength, before);
  assert.ok(before <= 8 << 20);
});

/** The largest step from one sample to the next. */
const steepest = (samples) => samples.reduce((most, x, i) => (i > 0 ? Math.max(most, Math.abs(x - samples[i - 1])) : most), 0);

test('an engine that breaks falls silent without a click, and says where it was', () => {
  const breaks = {
    trap: () => { throw new WebAssembly.RuntimeError('unreachable'); },
    nonsense: (left) => left.fill(NaN),
  };
  for (const [how, break_] of Object.entries(breaks)) {
    const processor = open({ session: { seed: SEED, words: LOUDER, turn: 7 } });
    processor.tell({ type: 'play' });
    const before = hear(processor, 128 * 2000);
    processor.engine.render = break_;
    const after = hear(processor, 128 * 10);
    const { message, position, turn } = processor.last('error');
    assert.match(message, /unreachable|no sound/, how);
    assert.deepEqual([position, turn], [128n * 2000n, 7]);
    assert.ok(silent(after.subarray(128 * 5)));
    const all = new Float32Array([...before.subarray(-128 * 100), ...after]);
    assert.ok(steepest(all) <= 1.05 * steepest(before), `${how}: a step of ${steepest(all)}`);
  }
});

test('what is beyond full scale is cut and counted', () => {
  const processor = open();
  processor.tell({ type: 'play' });
  hear(processor, 128);
  const { render } = processor.engine;
  processor.engine.render = (left, ...rest) => {
    render.call(processor.engine, left, ...rest);
    left[3] = 1.5;
  };
  assert.equal(hear(processor, 128)[3], 1);
  processor.engine.render = render;
  hear(processor, 128 * 400);
  assert.equal(processor.port.said.reduce((sum, { wrong = 0 }) => sum + wrong, 0), 1);
});

test('a step of quality leaves what is still to come', () => {
  const later = lay(plain, LOUDER, { bpm: 100 });
  const reduced = (words) => lay(plain, words, { quality: 'reduced' });
  const session = { seed: SEED, words: WORDS, changes: [{ frame: 10_000n, words: LOUDER }, { frame: 90_000n, words: later }] };
  const processor = open({ session });
  processor.tell({ type: 'play' });
  hear(processor, 128 * 200);
  processor.tell({ type: 'quality', id: 3, value: 1 });
  const heard = hear(processor, 128 * 700);
  const { id, frame } = processor.last('changed');
  assert.equal(id, 3);
  const changes = [session.changes[0], { frame, words: reduced(LOUDER) }, { frame: 90_000n, words: reduced(later) }];
  assert.deepEqual(heard, engineFrames(128 * 900, { changes }).subarray(128 * 200));
});

test('a session that keeps a time begins with it, to the frame', () => {
  globalThis.currentTime = 10;
  const { listen } = onTime(10 + 1000 / RATE);
  const heard = listen(4096);
  globalThis.currentTime = 0;
  assert.ok(heard.subarray(0, 1000).every((x) => x === 0));
  assert.deepEqual(heard.subarray(1000), engineFrames(4096).subarray(0, 3096));
});

test('a session that is late leaves out what is late, a little in each block', () => {
  globalThis.currentTime = 10;
  const { listen } = onTime(9.5);
  const heard = listen(345 * 128);
  globalThis.currentTime = 0;
  const begins = heard.findIndex((x) => x !== 0);
  assert.ok(begins > 0 && begins < 0.1 * RATE, `${begins}`);
  const wanted = engineFrames(2 * RATE).subarray(RATE / 2);
  assert.deepEqual(heard.subarray(begins), wanted.subarray(begins, heard.length));
});

test('a little faster, a little slower: the same sound, at another pace, and back', () => {
  const processor = open({ fade: 0 });
  processor.tell({ type: 'play' });
  const untouched = engineFrames(3 * RATE);
  assert.deepEqual(hear(processor, 12800), untouched.subarray(0, 12800));
  processor.tell({ type: 'pace', ratio: 1.002 });
  processor.tell({ type: 'pace', ratio: 2 });
  processor.tell({ type: 'pace', ratio: NaN });
  const fast = hear(processor, 64000);
  let worst = 0;
  for (let i = 100; i < 64000; i += 1) {
    const place = 12800 + i * 1.002;
    const [a, b] = [untouched[Math.floor(place)], untouched[Math.floor(place) + 1]];
    worst = Math.max(worst, Math.abs(fast[i] - (a + (b - a) * (place % 1))));
  }
  assert.ok(worst < 0.003, `${worst}`);
  const before = processor.last('state')?.position;
  processor.tell({ type: 'pause' });
  const { position } = processor.last('state');
  assert.ok(position !== before);
  assert.ok(Math.abs(Number(position) - (12800 + 64000 * 1.002)) < 3, `${position}`);
});

test('the music goes over into what a worker made of it, without a jump', () => {
  const processor = open({ fade: 0 });
  processor.tell({ type: 'play' });
  const changes = [{ frame: 2048n, words: LOUDER }, { frame: 60000n, words: WORDS }];
  const [old, wanted] = [engineFrames(80000), engineFrames(80000, { changes })];
  hear(processor, 20096);
  const at = 30001n;
  processor.tell({ type: 'swap', turn: 0, frame: at, words: WORDS, changes, memory: imageAt(at, changes) });
  const heard = hear(processor, 59904);
  assert.deepEqual(processor.last('swapped'), { type: 'swapped', turn: 0, frame: at, there: true });
  assert.deepEqual(heard.subarray(0, 30001 - 20096), old.subarray(20096, 30001));
  assert.deepEqual(heard.subarray(30001 + 1024 - 20096), wanted.subarray(30001 + 1024, 80000));
  const between = heard.subarray(30001 - 20096, 30001 + 1024 - 20096);
  between.forEach((x, i) => {
    const share = i / 1024;
    assert.ok(Math.abs(x - (old[30001 + i] * (1 - share) + wanted[30001 + i] * share)) < 1e-6);
  });
});

test('what a worker brings too late is not gone over into', () => {
  const processor = open({ fade: 0 });
  processor.tell({ type: 'play' });
  hear(processor, 12800);
  processor.tell({ type: 'swap', turn: 0, frame: 12799n, words: WORDS, changes: [], memory: imageAt(12799n, []) });
  assert.deepEqual(hear(processor, 12800), engineFrames(25600).subarray(12800));
  assert.equal(processor.last('swapped').there, false);
  processor.tell({ type: 'swap', turn: 7, frame: 50000n, words: WORDS, changes: [], memory: imageAt(50000n, []) });
  assert.deepEqual(hear(processor, 51200), engineFrames(76800).subarray(25600));
});

test('a change that comes after others leaves them', () => {
  const processor = open({ fade: 0 });
  processor.tell({ type: 'play' });
  const changes = [{ frame: 8000n, words: LOUDER }, { frame: 9000n, words: WORDS }, { frame: 10000n, words: LOUDER }];
  changes.forEach((change, id) => processor.tell({ type: 'change', id, after: true, ...change }));
  assert.deepEqual(hear(processor, 40064), engineFrames(40064, { changes }));
  const frames = processor.port.said.filter(({ type }) => type === 'changed').map(({ frame }) => frame);
  assert.deepEqual(frames, [8000n, 9000n, 10000n]);
});

/** What proves a span, as docs/protocol.md says. */
function proofOf(left, right) {
  const bits = (x) => BigInt(new Uint32Array(Float32Array.of(x).buffer)[0]);
  let hash = 0n;
  left.forEach((x, i) => {
    const mixed = BigInt.asUintN(64, (hash ^ (bits(x) | (bits(right[i]) << 32n))) * 0x9e3779b97f4a7c15n);
    hash = mixed ^ (mixed >> 32n);
  });
  return hash;
}

test('every five seconds that were rendered as a whole are proved', () => {
  const processor = open({ fade: 0 });
  processor.tell({ type: 'play' });
  hear(processor, 12 * RATE);
  const engine = new Engine(module);
  engine.open(SEED, RATE, WORDS);
  const channels = [new Float32Array(10 * RATE), new Float32Array(10 * RATE)];
  engine.render(...channels, 0, 10 * RATE);
  const wanted = [0, 5 * RATE].map((from) => ({
    type: 'proof', turn: 0, frame: BigInt(from), hash: proofOf(...channels.map((samples) => samples.subarray(from, from + 5 * RATE))),
  }));
  const proofs = () => processor.port.said.filter(({ type }) => type === 'proof');
  assert.deepEqual(proofs(), wanted);
  // After a worker's past was gone over into, from the next span on.
  const at = 13n * BigInt(RATE);
  processor.tell({ type: 'swap', turn: 0, frame: at, words: WORDS, changes: [], memory: imageAt(at, []) });
  hear(processor, 9 * RATE);
  assert.deepEqual(proofs().map(({ frame }) => Number(frame) / RATE), [0, 5, 15]);
});

test('reports say of which opening they are', () => {
  const processor = open({ session: { seed: SEED, words: WORDS, turn: 1 } });
  processor.tell({ type: 'play' });
  hear(processor, 128 * 10);
  processor.tell({ type: 'open', seed: SEED, words: WORDS, frame: 50_000n, turn: 2 });
  assert.equal(processor.last('state').turn, 1, 'it fades out first');
  hear(processor, 128 * 400);
  const { turn, position } = processor.last('state');
  assert.equal(turn, 2);
  assert.ok(position >= 50_000n);
});

test('an output that went without is noticed; a machine that slept, a pause and bursts are not', () => {
  const { now } = Date;
  let wall = 1_000_003;
  Date.now = () => wall;
  try {
    const processor = open();
    const gaps = () => processor.port.said.splice(0).reduce((sum, report) => sum + (report.gaps ?? 0), 0);
    // In bursts of 20 blocks, as a device asks for them.
    const play = (seconds, lost = 0) => {
      for (let i = 0; i < 20 * Math.round((seconds * RATE) / 128 / 20); i += 1) {
        if (i % 20 === 0) wall += (20 * 128 * 1000) / RATE;
        if (i === 300) wall += lost;
        hear(processor, 128);
        globalThis.currentTime += 128 / RATE;
      }
    };
    processor.tell({ type: 'play' });
    play(20);
    assert.equal(gaps(), 0, 'bursts are none');
    play(3, 40);
    assert.equal(gaps(), 1);
    play(3, 3_600_000);
    assert.equal(gaps(), 0, 'an hour of sleep is none');
    processor.tell({ type: 'pause' });
    play(0.5);
    wall += 700;
    processor.tell({ type: 'play' });
    play(3);
    assert.equal(gaps(), 0, 'a pause is none');
  } finally {
    Date.now = now;
    globalThis.currentTime = 0;
  }
});

test('the probe measures what a second takes', async () => {
  const { measure } = await import(pathToFileURL(join(PLACES.source, 'probe.js')));
  const costs = (milliseconds) => {
    let clock = 0;
    let calls = 0;
    // The first look begins it all; every second one after it ends a slice. In every tenth slice something else had the machine.
    const now = () => {
      calls += 1;
      if (calls > 1 && calls % 2 === 1) clock += milliseconds * (calls % 20 === 1 ? 9 : 1);
      return clock;
    };
    return measure(Engine, { engine: module, rate: RATE, words: WORDS }, now);
  };
  const slice = (1000 * 4096) / RATE;
  assert.ok(Math.abs(costs(slice / 100) - 0.023) < 0.001);
  assert.ok(costs(4 * slice) > 2, 'a device that is far too slow is told so, and soon');
});
