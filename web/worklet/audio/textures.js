// What a worker renders on a GPU (textures.js), ahead of the music: the engine takes it in place of what it would render itself.

/** Frames in a page. */
const PAGE = 4096;

/** Hands pages of textures to the engine, and tells the worker of which session they are to be. */
export class Textures {
  constructor(engine, changes, rate) {
    this.engine = engine;
    this.changes = changes;
    this.rate = rate;
    /** The session's seed; none where others hear it too, since that is the engine's own to the bit. */
    this.seed = undefined;
    /** Whether the worker knows another session or another past. */
    this.stale = false;
    /** Whether the engine has taken any. */
    this.taken = false;
  }

  /** They come from this port. */
  attach(port) {
    this.port?.close();
    this.port = port;
    this.stale = true;
    port.onmessage = ({ data }) => this.take(data);
  }

  /** Pages of a texture, one after the other, from `page` on. */
  take({ print, page, left, right }) {
    if (this.seed === undefined) return;
    for (let at = 0; at < left.length; at += PAGE) {
      this.engine.supply(print, BigInt(page + at / PAGE), left.subarray(at, at + PAGE), right.subarray(at, at + PAGE));
    }
    this.taken = true;
  }

  /** Says where the music is, and what it is from there on where that is another. */
  report(frame) {
    const { port, seed, rate } = this;
    if (!port) return;
    let told = { at: frame };
    if (this.stale) told = seed === undefined ? {} : { seed, rate, frame, ...this.changes.from(this.engine, frame) };
    port.postMessage(told);
    this.stale = false;
  }
}
