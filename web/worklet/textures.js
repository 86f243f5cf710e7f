// Textures on the GPU, in a worker, where there is one: without an adapter nothing is loaded. It is told {script, module, port, software}: the
// addresses of what web/gpu is built to, a port to the worklet (audio/textures.js), and whether an adapter counts that is a program, which only tests
// want; later {port} alone, where there is another worklet. It says {device} when its GPU renders what the processor does, and fast enough; {told}
// with a sentence of what happens to that GPU; {none} with the reason when there is none, or none any more: that is its end.
//
// The worklet says at the port which session is played, {seed, rate, words, changes, frame} or {} for none, and twice a second {at}, the frame that it
// has come to. It gets {print, page, left, right}: pages of a texture that will sound soon.

/** What adapters are called that are programs: slower than the processor itself. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;
/** A second of a large texture: so many partials and grains. It must be there within so many milliseconds, the second time. */
const LARGE = { seed: 1n, partials: 4096, grains: 512 };
const LONGEST = 500;
/** Frames in a page; pages of a texture that are rendered at once; and how many pages the engine has room for. */
const PAGE = 4096n;
const STRETCH = 4;
const ROOM = 36;

/** How many pages a stretch takes. One without textures takes some too: nobody need look far ahead. */
const room = (sheets) => Math.max(1, sheets.length) * STRETCH;

/** What is to be known of an adapter. */
const described = ({ info, isFallbackAdapter }) => {
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].filter(Boolean).join(' ');
  return { name: words || 'a GPU without a name', software: Boolean(info?.isFallbackAdapter ?? isFallbackAdapter) || SOFTWARE.test(words) };
};

/** The name of the GPU that this browser gives; throws where there is none. */
export async function adapter({ software: allowed = false } = {}, gpu = globalThis.navigator?.gpu) {
  const given = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!given) throw new Error(gpu ? 'this browser gives no GPU' : 'this browser has no WebGPU');
  const { name, software } = described(given);
  if (software && !allowed) throw new Error(`${name} is a program, and no GPU`);
  return name;
}

/** Loads the module, opens the GPU of this name, and sees whether it is of use. */
export async function open({ script, module, software = false }, name = '') {
  const bindings = await import(new URL(script, globalThis.location.href));
  await bindings.default({ module_or_path: new URL(module, globalThis.location.href) });
  const textures = await bindings.Textures.open(software, SOFTWARE.test(name));
  const trial = bindings.Sheet.trial(LARGE.seed, LARGE.partials, LARGE.grains);
  await textures.render(trial);
  const begun = performance.now();
  await textures.render(trial);
  const took = Math.round(performance.now() - begun);
  if (took > LONGEST && !software) throw new Error(`a second of textures took ${took} ms, and the processor needs less`);
  return { bindings, textures, took };
}

/** Renders what will sound of a session's textures, a stretch after the other, ahead of where it is played. */
export class Feed {
  /** @param {(pages: object) => void} give gets each stretch */
  constructor({ bindings, textures }, give) {
    this.bindings = bindings;
    this.textures = textures;
    this.give = give;
    this.ahead = undefined;
    this.busy = false;
    /** The page that is played, and the first that is still to be rendered. */
    this.at = 0;
    this.next = 0;
    /** The stretch that comes next, {page, sheets}, once it was looked for. */
    this.coming = undefined;
    /** Where each stretch ends that was given, and how many pages it had. */
    this.given = [];
  }

  /** Takes what the worklet says. */
  async hear({ seed, rate, words, changes, frame, at }) {
    if (at === undefined) {
      this.drop();
      this.ahead?.free();
      this.ahead = undefined;
    }
    if (at !== undefined || seed !== undefined) this.at = Number((at ?? frame) / PAGE);
    if (seed !== undefined) {
      const all = [words, ...changes.map((change) => change.words)].flatMap((each) => [...each]);
      this.ahead = new this.bindings.Ahead(seed, rate, Float32Array.from(all), BigUint64Array.from(changes, (change) => change.frame));
      this.next = this.at;
      this.given = [];
    }
    await this.go();
  }

  /** Renders as much as there is room for. */
  async go() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.ahead && this.look(this.ahead)) await this.stretch(this.ahead);
    } finally {
      this.busy = false;
    }
  }

  /** Looks for the stretch that comes next. Whether it would take nothing's place that is still to be played. */
  look(ahead) {
    this.given = this.given.filter(({ end }) => end > this.at);
    // What has been played is of no use.
    if (this.coming && this.coming.page + STRETCH <= this.at) this.drop();
    if (!this.coming) {
      const page = Math.max(this.next, this.at);
      this.coming = { page, sheets: ahead.sheets(page, STRETCH) };
      this.next = page + STRETCH;
    }
    const held = this.given.reduce((sum, { pages }) => sum + pages, 0);
    return held + room(this.coming.sheets) <= ROOM;
  }

  /** Forgets what was looked for. */
  drop() {
    this.coming?.sheets.forEach((sheet) => sheet.free());
    this.coming = undefined;
  }

  async stretch(ahead) {
    const { page, sheets } = this.coming;
    this.coming = undefined;
    this.given.push({ end: page + STRETCH, pages: room(sheets) });
    for (const sheet of sheets) {
      // Another session may have begun meanwhile.
      if (ahead === this.ahead) {
        const { print } = sheet;
        const samples = await this.textures.render(sheet);
        const frames = samples.length / 2;
        this.give({ print, page, left: samples.slice(0, frames), right: samples.slice(frames) });
      }
      sheet.free();
    }
  }
}

if (globalThis.WorkerGlobalScope) {
  let feed;
  let port;
  const end = (error) => {
    globalThis.postMessage({ none: String(error?.message ?? error) });
    globalThis.close();
  };
  const give = (pages) => {
    port.postMessage(pages, [pages.left.buffer, pages.right.buffer]);
    for (const told of feed.textures.events()) globalThis.postMessage({ told });
    if (feed.textures.is_left()) end('the GPU failed too often');
  };
  const listen = () => {
    port.onmessage = ({ data }) => feed.hear(data).catch(end);
  };
  globalThis.onmessage = async ({ data }) => {
    port = data.port;
    if (feed) listen();
    if (!data.script) return;
    try {
      const device = await adapter(data);
      const opened = await open(data, device);
      feed = new Feed(opened, give);
      globalThis.postMessage({ device, took: opened.took });
      listen();
    } catch (error) {
      end(error);
    }
  };
}
