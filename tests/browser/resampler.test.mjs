// From the session's rate to another context's: as loud, at the same moments, and nothing beside it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { PLACES } from './lib/native.mjs';

const { Resampler } = await import(pathToFileURL(join(PLACES.source, 'audio/resampler.js')));

const SESSION = 44100;

/** A second of a sine at `hz`, brought to `rate` in blocks of 128. */
function sine(hz, rate, pace = 1) {
  let at = 0;
  const resampler = new Resampler((left, right, offset, count) => {
    for (let i = offset; i < offset + count; i += 1, at += 1) {
      left[i] = Math.sin((2 * Math.PI * hz * at) / SESSION);
      right[i] = -left[i];
    }
  }, SESSION / rate);
  resampler.ratio = pace;
  const [left, right] = [new Float32Array(rate), new Float32Array(rate)];
  for (let i = 0; i < rate; i += 128) resampler.render(left, right, i, Math.min(128, rate - i));
  assert.ok(left.every((x, i) => right[i] === -x), 'both channels alike');
  return { left, resampler, pulled: () => at };
}

/** Amplitude and phase of a tone, and what is left without it, from a tenth of a second on. */
function measure(samples, hz, rate) {
  const [from, to] = [Math.round(0.1 * rate), Math.round(0.9 * rate)];
  let [cos, sin, n] = [0, 0, 0];
  for (let i = from; i < to; i += 1, n += 1) {
    cos += samples[i] * Math.cos((2 * Math.PI * hz * i) / rate);
    sin += samples[i] * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  const [a, b] = [(2 * sin) / n, (2 * cos) / n];
  let rest = 0;
  for (let i = from; i < to; i += 1) {
    const angle = (2 * Math.PI * hz * i) / rate;
    rest += (samples[i] - a * Math.sin(angle) - b * Math.cos(angle)) ** 2;
  }
  return { amplitude: Math.hypot(a, b), phase: Math.atan2(b, a), rest: Math.sqrt((2 * rest) / n) };
}

const decibels = (x) => 20 * Math.log10(x);

for (const rate of [48000, 96000, 88200, 192000, 32000, 22050, 16000, 8000]) {
  test(`at ${rate} Hz`, () => {
    const lower = Math.min(rate, SESSION);
    for (const share of [0.005, 0.05, 0.2, 0.38]) {
      // In whole periods of what is measured.
      const hz = Math.round((share * lower) / 10) * 10;
      const { amplitude, phase, rest } = measure(sine(hz, rate).left, hz, rate);
      assert.ok(Math.abs(decibels(amplitude)) < 0.05, `${hz} Hz: ${decibels(amplitude)} dB`);
      assert.ok(Math.abs(phase) < 1e-3 * Math.max(1, 40 * share), `${hz} Hz: ${phase} radians late`);
      assert.ok(decibels(rest) < -80, `${hz} Hz: ${decibels(rest)} dB beside it`);
    }
    // What the lower rate cannot hold is not there, rather than somewhere else.
    if (rate < SESSION) {
      const hz = 0.62 * rate;
      if (hz < SESSION / 2) {
        const { left } = sine(hz, rate);
        const most = left.subarray(rate / 10).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
        assert.ok(decibels(most) < -75, `${hz} Hz: ${decibels(most)} dB`);
      }
    }
  });
}

test('a pace goes into the same step', () => {
  const { left } = sine(1000, 48000, 1.004);
  const { amplitude, rest } = measure(left, 1004, 48000);
  assert.ok(Math.abs(decibels(amplitude)) < 0.05 && decibels(rest) < -70, `${decibels(amplitude)}, ${decibels(rest)}`);
});

test('it knows what it holds, and forgets it', () => {
  const { resampler, pulled } = sine(440, 48000);
  const heard = (48000 * SESSION) / 48000;
  assert.ok(Math.abs(pulled() - resampler.held - heard) <= 1, `${pulled()} - ${resampler.held}, ${heard}`);
  resampler.reset();
  assert.equal(resampler.held, 0);
  // From silence: nothing of before is heard.
  const [left, right] = [new Float32Array(4), new Float32Array(4)];
  resampler.pull = (l, r, offset, count) => { l.fill(0, offset, offset + count); r.fill(0, offset, offset + count); };
  resampler.render(left, right, 0, 4);
  assert.deepEqual([...left, ...right], new Array(8).fill(0));
});
