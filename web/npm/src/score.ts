// The score: what is played when, as data and as a MIDI file.

import type { Files } from './files.js';
import { checked } from './errors.js';
import { PLACES, loadStudio, places, type Places } from './load.js';
import { readNumber, readSeed, readSettings, type SessionOptions } from './options.js';
import type { Key, Layer, Scale } from './settings.js';
import type { Piece } from './studio/studio.js';

/** A span of a session. */
export interface Span {
  /** From where, in seconds from the session's beginning. */
  from?: number;
  /** How much, in seconds: a day at most. */
  seconds: number;
}

interface At {
  /** When, in frames from the session's beginning. */
  readonly frame: number;
  /** The same in seconds. */
  readonly seconds: number;
}

/** A movement begins: two to three minutes, of which the music is a chain. */
export interface MovementEvent extends At {
  /** What it is. */
  readonly type: 'movement';
  /** Its number within the session, from 0. */
  readonly index: number;
}

/** A phrase begins: changes of key, scale and tempo take effect here. */
export interface PhraseEvent extends At {
  /** What it is. */
  readonly type: 'phrase';
  /** Its number within the movement. */
  readonly index: number;
  /** Its key. */
  readonly key: Key;
  /** Its scale. */
  readonly scale: Scale;
  /** Its tempo, in quarter notes a minute. */
  readonly bpm: number;
  /** How many bars it has. */
  readonly bars: number;
  /** How long each is, in frames. */
  readonly bar: number;
}

/** A bar begins. */
export interface BarEvent extends At {
  /** What it is. */
  readonly type: 'bar';
  /** Its number within the movement. */
  readonly index: number;
}

/** The harmony moves on. */
export interface ChordEvent extends At {
  /** What it is. */
  readonly type: 'chord';
  /** Its name, such as "Am7". */
  readonly name: string;
  /** Its degree in the scale, such as "VI". */
  readonly numeral: string;
  /** Its root, 0 (C) to 11. */
  readonly root: number;
  /** Its notes, in semitones above its root. */
  readonly notes: readonly number[];
  /** Whether it was chosen to lead somewhere. */
  readonly led: boolean;
  /** How long it stays, in frames. */
  readonly duration: number;
}

/** A note begins. */
export interface NoteEvent extends At {
  /** What it is. */
  readonly type: 'note';
  /** What plays it. */
  readonly instrument: string;
  /** The layer that this belongs to. */
  readonly layer: Layer;
  /** Its MIDI number. */
  readonly pitch: number;
  /** How hard, 0 to 1. */
  readonly velocity: number;
  /** How long it is held, in frames; it rings on after that. */
  readonly duration: number;
  /** Between left (-1) and right (1). */
  readonly pan: number;
}

/** All notes of an instrument are let go early. */
export interface ReleaseEvent extends At {
  /** What it is. */
  readonly type: 'release';
  /** Which. */
  readonly instrument: string;
}

/** Something that happens. */
export type ScoreEvent = MovementEvent | PhraseEvent | BarEvent | ChordEvent | NoteEvent | ReleaseEvent;

/** What is played in a span. */
export interface Score {
  /** The session's rate in hertz, by which frames are seconds. */
  readonly sampleRate: number;
  /** Everything that happens, in order. */
  readonly events: readonly ScoreEvent[];
  /** The span as a MIDI file. */
  midi(): Uint8Array;
}

/** Whose score. */
export interface ScoreOptions extends SessionOptions, Span, Places {}

const DAY = 86_400;
const MOST_FROM = 2 ** 53 / 48000;
const OPTIONS = ['seed', 'sampleRate', 'from', 'seconds', ...PLACES] as const;

/** @internal */
export function readSpan({ from, seconds }: Span, otherwise: number): Required<Span> {
  return {
    from: from === undefined ? otherwise : readNumber('from', from, 0, MOST_FROM),
    seconds: readNumber('seconds', seconds, 0, DAY),
  };
}

/** @internal */
export async function score(
  files: Files,
  open: (studio: Awaited<ReturnType<typeof loadStudio>>) => Piece,
  from: number,
  seconds: number,
): Promise<Score> {
  const studio = await loadStudio(files);
  const piece = checked(() => open(studio));
  const { rate } = piece;
  const begin = BigInt(Math.round(from * rate));
  const end = begin + BigInt(Math.round(seconds * rate));
  return {
    sampleRate: rate,
    events: JSON.parse(piece.score(begin, end)) as ScoreEvent[],
    midi: () => piece.midi(begin, end),
  };
}

/**
 * What a session plays, without its sound; composing an hour takes some hundredths of a second.
 *
 * @throws {AuralisOptionError} if there is no such option, or none of that value.
 * @throws {AuralisError} `unsupported` or `load`.
 */
export async function scoreOf(options: ScoreOptions): Promise<Score> {
  const settings = readSettings(options, OPTIONS);
  const seed = readSeed(options.seed);
  const { from, seconds } = readSpan(options, 0);
  return score(places(options), ({ Piece }) => new Piece(seed, options.sampleRate ?? 44100, settings), from, seconds);
}
