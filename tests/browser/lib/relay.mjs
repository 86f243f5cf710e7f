// A relay of the test's own, which serves the page too.

import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PLACES } from './native.mjs';

/**
 * Starts one that serves the page with more `files` beside it, told more by `options`, and keeps its sessions in a folder that is there until `close`;
 * `kill` and `again` end and begin it on the same port.
 */
export async function relay(files = {}, options = []) {
  const folder = await mkdtemp(join(tmpdir(), 'auralis-relay-'));
  const site = join(folder, 'site');
  await cp(PLACES.site, site, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(site, name), text);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AURALIS_')));
  let child;
  const start = async (port) => {
    child = spawn(PLACES.relay, ['--host', '127.0.0.1', '--port', String(port), '--site', site, ...options], {
      cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await new Promise((resolve, reject) => {
      createInterface(child.stdout).once('line', (first) => resolve([first]));
      child.once('exit', () => reject(new Error('the relay did not start')));
    });
    return Number(line.trim().split(':').at(-1));
  };
  const kill = () => new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
  const port = await start(0);
  return {
    url: `http://127.0.0.1:${port}/`,
    kill,
    again: () => start(port),
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
