// Reading what a caller gives.

import { AuralisOptionError } from './errors.js';
import { SETTINGS, type Settings } from './settings.js';

/** A session: which of the 18 quintillion pieces, and how it begins. */
export interface SessionOptions extends Settings {
  /** Which piece: 0 to 18446744073709551615, as a bigint, a decimal text, or a whole number that a number holds exactly. By chance if it is not given. */
  seed?: bigint | number | string;
  /** The session's rate in hertz, which is part of what makes its samples: 44100 or 48000. */
  sampleRate?: 44100 | 48000;
}

const MOST_SEED = 2n ** 64n - 1n;

/** A seed that nobody chose. */
export function chance(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}

export function readSeed(seed: SessionOptions['seed']): bigint {
  if (seed === undefined) return chance();
  const text = String(seed).trim();
  const exact = typeof seed !== 'number' || Number.isSafeInteger(seed);
  const known = ['bigint', 'number', 'string'].includes(typeof seed);
  if (known && exact && /^\d+$/.test(text) && BigInt(text) <= MOST_SEED) return BigInt(text);
  throw new AuralisOptionError('seed', text, `a whole number from 0 to ${MOST_SEED}; above ${Number.MAX_SAFE_INTEGER} as a bigint or a text`);
}

/** Those options that are settings; of all others, `known` are allowed. */
export function readSettings(options: object, known: readonly string[]): Settings {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (SETTINGS.includes(name as keyof Settings)) settings[name] = value;
    else if (!known.includes(name)) {
      throw new AuralisOptionError('option', name, `one of ${[...SETTINGS, ...known].join(', ')}`);
    }
  }
  return settings as Settings;
}

/** A number from `least` to `most`. */
export function readNumber(option: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new AuralisOptionError(option, String(value), `a number from ${least} to ${most}`);
}
