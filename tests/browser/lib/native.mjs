// The native program, and what the environment says: see `cargo xtask test`.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { env } = process;

/** Where things are. */
export const PLACES = {
  site: env.AURALIS_DIST ?? join(root, 'dist'),
  worklet: env.AURALIS_WORKLET ?? join(root, 'web/worklet/dist'),
  source: join(root, 'web/worklet'),
  program: env.AURALIS_BIN ?? join(root, 'target/release', process.platform === 'win32' ? 'auralis.exe' : 'auralis'),
  relay: env.AURALIS_RELAY ?? join(root, 'target/release', process.platform === 'win32' ? 'auralis-relay.exe' : 'auralis-relay'),
};

/** Long tests at full length, or at a tenth. */
export const SOAK = env.AURALIS_SOAK === '1';

/** A length in seconds for a long test. */
export const long = (seconds) => (SOAK ? seconds : seconds / 10);

for (const [what, place] of Object.entries(PLACES)) {
  if (!existsSync(place)) throw new Error(`the ${what} is missing: cargo xtask build, and cargo build --release`);
}

/** What `auralis hash` prints for these options ({seed, preset, seconds, …}). */
export async function nativeHash(options) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await promisify(execFile)(PLACES.program, ['hash', ...args]);
  return /[0-9a-f]{64}/.exec(stdout)[0];
}

/** A file of JSON lines, for `--changes`. */
export async function changesFile(changes) {
  const folder = await mkdtemp(join(tmpdir(), 'auralis-'));
  const file = join(folder, 'changes.jsonl');
  await writeFile(file, changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
  return file;
}
