// What is published: what is in it, and whether the tools of those who publish and of those who install agree with it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TARBALL, makeApp } from './lib/app.mjs';

const run = promisify(execFile);
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const folder = TARBALL.replace(/-[^-]*\.tgz$/, '');
let tools;

before(async () => {
  tools = await makeApp({}, { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' });
});
after(() => tools?.remove());

test('there is what it needs, and nothing else', async () => {
  const { stdout } = await run('tar', ['-tzf', TARBALL]);
  const files = stdout.trim().split('\n').map((name) => name.replace(/^package\//, ''));
  for (const wanted of ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/element.js', 'dist/files/worklet.js', 'dist/files/auralis-simd.wasm']) {
    assert.ok(files.includes(wanted), wanted);
  }
  const odd = files.filter((name) => !/^(package\.json|README\.md|LICENSE|dist\/.*\.(js|d\.ts|wasm))$/.test(name));
  assert.deepEqual(odd, []);
});

test('publint has nothing to say', async () => {
  const { stdout } = await tools.run('publint', 'run', folder, '--strict');
  assert.match(stdout, /All good/);
});

test('the types are right for all that resolve modules', async () => {
  await tools.run('attw', TARBALL, '--profile', 'esm-only').catch(({ stdout }) => { throw new Error(stdout); });
});

test('npm would publish it', async () => {
  const { stderr } = await run(npm, ['publish', '--dry-run', '--provenance=false', folder]);
  assert.match(stderr, /\+ auralis@|auralis@\d|Publishing to/);
});

test('cargo would package the crates that others can use', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const crates = ['engine', 'export', 'protocol'].flatMap((name) => ['-p', `auralis-${name}`]);
  const { stderr } = await run('cargo', ['package', '--locked', '--allow-dirty', '--no-verify', ...crates], { cwd: root });
  for (const crate of ['engine', 'export', 'protocol']) assert.match(stderr, new RegExp(`Packaging auralis-${crate}`));
});
