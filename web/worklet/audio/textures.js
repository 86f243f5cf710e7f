// What a worker renders on a GPU (textures.js), ahead of the music: the engine takes it in place of what it would render itself.

/** Hands pages of textures to the engine, and tells the worker of which session they are to be. */
export class Textures {
  constructor(engine, changes, rate) {
    this.engine = engine;
    this.changes = changes;
    this.rate = rate;
    this.seed = undefined;
    /** Whether the engine has taken any. */
    this.taken = false;
  }

  /** They come from this port. */
  attach(port, place) {
    this.port?.close();
    this.port = port;
    port.onmessage = ({ data }) => this.take(data);
    this.tell(place);
  }

  /** Pages of a texture, one after the other, from `page` on. */
  take({ print, page, left, right }) {
    if (this.seed === undefined) return;
    const { most } = this.engine;
    for (let at = 0, next = BigInt(page); at < left.length; at += most, next += 1n) {
      this.engine.supply(print, next, left.subarray(at, at + most), right.subarray(at, at + most));
    }
    this.taken = true;
  }

  /** Another session, or none: what others hear too is the engine's own to the bit. */
  open(seed, place) {
    this.seed = seed;
    this.tell(place);
  }

  /** What is played from a frame on. */
  tell(frame) {
    const { seed, rate, changes, engine, port } = this;
    port?.postMessage(seed === undefined ? {} : { seed, rate, frame, ...changes.from(engine, frame) });
  }
}
