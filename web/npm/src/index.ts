/**
 * Endless ambient music in any web app.
 *
 * ```ts
 * import { createAuralis } from 'auralis';
 * const music = await createAuralis({ seed: 42, preset: 'focus' });
 * button.onclick = () => music.play();
 * music.set({ intensity: 0.8 });
 * ```
 *
 * @module
 */

export { Auralis, createAuralis, fromShare } from './auralis.js';
export type { AuralisEvents, AuralisOptions, LinkOptions, State } from './auralis.js';
export { AuralisError, AuralisOptionError } from './errors.js';
export type { AuralisErrorCode } from './errors.js';
export type { Places } from './load.js';
export type { SessionOptions } from './options.js';
export { render } from './render.js';
export type { Rendering, RenderOptions } from './render.js';
export { scoreOf as score } from './score.js';
export type {
  BarEvent, ChordEvent, MovementEvent, NoteEvent, PhraseEvent, ReleaseEvent, Score, ScoreEvent, ScoreOptions, Span,
} from './score.js';
export { KEYS, LAYERS, PRESETS, QUALITIES, SCALES, SETTINGS } from './settings.js';
export type { Key, Layer, Preset, Quality, Scale, Settings } from './settings.js';
