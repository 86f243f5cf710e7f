// The package's files, for browsers and for whatever bundles for them. Each address is written out: bundlers find a file by that, copy it, and put in
// its new name. `?no-inline` keeps Vite from writing small scripts into data addresses, which a Content-Security-Policy forbids.

/** Where the files of this package are, by their names. */
export interface Files {
  'worklet.js': string;
  'seek.js': string;
  'stream.js': string;
  'auralis-simd.wasm': string;
  'auralis-plain.wasm': string;
  'player.wasm': string;
  'studio.wasm': string;
}

/** Where they are if nobody says otherwise. */
export const files = (): Files => ({
  'worklet.js': new URL('./files/worklet.js?no-inline', import.meta.url).href,
  'seek.js': new URL('./files/seek.js?no-inline', import.meta.url).href,
  'stream.js': new URL('./files/stream.js?no-inline', import.meta.url).href,
  'auralis-simd.wasm': new URL('./files/auralis-simd.wasm', import.meta.url).href,
  'auralis-plain.wasm': new URL('./files/auralis-plain.wasm', import.meta.url).href,
  'player.wasm': new URL('./files/player.wasm', import.meta.url).href,
  'studio.wasm': new URL('./files/studio.wasm', import.meta.url).href,
});

/** Node's files; put together, so that whoever bundles for a browser does not look for them. */
const NODE_FILES = ['node:fs', 'promises'].join('/');

/** The bytes of a file. */
export async function read(url: string): Promise<ArrayBuffer> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (url.startsWith('file:') && process?.versions?.node !== undefined) {
    // Node's `fetch` knows no files.
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ NODE_FILES) as typeof NodeFiles;
    const bytes = await readFile(new URL(url));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is missing (${response.status})`);
  return response.arrayBuffer();
}

/** What of Node is used: the package's types are a browser's, and nobody has to install Node's for them. */
declare const NodeFiles: { readFile(url: URL): Promise<Uint8Array> };
