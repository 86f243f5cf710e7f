// Apps of other people: each a fresh folder, into which the packed package is installed as npm would from the registry.

import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';

const run = promisify(execFile);
const packed = process.env.AURALIS_PACKAGE ?? fileURLToPath(new URL('../../../target/npm/', import.meta.url));

/** The packed package. */
export const TARBALL = existsSync(packed) && !packed.endsWith('.tgz')
  ? join(packed, readdirSync(packed).find((name) => name.endsWith('.tgz')) ?? 'auralis.tgz')
  : packed;

if (!existsSync(TARBALL)) throw new Error('the package is missing: cargo xtask package');

/** What every app does: it renders ten seconds, and plays. */
export const MUSIC_JS = `
import { createAuralis, render } from 'auralis';

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export async function hash() {
  const { channels: [left, right] } = await render({ seed: 42, preset: 'focus', seconds: 10 });
  const both = new Float32Array(2 * left.length);
  left.forEach((x, i) => { both[2 * i] = x; both[2 * i + 1] = right[i]; });
  return hex(await crypto.subtle.digest('SHA-256', both));
}

export async function played() {
  const music = await createAuralis({ seed: 42, preset: 'focus' });
  const heard = [];
  music.addEventListener('state', ({ detail }) => heard.push(detail.status));
  await music.play();
  const { status, seed } = music.state;
  music.dispose();
  return { status, seed: String(seed), heard };
}
`;

/** The page around it. */
export const PAGE_JS = `
import { hash, played } from './music.js';
Object.assign(globalThis, { hash, played });
`;

export const page = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">${script}</html>`;

/** A fresh app of these files and packages beside the package itself. */
export async function makeApp(files, packages = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'auralis-app-'));
  const manifest = { name: 'app', private: true, type: 'module', dependencies: { auralis: `file:${TARBALL}`, ...packages } };
  for (const [name, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await run(npm, ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  return {
    folder,
    /** Runs one of the programs that its packages brought. */
    run: (program, ...args) => run(join(folder, 'node_modules/.bin', program), args, { cwd: folder, maxBuffer: 1 << 24 }),
    /** Starts one of them that serves, until it says where. */
    async serve(says, program, ...args) {
      const server = spawn(join(folder, 'node_modules/.bin', program), args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      const url = await new Promise((resolve, reject) => {
        let said = '';
        server.stdout.on('data', (bytes) => {
          said += stripVTControlCharacters(String(bytes));
          const found = says.exec(said);
          if (found) resolve(found[0]);
        });
        server.on('exit', () => reject(new Error(`${program} ended: ${said}`)));
      });
      return {
        url,
        close: () => new Promise((resolve) => {
          server.removeAllListeners('exit').on('exit', resolve);
          server.kill();
        }),
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
