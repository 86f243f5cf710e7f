// Keeps the whole site on this device, so that it opens and plays without a network.
//
// `cargo xtask build` puts `BUILD` before this text: `{version, files: {path: start of its SHA-256 in hex}}`, so that any other site is
// another worker. A version is kept in a cache of its own, whole or not at all, and answers until the listener takes the next one:
// old and new files never mix. The address asks for the engine that this browser takes: `sw.js?engine=simd`; the other build is left
// out, which saves every device 75 kB a version. What only a device with a GPU fetches (`BUILD.later`) is kept from when it is fetched.

const { pathname: ROOT } = new URL(registration.scope);
const ENGINE = new URL(location.href).searchParams.get('engine');
// Another Auralis in another folder of the same host has caches of its own.
const OURS = `auralis ${ROOT} `;
const CACHE = `${OURS}${BUILD.version} ${ENGINE}`;

/** Whether this device needs a file. */
const isNeeded = (path) => !isLater(path) && (!/-(simd|plain)\.wasm$/.test(path) || path.endsWith(`-${ENGINE}.wasm`));
const isLater = (path) => BUILD.later.includes(path);

/** The page itself is asked for by its folder, since some hosts send on whoever asks for index.html. */
const addressOf = (path) => registration.scope + (path === 'index.html' ? '' : path);

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A response with these very bytes, or nothing. */
async function verified(path, response) {
  if (!response?.ok) return undefined;
  const bytes = await response.arrayBuffer();
  if (!(await hashOf(bytes)).startsWith(BUILD.files[path])) return undefined;
  const headers = new Headers(response.headers);
  // The bytes are unpacked already.
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(bytes, { headers });
}

/** A file of this version: from an older version's cache, from the browser's own, from the host, whichever has it first. */
async function obtain(path) {
  const address = addressOf(path);
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS)) continue;
    const kept = await verified(path, await (await caches.open(name)).match(address));
    if (kept) return kept;
  }
  for (const cache of ['default', 'reload']) {
    const fetched = await verified(path, await fetch(address, { cache }));
    if (fetched) return fetched;
  }
  throw new Error(`${path} is not that of version ${BUILD.version}`);
}

async function install() {
  const cache = await caches.open(CACHE);
  try {
    const paths = Object.keys(BUILD.files).filter(isNeeded);
    await Promise.all(paths.map(async (path) => cache.put(addressOf(path), await obtain(path))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(path, url, request) {
  const wanted = url.searchParams.get('v');
  if (wanted && wanted !== BUILD.version && path !== 'index.html') {
    // A page that was on its way while this version was taken begins anew.
    if (path === 'boot.js') return new Response('location.reload();', { headers: { 'content-type': 'text/javascript' } });
    // One of another version, still open somewhere, is told that there is none of its files, rather than given one that does not fit.
    return Response.error();
  }
  const cache = await caches.open(CACHE);
  const kept = await cache.match(addressOf(path));
  if (kept || !isLater(path)) return kept ?? fetch(request);
  const obtained = await obtain(path);
  await cache.put(addressOf(path), obtained.clone());
  return obtained;
}

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('message', ({ data }) => {
  if (data === 'activate') skipWaiting();
});
addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(registration.scope)) return;
  const path = url.pathname.slice(ROOT.length) || 'index.html';
  if (Object.hasOwn(BUILD.files, path)) event.respondWith(answer(path, url, request));
});
