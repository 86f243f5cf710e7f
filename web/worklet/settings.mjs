// Settings for Node's side of the worklet, as words. Every name, every range and every place among the words comes from the
// module itself, and what is refused is refused in the engine's sentence.

import { Engine } from './worklet.js';

/** The engine's lists of names, by their numbers in its ABI. */
const LISTS = { presets: 0, scales: 1, layers: 2, qualities: 3, parameters: 4, words: 5 };
/** Where the names of a choice are. */
const CHOICES = { preset: 'presets', scale: 'scales', quality: 'qualities' };
const KINDS = [undefined, 'number', 'choice', 'key', 'switch'];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A mistake in what was asked. */
export const mistake = (sentence) => Object.assign(new Error(sentence), { usage: true });

/** A field has a value that it does not take. */
export const refuse = (field, value, allowed) => mistake(`${field} cannot be "${value}"; allowed: ${allowed}`);

/** A number as the program reads it; NaN for what is none. */
export const number = (text) => (NUMBER.test(String(text).trim()) ? Number(text) : NaN);

function name(engine, list, index) {
  const length = engine.raw.name(LISTS[list], index);
  return Buffer.from(engine.raw.memory.buffer, engine.raw.text(), length).toString('utf8');
}

/** The names of one of the engine's lists. */
export function names(engine, list) {
  const all = [];
  for (let next; (next = name(engine, list, all.length)) !== '';) all.push(next);
  return all;
}

/** What the engine declares: `{name, kind, place, least, most, allowed}` of every setting, by its name. */
export function parameters(engine) {
  const { raw } = engine;
  return new Map(names(engine, 'parameters').map((field, i) => {
    const [kind, least, most] = [KINDS[raw.parameter(i)], raw.parameter_least(i), raw.parameter_most(i)];
    let allowed = name(engine, 'words', i);
    if (kind === 'number') allowed = `${least} to ${most}`;
    if (kind === 'choice') allowed = `one of ${names(engine, CHOICES[field]).join(', ')}`;
    return [field, { name: field, kind, place: raw.parameter_place(i), least, most, allowed }];
  }));
}

/** The settings that are options of their own; layers share one. */
export const plain = (engine) => [...parameters(engine).keys()].filter((field) => !field.startsWith('layers.'));

/** Where a word is among the names; a scale's words may be joined as one likes. */
function choice(engine, parameter, text) {
  const wanted = parameter.name === 'scale' ? text.replaceAll(/[-_]/g, ' ') : text;
  return names(engine, CHOICES[parameter.name]).indexOf(wanted);
}

function setKey(engine, text) {
  const match = /^([a-g])([#b]?)\s+(major|minor)$/.exec(text);
  if (!match) return false;
  const natural = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 }[match[1]];
  const pitch = natural + { '': 0, '#': 1, b: 11 }[match[2]];
  Engine.check(engine.raw.key(pitch % 12, match[3] === 'minor' ? 1 : 0));
  return true;
}

/** Lays one setting over the words. */
function set(engine, parameter, value) {
  const { words } = engine;
  const given = (typeof value === 'string' ? value : JSON.stringify(value)).trim();
  const text = given.toLowerCase();
  const { kind, place, least, most } = parameter;
  let taken = true;
  if (kind === 'key') taken = setKey(engine, text);
  else if (kind === 'choice') {
    const index = choice(engine, parameter, text);
    taken = index >= 0;
    if (taken && parameter.name === 'preset') Engine.check(engine.raw.preset(index));
    else if (taken) words[place] = index;
  } else if (kind === 'switch') {
    const on = ['true', 'on', 'yes', '1'].includes(text);
    taken = on || ['false', 'off', 'no', '0'].includes(text);
    words[place] = on ? 1 : 0;
  } else {
    const x = Math.fround(number(text));
    taken = x >= least && x <= most;
    words[place] = x;
  }
  if (!taken) throw refuse(parameter.name, given, parameter.allowed);
}

/** The settings of an object one by one; `layers` is an object of its own. */
function flat(settings) {
  return Object.entries(settings).flatMap(([field, value]) => {
    if (field !== 'layers') return [[field, value]];
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw refuse('layers', JSON.stringify(value), 'an object such as {"drone": 0.5}');
    }
    return Object.entries(value).map(([layer, level]) => [`layers.${layer}`, level]);
  });
}

/** The words of settings with others laid over them: a preset first, then the key, which brings its natural scale, then the rest. */
export function lay(engine, words, settings) {
  const declared = parameters(engine);
  const wanted = flat(settings).map(([field, value]) => {
    const parameter = declared.get(field);
    if (!parameter) throw refuse('setting', field, `one of ${[...declared.keys()].join(', ')}`);
    return [parameter, value];
  });
  const rank = ([{ kind, name: field }]) => (field === 'preset' ? 0 : kind === 'key' ? 1 : 2);
  wanted.sort((a, b) => rank(a) - rank(b));
  engine.words.set(words);
  for (const [parameter, value] of wanted) set(engine, parameter, value);
  return engine.words.slice();
}
