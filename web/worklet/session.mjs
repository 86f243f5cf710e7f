// Sessions for Node's side of the worklet: session files and logs of changes, read and refused as the program `auralis` does.

import { readFileSync } from 'node:fs';
import { lay, mistake, refuse } from './settings.mjs';
import { seed } from './worklet.js';

export { lay, names } from './settings.mjs';

/** The version of the files' format. */
const FORMAT = 1;
const FIELDS = ['auralis', 'sound_version', 'seed', 'sample_rate', 'settings', 'changes'];
/** The rates that the sound is defined for. */
export const RATES = [44100, 48000];

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A field of a file has a value that it does not take: as it stands there. */
const wrong = (field, value, allowed) => mistake(`${field} cannot be ${JSON.stringify(value)}; allowed: ${allowed}`);

function whole(object, field) {
  if (!(field in object)) throw mistake(`${field} cannot be missing; allowed: a whole number`);
  const value = object[field];
  // What JSON.parse has rounded is another number than the file's.
  if (!Number.isSafeInteger(value) || value < 0) throw wrong(field, value, 'a whole number, 0 or more');
  return value;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = /^[A-Z0-9]+: (.*?)(,|$)/.exec(error.message)?.[1] ?? error.message;
    throw new Error(`cannot read ${path}: ${reason}`);
  }
}

/** Runs something about a file; what is refused there names the file. */
function about(path, action) {
  try {
    return action();
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  }
}

const otherSound = (found, sound) => mistake(`sound_version cannot be ${found}; allowed: ${sound}, the sound of this program; `
  + 'use a program of that version, or allow the difference explicitly (--any-sound)');
const differs = (path, found, sound) =>
  `${path} was made with version ${found} of the sound and goes on with version ${sound}: it will sound different`;

/** Changes in the order of their frames, each with all the settings that hold from there on. */
class Log {
  constructor(engine, words) {
    Object.assign(this, { engine, words, changes: [] });
  }

  add(entry) {
    if (!isObject(entry)) throw wrong('change', entry, 'an object such as {"frame": 44100, "bpm": 60}');
    const { frame: _, ...settings } = entry;
    const latest = this.changes.at(-1);
    const words = lay(this.engine, latest?.words ?? this.words, settings);
    const frame = BigInt(whole(entry, 'frame'));
    if (latest && frame < latest.frame) {
      throw mistake(`frame cannot be ${frame}, which is before the change at frame ${latest.frame}; `
        + 'changes must be in the order of their frames');
    }
    this.changes.push({ frame, words });
  }
}

/** Reads a session file; gives its fields, its changes not yet looked into. */
function readSession(engine, path, { anySound, warn }) {
  const text = read(path);
  return about(path, () => {
    let file;
    try {
      file = JSON.parse(text);
    } catch (error) {
      throw mistake(`this is not a whole session file: ${error.message}`);
    }
    if (!isObject(file)) throw mistake('this is not a whole session file: it is no JSON object');
    const unknown = Object.keys(file).sort().find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) throw mistake(`field cannot be ${unknown}; allowed: ${FIELDS.join(', ')}`);
    const version = whole(file, 'auralis');
    if (version !== FORMAT) throw wrong('auralis', version, `${FORMAT}, the version of the file format`);
    const [found, sound] = [whole(file, 'sound_version'), engine.raw.sound_version()];
    if (typeof file.seed !== 'string' || !/^\d+$/.test(file.seed) || BigInt(file.seed) >= 2n ** 64n) {
      throw wrong('seed', file.seed ?? null, 'a decimal string such as "42", up to "18446744073709551615"');
    }
    const rate = whole(file, 'sample_rate');
    if (!RATES.includes(rate)) throw wrong('sample_rate', rate, RATES.join(' or '));
    if ('settings' in file && !isObject(file.settings)) throw wrong('settings', file.settings, 'an object');
    if ('changes' in file && !Array.isArray(file.changes)) throw wrong('changes', file.changes, 'a list of changes');
    engine.raw.defaults();
    const words = lay(engine, engine.words.slice(), file.settings ?? {});
    const log = new Log(engine, words);
    for (const entry of file.changes ?? []) log.add(entry);
    if (found !== sound) {
      if (!anySound) throw otherSound(found, sound);
      warn(differs(path, found, sound));
    }
    return { seed: file.seed, rate, words, changes: file.changes ?? [] };
  });
}

/** Reads JSON lines, one change each, up to where they are damaged; gives the entries. */
function readLog(engine, path, { anySound, warn }) {
  const sound = engine.raw.sound_version();
  engine.raw.defaults();
  const log = new Log(engine, engine.words.slice());
  const entries = [];
  for (const [i, line] of read(path).split('\n').entries()) {
    if (line.trim() === '') continue;
    let entry;
    try {
      entry = JSON.parse(line);
      if (entries.length > 0 || !isObject(entry) || !('sound_version' in entry)) {
        log.add(entry);
        entries.push(entry);
        continue;
      }
    } catch (error) {
      warn(`${path}, line ${i + 1}: ${error.message}; only the ${entries.length} changes before it are used`);
      break;
    }
    const found = entry.sound_version;
    if (found !== sound) {
      if (!anySound) about(path, () => { throw otherSound(found, sound); });
      warn(differs(path, JSON.stringify(found), sound));
    }
  }
  return entries;
}

/**
 * What is to be played: from a session file, else from the options; options override the seed and the settings of either.
 * `warn` is told what is no error.
 */
export function sessionFrom(engine, options) {
  const how = { anySound: options['any-sound'] ?? false, warn: options.warn ?? (() => {}) };
  engine.raw.defaults();
  const words = lay(engine, engine.words.slice(), options.settings ?? {});
  const file = options.session ? readSession(engine, options.session, how) : { words, changes: [] };
  const rate = options.rate ?? file.rate ?? RATES[0];
  if (!RATES.includes(rate)) throw refuse('sample-rate', rate, RATES.join(' or '));
  if (file.rate && rate !== file.rate && file.changes.length > 0) {
    throw refuse('sample-rate', rate, `${file.rate}, in whose frames the changes of the session file are counted`);
  }
  const log = new Log(engine, lay(engine, file.words, options.settings ?? {}));
  for (const entry of file.changes) log.add(entry);
  const own = options.changes ? readLog(engine, options.changes, how) : [];
  about(options.changes, () => {
    try {
      for (const entry of own) log.add(entry);
    } catch (error) {
      error.message += " (the session file's)";
      throw error;
    }
  });
  return { seed: seed(options.seed ?? file.seed ?? 0), rate, words: log.words, changes: log.changes };
}
