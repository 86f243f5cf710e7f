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

import type { Rendering, RenderOptions } from './render.js';

export { Auralis, createAuralis, fromShare } from './auralis.js';
export type { AuralisEvents, AuralisOptions, LinkOptions, RelayNews, RelayState, State, Stem } from './auralis.js';
export { AuralisError, AuralisOptionError } from './errors.js';
export type { AuralisErrorCode } from './errors.js';
export type { Places } from './load.js';
export type { SessionOptions } from './options.js';
export type { Rendering, RenderOptions } from './render.js';
export { scoreOf as score } from './score.js';
export type {
  BarEvent, ChordEvent, MovementEvent, NoteEvent, PhraseEvent, ReleaseEvent, Score, ScoreEvent, ScoreOptions, Span,
} from './score.js';
export { KEYS, LAYERS, PRESETS, QUALITIES, SCALES, SETTINGS } from './settings.js';
export type { Key, Layer, Preset, Quality, Scale, Settings } from './settings.js';

/**
 * A piece of a session, faster than real time: the very samples that a player plays. What renders is loaded when it is first asked for.
 *
 * @throws {AuralisOptionError} if there is no such option, or none of that value.
 * @throws {AuralisError} `unsupported`, `load` or `aborted`.
 */
export async function render(options: RenderOptions): Promise<Rendering> {
  const rendering = await import('./render.js');
  return rendering.render(options);
}
