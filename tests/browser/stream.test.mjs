// What a relay sends, block by block in Node: heard at its frames, gone over into and out of, and what is heard when nothing comes.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PLACES } from './lib/native.mjs';
import { LOUDER, RATE, SEED, WORDS, engineFrames, hear, imageAt, open, silent } from './lib/processor.mjs';

const { Jitter, Resampler, channels, read } = await import(pathToFileURL(join(PLACES.source, 'stream.js')));

/** What the relay sends of frame n: nothing that the engine gives. */
const sent = (n) => Math.sin(n / 30) * 0.4;

/** A processor that hears a stream, and the stream's end. */
function streamed({ frame = 0n, due, ...options } = {}) {
  const processor = open({ session: undefined, fade: 0, ...options });
  const port = { close() {} };
  processor.tell({ type: 'stream', port });
  processor.tell({ type: 'open', seed: SEED, words: WORDS, frame, due, streamed: true });
  processor.tell({ type: 'play' });
  const send = (from, count = 4410) => {
    const left = Float32Array.from({ length: count }, (_, i) => sent(from + i));
    port.onmessage({ data: { frame: from, left, right: left.slice() } });
  };
  return { processor, send };
}

const isSent = (heard, from) => heard.forEach((x, i) => assert.ok(Math.abs(x - sent(from + i)) < 1e-6, `frame ${from + i}: ${x}`));

/** How often it ran dry so far. */
const gaps = ({ port, source: { stream } }) => port.said.reduce((sum, message) => sum + (message.type === 'state' ? message.gaps : 0), stream.gaps);

/** The largest step from one sample to the next. */
const steepest = (samples) => samples.reduce((most, x, i) => (i === 0 ? 0 : Math.max(most, Math.abs(x - samples[i - 1]))), 0);

describe('the stream of a relay', () => {
  test('is heard as soon as enough of it lies ready, from where it begins', () => {
    const { processor, send } = streamed({ frame: 1000n });
    send(8820);
    assert.ok(silent(hear(processor, 1280)), 'a tenth of a second is not enough');
    send(13230);
    isSent(hear(processor, 6400), 8820);
    assert.equal(gaps(processor), 0);
    processor.tell({ type: 'pause' });
    const { position, playing } = processor.last('state');
    assert.deepEqual([position, playing], [8820n + 6400n, false]);
  });

  test('begins when it is due', () => {
    globalThis.currentTime = 10;
    const { processor, send } = streamed({ frame: 44100n, due: 10 + 1000 / RATE });
    for (const n of [10, 11, 12, 13]) send(n * 4410);
    const heard = new Float32Array(1280);
    for (let at = 0; at < 1280; at += 128) {
      heard.set(hear(processor, 128), at);
      globalThis.currentTime += 128 / RATE;
    }
    globalThis.currentTime = 0;
    assert.ok(silent(heard.subarray(0, 1000)));
    isSent(heard.subarray(1000), 44100);
  });

  test('goes over into what a worker made, and back, at the same frame and without a jump', () => {
    const { processor, send } = streamed();
    for (let n = 0; n < 9; n += 1) send(n * 4410);
    const changes = [{ frame: 2048n, words: LOUDER }];
    const at = 10001n;
    processor.tell({ type: 'swap', turn: 0, frame: at, words: WORDS, changes, memory: imageAt(at, changes) });
    const wanted = engineFrames(40960, { changes });
    const heard = hear(processor, 20096);
    assert.deepEqual(processor.last('swapped'), { type: 'swapped', turn: 0, frame: at, there: true });
    isSent(heard.subarray(0, 10001), 0);
    assert.deepEqual(heard.subarray(10001 + 1024), wanted.subarray(10001 + 1024, 20096));
    heard.subarray(10001, 10001 + 1024).forEach((x, i) => {
      const share = i / 1024;
      assert.ok(Math.abs(x - (sent(10001 + i) * (1 - share) + wanted[10001 + i] * share)) < 1e-6);
    });
    processor.tell({ type: 'lean' });
    const back = hear(processor, 12800);
    assert.deepEqual(processor.last('leant'), { type: 'leant', turn: 0, frame: 20096n });
    isSent(back.subarray(1024), 20096 + 1024);
    assert.ok(Math.abs(back[0] - wanted[20096]) < 0.01);
    assert.equal(gaps(processor), 0);
  });

  test('is not gone over into before it lies ready', () => {
    const processor = open({ fade: 0 });
    const port = { close() {} };
    processor.tell({ type: 'stream', port });
    processor.tell({ type: 'play' });
    processor.tell({ type: 'lean' });
    assert.deepEqual(hear(processor, 12800), engineFrames(12800));
    assert.equal(processor.last('leant'), undefined);
  });

  test('is gone over into with less lying ready, where that is all that comes', () => {
    const processor = open({ fade: 0 });
    const port = { close() {} };
    processor.tell({ type: 'stream', port });
    processor.tell({ type: 'play' });
    processor.tell({ type: 'lean' });
    let at = 0;
    const seconds = (count) => {
      for (const end = at + count * RATE; at < end && !processor.last('leant'); at += 441) {
        const left = Float32Array.from({ length: 441 }, (_, i) => sent(at + 3528 + i));
        port.onmessage({ data: { frame: at + 3528, left, right: left.slice() } });
        hear(processor, 441, 441);
      }
    };
    seconds(5);
    assert.equal(processor.last('leant'), undefined, 'a twelfth of a second is little');
    seconds(15);
    assert.ok(processor.last('leant'));
  });

  test('where it does not come, what a worker made begins in its time', () => {
    globalThis.currentTime = 10;
    const { processor } = streamed({ frame: 44100n, due: 10 });
    const at = 44100n + 22050n;
    processor.tell({ type: 'swap', turn: 0, frame: at, words: WORDS, changes: [], memory: imageAt(at, []) });
    const heard = new Float32Array(Math.ceil(RATE / 128) * 128);
    for (let i = 0; i < heard.length; i += 128) {
      heard.set(hear(processor, 128), i);
      globalThis.currentTime += 128 / RATE;
    }
    globalThis.currentTime = 0;
    assert.ok(silent(heard.subarray(0, 22050)));
    assert.deepEqual(heard.subarray(22050), engineFrames(heard.length - 22050, { from: at }));
  });

  test('what runs out is waited for, and no jump is heard', () => {
    const { processor, send } = streamed();
    for (const n of [0, 1, 2]) send(n * 4410);
    isSent(hear(processor, 12800), 0);
    const dry = hear(processor, 12800);
    assert.ok(steepest(dry) < 0.03, `${steepest(dry)}`);
    assert.equal(gaps(processor), 1);
    send(13230);
    hear(processor, 1280);
    send(17640);
    // What came first was too little. A third of a second later it goes on where it was.
    const after = hear(processor, 6400);
    assert.ok(steepest(after) < 0.03, `${steepest(after)}`);
    isSent(after.subarray(2048), 13230 + 2048);
    assert.equal(gaps(processor), 1);
  });

  test('without it for long, the session’s time goes on in silence', () => {
    const { processor, send } = streamed();
    for (const n of [0, 1, 2]) send(n * 4410);
    hear(processor, 12800);
    const dry = hear(processor, 128 * 345);
    assert.ok(silent(dry.subarray(RATE / 2)));
    processor.tell({ type: 'pause' });
    // Half a second it was waited for.
    assert.ok(Math.abs(Number(processor.last('state').position) - (12800 + 128 * 345 - RATE / 2)) < 128);
  });

  test('what was lost on the way is left out', () => {
    const { processor, send } = streamed();
    for (const n of [0, 1, 3, 4, 5]) send(n * 4410);
    isSent(hear(processor, 8704), 0);
    const over = hear(processor, 8704);
    assert.ok(steepest(over) < 0.03, `${steepest(over)}`);
    isSent(over.subarray(13230 + 2048 - 8704), 13230 + 2048);
    assert.equal(gaps(processor), 1);
  });

  test('what comes twice, or again after the connection broke, is heard once', () => {
    const { processor, send } = streamed();
    for (const n of [0, 1, 2, 1, 2, 3]) send(n * 4410);
    send(3 * 4410 + 2205);
    isSent(hear(processor, 19840), 0);
    assert.equal(gaps(processor), 0);
  });

  test('changes of the session are in it already', () => {
    const { processor, send } = streamed();
    for (const n of [0, 1, 2, 3]) send(n * 4410);
    processor.tell({ type: 'change', id: 4, words: LOUDER, frame: 5000n, after: true });
    isSent(hear(processor, 6400), 0);
    assert.deepEqual(processor.last('changed'), { type: 'changed', id: 4, frame: 5000n });
  });
});

describe('what a relay sends', () => {
  const header = (payload, frame, length) => {
    const view = new DataView(new ArrayBuffer(24 + length));
    view.setUint8(0, 1);
    view.setUint8(1, payload);
    view.setUint8(2, 2);
    view.setUint32(4, RATE, true);
    view.setBigUint64(8, 7n, true);
    view.setBigUint64(16, BigInt(frame), true);
    return view;
  };

  test('is read as PCM', () => {
    const view = header(1, 30870, 8);
    [32767, -32767, 0, 16384].forEach((x, i) => view.setInt16(24 + 2 * i, x, true));
    const chunk = read(view.buffer);
    assert.deepEqual([chunk.frame, chunk.rate], [30870, RATE]);
    const [left, right] = channels(chunk.samples);
    assert.deepEqual([...left], [1, 0]);
    assert.ok(right[0] === -1 && Math.abs(right[1] - 0.5) < 1e-4);
  });

  test('is read as packets of Opus', () => {
    const view = header(2, 882, 9);
    const bytes = new Uint8Array(view.buffer, 24);
    bytes.set([3, 0, 1, 2, 3, 2, 0, 4, 5]);
    const { packets } = read(view.buffer);
    assert.deepEqual(packets.map((packet) => [...packet]), [[1, 2, 3], [4, 5]]);
  });

  test('is brought from 48 kHz to the session’s rate, at the same moments', () => {
    for (const hertz of [100, 997, 5000, 12000]) {
      const tone = (seconds) => Math.sin(2 * Math.PI * hertz * seconds);
      const resampler = new Resampler(RATE);
      let [worst, given] = [0, 0];
      for (let n = 0; n < 20; n += 1) {
        const packet = Float32Array.from({ length: 960 }, (_, i) => tone((n * 960 + i) / 48000));
        const out = resampler.next([packet, packet]);
        assert.equal(out === undefined, n === 0);
        if (!out) continue;
        assert.equal(out[0].length, 882);
        out[0].forEach((x, i) => {
          // Not what lies at the ends of what is known.
          if (n > 1) worst = Math.max(worst, Math.abs(x - tone(((n - 1) * 882 + i) / RATE)));
        });
        given += 882;
      }
      assert.equal(given, 19 * 882);
      assert.ok(worst < 0.003, `${hertz} Hz: ${worst}`);
    }
  });

  test('its irregularity is a moving average', () => {
    const jitter = new Jitter();
    for (let n = 0; n < 200; n += 1) jitter.add(n * 100 + (n % 2) * 20, n * 100);
    assert.ok(Math.abs(jitter.average - 20) < 0.1);
    for (let n = 200; n < 400; n += 1) jitter.add(n * 100, n * 100);
    assert.ok(jitter.average < 0.1);
    // On another connection comes first what lay ready.
    jitter.connected();
    for (let n = 400; n < 440; n += 1) jitter.add(40_000 + Math.max(n - 405, (n - 405) * 100), n * 100);
    assert.ok(jitter.average < 0.1);
  });
});
