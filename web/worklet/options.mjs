// The command line of hash.mjs, in the words of the program `auralis`.

import { parseArgs } from 'node:util';
import { RATES } from './session.mjs';
import { names, number, plain, refuse } from './settings.mjs';

/** The longest rendering, and the furthest position: a thousand years, in seconds. */
const MOST_SECONDS = 1000 * 365.25 * 86400;
const MOST_BLOCK = 1 << 20;
const TEXTS = ['seed', 'seconds', 'from', 'sample-rate', 'session', 'changes', 'block', 'wasm'];
const FLAGS = ['any-sound', 'plain', 'simd', 'bench', 'help'];

/** How much, in seconds: more than nothing. */
export function length(value) {
  const seconds = number(value);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw refuse('seconds', value, `a number of seconds above 0, at most ${MOST_SECONDS} (a thousand years)`);
}

/** From where, in seconds. */
export function position(value) {
  const seconds = number(value);
  if (seconds >= 0 && seconds <= MOST_SECONDS) return seconds;
  throw refuse('from', value, `a number of seconds from 0 to ${MOST_SECONDS} (a thousand years)`);
}

/** A number of frames, or `random`. */
export function block(value) {
  if (String(value).trim() === 'random') return 'random';
  const frames = /^\+?\d+$/.test(String(value).trim()) ? Number(value) : 0;
  if (frames >= 1 && frames <= MOST_BLOCK) return frames;
  throw refuse('block', value, `1 to ${MOST_BLOCK} frames, or "random"`);
}

function rate(value) {
  const hz = number(value);
  if (RATES.includes(hz)) return hz;
  throw refuse('sample-rate', value, RATES.join(' or '));
}

function layers(engine, given) {
  const all = names(engine, 'layers');
  return Object.fromEntries(given.map((text) => {
    const [layer, ...level] = text.split('=');
    if (level.length === 0) throw refuse('layer', text, `NAME=LEVEL, such as pad=0.5; NAME: ${all.join(', ')}`);
    const named = layer.trim().toLowerCase();
    if (!all.includes(named)) throw refuse('layer', text, `one of ${all.join(', ')}, and = and its level`);
    return [named, level.join('=')];
  }));
}

/** Reads the command line. */
export function readOptions(engine, args) {
  const settings = plain(engine);
  const texts = [...TEXTS, ...settings, 'layer'];
  // An option takes whatever follows it, a number below 0 too.
  const joined = [];
  for (let i = 0; i < args.length; i += 1) {
    const takes = texts.includes(args[i].replace(/^--/, '')) && args[i].startsWith('--') && i + 1 < args.length;
    joined.push(takes ? `${args[i]}=${args[i += 1]}` : args[i]);
  }
  let values;
  try {
    ({ values } = parseArgs({
      args: joined,
      options: {
        ...Object.fromEntries(texts.map((name) => [name, { type: 'string', multiple: name === 'layer' }])),
        ...Object.fromEntries(FLAGS.map((name) => [name, { type: 'boolean' }])),
      },
    }));
  } catch (error) {
    throw Object.assign(error, { usage: true });
  }
  const read = (name, reader) => (values[name] === undefined ? undefined : reader(values[name]));
  const said = Object.fromEntries(settings.filter((name) => name in values).map((name) => [name, values[name]]));
  return {
    ...values,
    seconds: read('seconds', length),
    from: read('from', position),
    rate: read('sample-rate', rate),
    block: read('block', block),
    settings: values.layer ? { ...said, layers: layers(engine, values.layer) } : said,
  };
}
