// Sessions for Node's side of the worklet: options, session files and change logs, as settings in words. Every range and
// every name comes from the module itself; this only finds the place of a name among the names.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Engine } from './worklet.js';

const LISTS = { presets: 0, scales: 1, layers: 2, qualities: 3 };
const LEVELS = { bpm: 3, intensity: 4, brightness: 5, space: 6 };
const FIRST_LAYER = 9;
const PLAIN = ['preset', 'key', 'scale', 'bpm', 'intensity', 'brightness', 'space', 'effects', 'quality'];
const LAYERS = ['drone', 'pad', 'lead', 'bell', 'grains', 'noise', 'percussion'];

/** A mistake in what was asked. */
function refuse(field, value, allowed) {
  return Object.assign(new Error(`${field} cannot be "${value}"; allowed: ${allowed}`), { usage: true });
}

/** The names of one of the engine's lists. */
export function names(engine, list) {
  const all = [];
  for (let length; (length = engine.raw.name(LISTS[list], all.length)) > 0;) {
    all.push(Buffer.from(engine.raw.memory.buffer, engine.raw.text(), length).toString('latin1'));
  }
  return all;
}

function place(engine, list, field, text) {
  const all = names(engine, list);
  const index = all.indexOf(String(text).trim().toLowerCase().replaceAll(/[-_]/g, ' '));
  if (index < 0) throw refuse(field, text, `one of ${all.join(', ')}`);
  return index;
}

function number(field, value) {
  const x = typeof value === 'boolean' || String(value).trim() === '' ? NaN : Number(value);
  if (!Number.isFinite(x)) throw refuse(field, value, 'a number');
  return x;
}

/** Lays one setting over the words; the engine refuses what is out of range. */
function set(engine, field, value) {
  const { raw, words } = engine;
  const text = String(value).trim().toLowerCase();
  if (field === 'key') {
    const match = /^([a-g])([#b]?)\s+(major|minor)$/.exec(text);
    if (!match) throw refuse(field, value, 'a tonic (C, C#, Db … B) and major or minor, such as "F# minor"');
    const natural = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 }[match[1]];
    const pitch = natural + { '': 0, '#': 1, b: 11 }[match[2]];
    Engine.check(raw.key(pitch % 12, match[3] === 'minor' ? 1 : 0));
  } else if (field === 'scale') words[2] = place(engine, 'scales', field, value);
  else if (field === 'quality') words[8] = place(engine, 'qualities', field, value);
  else if (field === 'effects') {
    const on = ['true', 'on', 'yes', '1'].includes(text);
    if (!on && !['false', 'off', 'no', '0'].includes(text)) throw refuse(field, value, 'true or false');
    words[7] = on ? 1 : 0;
  } else if (field in LEVELS) words[LEVELS[field]] = number(field, value);
  else if (field.startsWith('layers.')) {
    words[FIRST_LAYER + place(engine, 'layers', 'layers', field.slice(7))] = number(field, value);
  } else throw refuse('setting', field, [...PLAIN, 'layers'].join(', '));
}

/** The words of settings with others laid over them: a preset first, then the key, which brings its natural scale, then the rest. */
export function lay(engine, words, settings) {
  const flat = Object.entries(settings).flatMap(([field, value]) =>
    field === 'layers' ? Object.entries(value).map(([layer, level]) => [`layers.${layer}`, level]) : [[field, value]]);
  const rank = ([field]) => ['preset', 'key'].indexOf(field) >>> 0;
  flat.sort((a, b) => rank(a) - rank(b));
  engine.words.set(words);
  for (const [field, value] of flat) {
    if (field === 'preset') Engine.check(engine.raw.preset(place(engine, 'presets', field, value)));
    else set(engine, field, value);
  }
  return engine.words.slice();
}

/** The changes of a log, each with all the settings that hold from there on. */
export function changesFrom(engine, words, log) {
  let latest = words;
  return log.map(({ frame, ...settings }) => {
    latest = lay(engine, latest, settings);
    return { frame: BigInt(frame), words: latest };
  });
}

/** What is to be played: from a session file, else from the options; options override settings of either. */
export function sessionFrom(engine, options) {
  const file = options.session ? JSON.parse(readFileSync(options.session, 'utf8')) : {};
  const sound = engine.raw.sound_version();
  if ((file.sound_version ?? sound) !== sound) throw refuse('sound_version', file.sound_version, sound);
  engine.raw.defaults();
  let words = lay(engine, engine.words.slice(), file.settings ?? {});
  words = lay(engine, words, options.settings ?? {});
  const lines = options.changes ? readFileSync(options.changes, 'utf8').split('\n').filter((line) => line.trim()) : [];
  const log = [...(file.changes ?? []), ...lines.map((line) => JSON.parse(line)).filter((entry) => 'frame' in entry)];
  const rate = options.rate ?? file.sample_rate ?? 44100;
  return { seed: BigInt(options.seed ?? file.seed ?? 0), rate, words, changes: changesFrom(engine, words, log) };
}

/** Reads the command line of hash.mjs. */
export function readOptions(args) {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const settings = [...PLAIN, ...LAYERS.map((layer) => `layers.${layer}`)];
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        ...Object.fromEntries(settings.map((name) => [name, text])),
        seed: text, seconds: text, from: text, 'sample-rate': text, session: text, changes: text, block: text, wasm: text,
        plain: flag, simd: flag, bench: flag, help: flag,
      },
    }));
  } catch (error) {
    throw Object.assign(error, { usage: true });
  }
  const numeric = (name) => (values[name] === undefined ? undefined : number(name, values[name]));
  if (values.seed !== undefined && !/^\d{1,20}$/.test(values.seed)) {
    throw refuse('seed', values.seed, '0 to 18446744073709551615');
  }
  return {
    ...values,
    seconds: numeric('seconds'),
    from: numeric('from'),
    rate: numeric('sample-rate'),
    block: values.block === 'random' ? 'random' : numeric('block'),
    settings: Object.fromEntries(settings.filter((name) => name in values).map((name) => [name, values[name]])),
  };
}
