// Loading: the module that plays, and the engine, of which a browser takes one of two builds. Each is fetched once for all players that take it from the
// same place.

import { files as standard, read, type Files } from './files.js';
import { AuralisError, said } from './errors.js';
import * as player from './player/player.js';

/** Other places for the package's files. */
export interface Places {
  /** The engine's module, instead of the one in the package; of the build that this browser can run. */
  wasmUrl?: string | URL;
  /** The worklet's script. */
  workletUrl?: string | URL;
  /** The player's module. */
  playerUrl?: string | URL;
  /** The module of scores and files, which is loaded when they are asked for. */
  studioUrl?: string | URL;
}

/** The engine as the player takes it. */
export interface Loaded {
  bytes: ArrayBuffer;
  module?: WebAssembly.Module;
  files: Files;
}

/** The smallest module with a SIMD instruction in it: a function that makes a vector of zeros and drops it. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

const pending = new Map<string, Promise<unknown>>();

/** Does something once for each key; what has failed is tried anew the next time. */
function once<T>(key: string, action: () => Promise<T>): Promise<T> {
  const known = pending.get(key) as Promise<T> | undefined;
  if (known) return known;
  const begun = action();
  pending.set(key, begun);
  begun.catch(() => pending.delete(key));
  return begun;
}

function supported(): void {
  if (typeof WebAssembly !== 'object') {
    throw new AuralisError('unsupported', 'there is no WebAssembly here, or the page’s Content-Security-Policy forbids it: it has to allow \'wasm-unsafe-eval\'');
  }
}

async function fetched(what: string, url: string): Promise<ArrayBuffer> {
  try {
    return await read(url);
  } catch (error) {
    throw new AuralisError('load', `${what} could not be loaded: ${said(error)}`, { cause: error });
  }
}

/** Where the files are, with what somebody says otherwise. */
export function places({ wasmUrl, workletUrl, playerUrl, studioUrl }: Places): Files {
  const files = standard();
  if (wasmUrl !== undefined) files['auralis-simd.wasm'] = files['auralis-plain.wasm'] = String(wasmUrl);
  if (workletUrl !== undefined) files['worklet.js'] = String(workletUrl);
  if (playerUrl !== undefined) files['player.wasm'] = String(playerUrl);
  if (studioUrl !== undefined) files['studio.wasm'] = String(studioUrl);
  return files;
}

/** The names of the options that are {@link Places}. */
export const PLACES = ['wasmUrl', 'workletUrl', 'playerUrl', 'studioUrl'] as const;

/** The module that plays, and reads settings. @internal */
export function loadPlayer(files: Files): Promise<typeof player> {
  supported();
  // One for all: a module of wasm-bindgen's is there once.
  return once('player', async () => {
    const bytes = await fetched('the player', files['player.wasm']);
    await player.default({ module_or_path: bytes });
    return player;
  });
}

/** The module of scores and files. @internal */
export function loadStudio(files: Files): Promise<typeof import('./studio/studio.js')> {
  supported();
  return once('studio', async () => {
    const [studio, bytes] = await Promise.all([import('./studio/studio.js'), fetched('the studio', files['studio.wasm'])]);
    await studio.default({ module_or_path: bytes });
    return studio;
  });
}

/** The engine, in the build that this browser takes; without SIMD the other one plays the same samples. @internal */
export async function loadEngine(files: Files): Promise<Loaded> {
  supported();
  const url = files[WebAssembly.validate(SIMD) ? 'auralis-simd.wasm' : 'auralis-plain.wasm'];
  const { bytes, module } = await once(url, async () => {
    const bytes = await fetched('the engine', url);
    return { bytes, module: await WebAssembly.compile(bytes) };
  });
  return { bytes, module, files };
}
