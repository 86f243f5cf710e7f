// Starts the page: asks for the engine and the page's module side by side, and says so if the page cannot come to life. Trunk writes into
// index.html how the module's files are called (Trunk.toml); a strict Content-Security-Policy allows no script in the page itself.
//
// A plain script, not a module: it says its sentence even where there are no modules.

const { js, wasm } = document.currentScript.dataset;
const { version } = document.documentElement.dataset;

// The smallest module with a SIMD instruction in it, as in web/src/player/module.rs, which decides: here it is only foreseen.
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

/** The engine is on its way before the page asks for it. */
function preloadEngine() {
  const name = WebAssembly.validate(SIMD) ? 'auralis-simd.wasm' : 'auralis-plain.wasm';
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: `./${name}${version ? `?v=${version}` : ''}` });
  document.head.append(link);
}

function say(sentence) {
  document.getElementById('trouble').textContent = sentence;
}

/**
 * If what is kept here for offline use is what does not start, a newer version may: nothing plays that it could interrupt. It may be on its way
 * already, asked for by another window, or by this one before it was loaded anew.
 */
async function takeNewerVersion() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return;
  const take = () => registration.waiting?.postMessage('activate');
  const follow = () => registration.installing?.addEventListener('statechange', take);
  registration.addEventListener('updatefound', follow);
  follow();
  take();
  await registration.update();
}

/** When another version has been taken, here or in another window: listened for from the first line on, since it may happen before this page fails. */
const replaced = new Promise((resolve) => navigator.serviceWorker?.addEventListener('controllerchange', resolve));

async function start() {
  const play = document.getElementById('play');
  let pressed = false;
  const remember = () => { pressed = true; };
  play.addEventListener('click', remember);
  try {
    preloadEngine();
    const page = await import(js);
    await page.default({ module_or_path: wasm });
  } catch (error) {
    console.error(error);
    say('The page could not be loaded completely. Please check the connection, and reload it.');
    replaced.then(() => location.reload());
    takeNewerVersion().catch(() => {});
    return;
  } finally {
    play.removeEventListener('click', remember);
  }
  // Whoever pressed play while the page was still on its way did not press in vain.
  if (pressed) play.click();
}

if (typeof WebAssembly === 'object') start();
else say('The music is made with WebAssembly, which this browser does not have or does not allow here. Another browser will play it.');
