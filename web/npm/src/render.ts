// Rendering to buffers, faster than real time, wherever there is WebAssembly: pages, workers, Node, Deno.

import { Engine, type Told } from './engine.js';
import { AuralisError, checked } from './errors.js';
import { PLACES, loadEngine, loadPlayer, loadStudio, places, type Places } from './load.js';
import { readNumber, readSeed, readSettings, type SessionOptions } from './options.js';

/** What is rendered. */
export interface RenderOptions extends SessionOptions, Places {
  /** How much, in seconds. */
  seconds: number;
  /** From where, in seconds from the session's beginning. */
  from?: number;
  /** Puts an end to it: the promise is broken with the code `aborted`. */
  signal?: AbortSignal;
  /** Hears how much is done, 0 to 1. */
  onProgress?: (done: number) => void;
}

/** What was rendered. */
export interface Rendering {
  /** In hertz. */
  readonly sampleRate: number;
  /** The session's seed. */
  readonly seed: bigint;
  /** The left channel and the right one. */
  readonly channels: readonly [left: Float32Array, right: Float32Array];
  /** A WAV file of it: of 16 or 24 bits, or `f32` (the default), which holds the samples to the bit. */
  wav(format?: '16' | '24' | 'f32'): Promise<Uint8Array>;
}

/** The longest rendering, in seconds: what an array holds at 48 kHz. */
const MOST_SECONDS = 2 ** 30 / 48000;
const MOST_FROM = 2 ** 53 / 48000;
/** Frames, and control intervals of a seek, between two rests in which others get their turn. */
const FRAMES = 1 << 16;
const INTERVALS = 1024;

const OPTIONS = ['seed', 'sampleRate', 'seconds', 'from', 'signal', 'onProgress', ...PLACES] as const;

/** Lets others go first. */
const rest = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

/**
 * A piece of a session: the very samples that a player plays.
 *
 * @throws {AuralisOptionError} if there is no such option, or none of that value.
 * @throws {AuralisError} `unsupported`, `load` or `aborted`.
 */
export async function render(options: RenderOptions): Promise<Rendering> {
  const settings = readSettings(options, OPTIONS);
  const seed = readSeed(options.seed);
  const { sampleRate = 44100, from = 0, signal, onProgress } = options;
  const seconds = readNumber('seconds', options.seconds, 0, MOST_SECONDS);
  readNumber('from', from, 0, MOST_FROM);
  const files = places(options);
  const [player, { bytes, module }] = await Promise.all([loadPlayer(files), loadEngine(files)]);
  const begin = BigInt(Math.round(from * sampleRate));
  const opening = checked(() => player.opening(seed, sampleRate, settings, begin)) as Told;
  const engine = new Engine(module ?? bytes);
  engine.open(seed, sampleRate, opening.words);
  engine.seek(begin, opening.words, opening.changes);
  const alive = async (): Promise<void> => {
    await rest();
    if (signal?.aborted) throw new AuralisError('aborted', 'the rendering was aborted', { cause: signal.reason });
  };
  await alive();
  while (!engine.step(INTERVALS)) await alive();
  const frames = Math.round(seconds * sampleRate);
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  for (let done = 0; done < frames;) {
    const count = Math.min(FRAMES, frames - done);
    engine.render(left, right, done, count);
    done += count;
    onProgress?.(done / frames);
    await alive();
  }
  return {
    sampleRate,
    seed,
    channels: [left, right],
    async wav(format = 'f32') {
      const studio = await loadStudio(files);
      return checked(() => studio.wav(left, right, sampleRate, format));
    },
  };
}
