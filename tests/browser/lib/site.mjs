// The plainest static host: files by their path, no header but the type (and the policy, if wanted), nothing at the root of the host.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.png': 'image/png',
};

/** The Content-Security-Policy of README.md, as a header. */
export const POLICY = readFileSync(new URL('../../../web/content-security-policy.txt', import.meta.url), 'utf8').trim().split('\n').join('; ');

/**
 * Serves folders and single files: `{'/some/path/': folder, '/some/file': {type, body}}`. What is POSTed to
 * /upload/NAME is handed to whoever awaits `uploaded(NAME)`, once; with `?more`, when the rest has come. What `mounts` says may change meanwhile.
 *
 * `policy` and `headers` are sent with every answer; with `packed`, files are packed for whoever can unpack them.
 */
export async function serve(mounts, { policy, packed = false, headers = {} } = {}) {
  const waiting = new Map();
  const slot = (name) => {
    if (!waiting.has(name)) waiting.set(name, { parts: [], ...(Promise.withResolvers?.() ?? resolvers()) });
    return waiting.get(name);
  };
  const missing = [];

  const server = createServer(async (request, response) => {
    if (policy) response.setHeader('content-security-policy', policy);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (request.method === 'POST' && path.startsWith('/upload/')) {
      const { searchParams } = new URL(request.url, 'http://localhost');
      const { parts, resolve } = slot(path.slice(8));
      for await (const part of request) parts.push(part);
      response.end();
      if (!searchParams.has('more')) resolve(Buffer.concat(parts));
      return;
    }
    const mount = Object.keys(mounts).sort((a, b) => b.length - a.length).find((prefix) => path.startsWith(prefix));
    try {
      if (mount === undefined) throw new Error('nothing there');
      if (mounts[mount].body) {
        response.setHeader('content-type', mounts[mount].type);
        response.end(mounts[mount].body);
        return;
      }
      const rest = path.slice(mount.length) || 'index.html';
      const file = normalize(join(mounts[mount], rest));
      if (!file.startsWith(normalize(mounts[mount] + sep))) throw new Error('outside');
      const content = await readFile(file);
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      if (packed && /\bgzip\b/.test(request.headers['accept-encoding'])) {
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync(content));
      } else response.end(content);
    } catch {
      missing.push(path);
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The bytes that a page posts under this name. */
    uploaded: async (name) => {
      const bytes = await slot(name).promise;
      waiting.delete(name);
      return bytes;
    },
    /** What was asked for and is not there. */
    missing,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

function resolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}
