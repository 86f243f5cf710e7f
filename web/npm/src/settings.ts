// Written by `cargo xtask package` from the engine's declaration of its settings: not to be changed by hand.

/** Every preset. */
export const PRESETS = Object.freeze([
  'focus', 'meditation', 'sleep', 'bright', 'drift', 'dawn', 'rain', 'abyss',
] as const);
/** One of {@link PRESETS}. */
export type Preset = (typeof PRESETS)[number];

/** Every scale. */
export const SCALES = Object.freeze([
  'aeolian', 'dorian', 'phrygian', 'lydian', 'mixolydian', 'major', 'harmonic minor', 'major pentatonic', 'minor pentatonic',
] as const);
/** One of {@link SCALES}. */
export type Scale = (typeof SCALES)[number];

/** Every quality. */
export const QUALITIES = Object.freeze([
  'full', 'reduced', 'rich',
] as const);
/** One of {@link QUALITIES}. */
export type Quality = (typeof QUALITIES)[number];

/** Every layer of the music, from the ground up. */
export const LAYERS = Object.freeze([
  'drone', 'pad', 'lead', 'bell', 'grains', 'noise', 'percussion',
] as const);
/** One of {@link LAYERS}. */
export type Layer = (typeof LAYERS)[number];

/** Every key, each by one of its names. */
export const KEYS = Object.freeze([
  'C major', 'C minor', 'C# major', 'C# minor', 'D major', 'D minor', 'Eb major', 'Eb minor', 'E major', 'E minor', 'F major', 'F minor', 'F# major', 'F# minor', 'G major', 'G minor', 'Ab major', 'Ab minor', 'A major', 'A minor', 'Bb major', 'Bb minor', 'B major', 'B minor',
] as const);
/** A tonic by any of its names, and major or minor. */
export type Key = `${'C' | 'C#' | 'Cb' | 'D' | 'D#' | 'Db' | 'E' | 'E#' | 'Eb' | 'F' | 'F#' | 'Fb' | 'G' | 'G#' | 'Gb' | 'A' | 'A#' | 'Ab' | 'B' | 'B#' | 'Bb'} ${'major' | 'minor'}`;

/** Settings; what is not given stays as it is, or has its default. */
export interface Settings {
  /** All settings at once; others given with it override it. */
  preset?: Preset;
  /** Tonic, and major or minor. Default: A minor. */
  key?: Key;
  /** The notes that belong; the key's own if not given. Default: aeolian. */
  scale?: Scale;
  /** Quarter notes a minute. 40 to 200 bpm. Default: 70. */
  bpm?: number;
  /** How much happens: layers, density and brightness. 0 to 1. Default: 0.5. */
  intensity?: number;
  /** Timbre, from dark to bright. 0 to 1. Default: 0.5. */
  brightness?: number;
  /** Room, from close to far. 0 to 1. Default: 0.5. */
  space?: number;
  /** Delay and reverb. Default: true. */
  effects?: boolean;
  /** Full, reduced for weak devices, or rich: with halos. Default: full. */
  quality?: Quality;
  /** How loud each layer is, 0 to 1: */
  layers?: {
    /** The ground. 0 to 1. Default: 1. */
    drone?: number;
    /** The harmony. 0 to 1. Default: 1. */
    pad?: number;
    /** The melody. 0 to 1. Default: 1. */
    lead?: number;
    /** Struck tones. 0 to 1. Default: 1. */
    bell?: number;
    /** A cloud of short tones. 0 to 1. Default: 1. */
    grains?: number;
    /** Filtered noise. 0 to 1. Default: 1. */
    noise?: number;
    /** Kick, swell and hi-hat. 0 to 1. Default: 1. */
    percussion?: number;
  };
}

/** The names of all settings. */
export const SETTINGS: readonly (keyof Settings)[] = Object.freeze([
  'preset', 'key', 'scale', 'bpm', 'intensity', 'brightness', 'space', 'effects', 'quality', 'layers',
]);
