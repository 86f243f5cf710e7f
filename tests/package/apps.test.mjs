// The packed package in apps of each kind, in real browsers: it loads, plays, and renders the very samples of `auralis hash`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { absent, start } from '../browser/lib/browsers.mjs';
import { nativeHash } from '../browser/lib/native.mjs';
import { POLICY, serve } from '../browser/lib/site.mjs';
import { MUSIC_JS, PAGE_JS, makeApp, page } from './lib/app.mjs';

const HASH = await nativeHash({ seed: 42, preset: 'focus', seconds: 10 });
const ALL = ['chromium', 'firefox', 'webkit'];

const SOURCES = { 'music.js': MUSIC_JS, 'main.js': PAGE_JS };

/** Each kind: what it is made of, how it is built, and the folder that is then served. */
const KINDS = {
  plain: {
    browsers: ALL,
    // What a browser finds no package by.
    files: {
      ...SOURCES,
      'index.html': page('<script type="importmap">{"imports":{"auralis":"./node_modules/auralis/dist/index.js"}}</script><script type="module" src="./main.js"></script>'),
    },
    out: '.',
    policy: null,
  },
  vite: {
    browsers: ALL,
    files: { ...SOURCES, 'index.html': page('<script type="module" src="./main.js"></script>') },
    packages: { vite: '8.4.0' },
    build: (app) => app.run('vite', 'build', '--base', './'),
    out: 'dist',
  },
  webpack: {
    browsers: ALL,
    files: {
      ...SOURCES,
      'webpack.config.js': 'export default { mode: "production", entry: "./main.js", output: { clean: false } };',
      'dist/index.html': page('<script src="./main.js"></script>'),
    },
    packages: { webpack: '5.113.0', 'webpack-cli': '7.3.1' },
    build: (app) => app.run('webpack'),
    out: 'dist',
  },
  esbuild: {
    browsers: ['chromium'],
    files: {
      ...SOURCES,
      'dist/index.html': page('<script type="module" src="./main.js"></script>'),
    },
    packages: { esbuild: '0.28.2', shx: '0.4.0' },
    async build(app) {
      await app.run('esbuild', 'main.js', '--bundle', '--format=esm', '--outfile=dist/main.js');
      await app.run('shx', 'cp', '-r', 'node_modules/auralis/dist/files', 'dist/');
    },
    out: 'dist',
  },
  'vite, while it is written': {
    browsers: ALL,
    files: {
      ...SOURCES,
      'index.html': page('<script type="module" src="./main.js"></script>'),
      // As README.md says: what Vite bundles beforehand loses its files.
      'vite.config.js': 'export default { optimizeDeps: { exclude: ["auralis"] } };',
    },
    packages: { vite: '8.4.0' },
    host: (app) => app.serve(/http:\/\/127\.0\.0\.1:\d+/, 'vite', '--host', '127.0.0.1', '--port', '0'),
    at: '/',
  },
  'next.js': {
    browsers: ['chromium'],
    files: {
      'music.js': MUSIC_JS,
      'next.config.mjs': 'export default { output: "export" };',
      'app/layout.js': 'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }',
      'app/page.js': `'use client';
import { useEffect } from 'react';
import { hash, played } from '../music.js';
export default function Page() {
  useEffect(() => { Object.assign(globalThis, { hash, played }); }, []);
  return <p>Music</p>;
}
`,
    },
    packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
    build: (app) => app.run('next', 'build'),
    out: 'out',
    // Its address is the root of a host, unless it is told otherwise; its own scripts need a policy of their own.
    at: '/',
    policy: null,
  },
  'a classic script, with the package on another host': {
    browsers: ['chromium', 'firefox'],
    files: { 'index.html': page('<script src="./app.js"></script>') },
    async host(app) {
      const files = await serve({ '/auralis@0.1.0/': join(app.folder, 'node_modules/auralis') }, { headers: { 'access-control-allow-origin': '*' } });
      const source = MUSIC_JS.replace(/import .*\n/, '').replaceAll('export ', '');
      const script = `import('${files.url}/auralis@0.1.0/dist/index.js').then(({ createAuralis, render }) => {${source}; Object.assign(globalThis, { hash, played }); });`;
      const site = await serve({ '/': app.folder, '/app.js': { type: 'text/javascript', body: script } });
      return { ...site, close: () => Promise.all([site.close(), files.close()]) };
    },
    at: '/',
  },
  rollup: {
    browsers: ['chromium'],
    files: {
      ...SOURCES,
      'dist/index.html': page('<script type="module" src="./main.js"></script>'),
    },
    packages: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3', shx: '0.4.0' },
    async build(app) {
      await app.run('rollup', 'main.js', '--format', 'es', '--dir', 'dist', '--plugin', 'node-resolve');
      await app.run('shx', 'cp', '-r', 'node_modules/auralis/dist/files', 'dist/');
    },
    out: 'dist',
  },
};

for (const [kind, { browsers, files, packages, build, out, at = '/some/path/', policy = POLICY, host }] of Object.entries(KINDS)) {
  describe(`an app of kind ${kind}`, () => {
    let app;
    let server;

    before(async () => {
      app = await makeApp(files, packages);
      await build?.(app);
      server = await (host?.(app) ?? serve({ [at]: join(app.folder, out) }, { policy: policy ?? undefined }));
    });
    after(async () => {
      await server?.close();
      await app?.remove();
    });

    for (const name of browsers) {
      test(`plays in ${name}, and renders the same samples`, { skip: absent(name) }, async () => {
        const browser = await start(name);
        try {
          await browser.visit(`${server.url}${at}index.html`);
          const found = await browser.run(async () => {
            while (!globalThis.hash) await new Promise((resolve) => { setTimeout(resolve, 20); });
            return { hash: await globalThis.hash(), played: await globalThis.played() };
          });
          assert.equal(found.hash, HASH);
          assert.deepEqual(found.played, { status: 'playing', seed: '42', heard: ['starting', 'playing'] });
          assert.deepEqual((server.missing ?? []).filter((path) => path !== '/favicon.ico'), []);
        } finally {
          await browser.close();
        }
      });
    }
  });
}
