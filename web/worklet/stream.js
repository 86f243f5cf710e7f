// Hears a session from a relay for the audio thread, in a worker: what the page is busy with delays nothing. It is told {address, rate, port}, the
// address without a transport, and sends {frame, left, right} to the port: samples at the session's rate, in order, by its own frames. Opus where
// this browser decodes it, else PCM. To the page it says, once a second, {frame, time, jitter}: when a chunk came that begins with this frame, in
// milliseconds since 1970, and how irregularly they come, in milliseconds; {lost} when the connection broke, which is then
// made again; {refused} with the relay's sentence where that has no place for it. docs/protocol.md says what the relay sends.

/** What decoders give, in hertz, and for a packet. */
const OPUS_HZ = 48000;
const PACKET = 960;
/** Packets that a decoder needs to find its way. */
const SETTLING = 4;
const HEADER = 24;
const [PCM, OPUS] = [1, 2];
/** Samples on either side of a place that its value is made of. */
const HALF = 16;
/** Milliseconds before the first new attempt; twice as many before each further one, up to the most. */
const AGAIN = [100, 5000];
/** How a relay closes: the session has ended; there is no place. */
const [ENDED, FULL] = [1000, 1013];
/** How much of each new measurement of the jitter counts. */
const ALPHA = 0.1;
/** Milliseconds from the first chunk of a connection in which chunks come that lay ready. */
const BACKLOG = 500;

/** What a binary frame of the relay's holds. */
export function read(buffer) {
  const view = new DataView(buffer);
  const head = { payload: view.getUint8(1), rate: view.getUint32(4, true), frame: Number(view.getBigUint64(16, true)) };
  if (head.payload === PCM) return { ...head, samples: new Int16Array(buffer, HEADER) };
  const packets = [];
  for (let at = HEADER; at + 2 <= buffer.byteLength;) {
    const length = view.getUint16(at, true);
    packets.push(new Uint8Array(buffer, at + 2, length));
    at += 2 + length;
  }
  return { ...head, packets };
}

/** The two channels of interleaved 16-bit samples. */
export function channels(samples) {
  return [0, 1].map((channel) => Float32Array.from({ length: samples.length / 2 }, (_, i) => samples[2 * i + channel] / 32767));
}

/**
 * From 48 kHz to the session's rate, packet by packet: 960 samples become as many as 20 ms have, at the same moments. A windowed sinc (Hann, 32
 * samples wide) that leaves out what the lower rate cannot hold. A packet comes out when the one after it is known.
 */
export class Resampler {
  constructor(rate) {
    this.count = rate / 50;
    const step = PACKET / this.count;
    const pass = Math.min(1, (0.96 * rate) / OPUS_HZ);
    this.places = Int32Array.from({ length: this.count }, (_, i) => Math.floor(i * step));
    this.weights = Array.from(this.places, (place, i) => Float32Array.from({ length: 2 * HALF }, (_, k) => {
      const x = i * step - (place - HALF + 1 + k);
      const sinc = x === 0 ? pass : Math.sin(Math.PI * pass * x) / (Math.PI * x);
      return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (HALF + 1)));
    }));
    this.reset();
  }

  /** What comes next has nothing to do with what came before. */
  reset() {
    this.known = 0;
    this.window = [0, 1].map(() => new Float32Array(HALF + 2 * PACKET));
  }

  /** Takes a packet of two channels; gives the one before it, if it knows that. */
  next(packet) {
    const given = this.window.map((window, channel) => {
      window.copyWithin(0, PACKET);
      window.set(packet[channel], HALF + PACKET);
      return Float32Array.from(this.places, (place, i) => {
        const weights = this.weights[i];
        let sum = 0;
        for (let k = 0; k < 2 * HALF; k += 1) sum += weights[k] * window[place + 1 + k];
        return sum;
      });
    });
    this.known += 1;
    return this.known > 1 ? given : undefined;
  }
}

/** Decodes packets, and gives them to `tell` by the frames at which they begin. */
class Opus {
  constructor(rate, tell) {
    this.rate = rate;
    this.tell = tell;
    this.resampler = rate === OPUS_HZ ? undefined : new Resampler(rate);
    this.due = [];
    this.next = -1;
    this.decoder = new AudioDecoder({ output: (data) => this.decoded(data), error: () => this.tell() });
    this.decoder.configure({ codec: 'opus', sampleRate: OPUS_HZ, numberOfChannels: 2 });
  }

  take({ frame, packets }) {
    const length = this.rate / 50;
    if (frame !== this.next) this.unsettled = this.resampler ? SETTLING + 1 : SETTLING;
    packets.forEach((data, i) => {
      const at = frame + i * length;
      this.due.push({ at, heard: this.unsettled === 0, first: frame !== this.next && i === 0 });
      this.unsettled = Math.max(0, this.unsettled - 1);
      this.decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: Math.round((at / this.rate) * 1e6), data }));
    });
    this.next = frame + packets.length * length;
  }

  decoded(data) {
    const { at, heard, first } = this.due.shift();
    const packet = [0, 1].map((planeIndex) => {
      const plane = new Float32Array(PACKET);
      data.copyTo(plane, { planeIndex, format: 'f32-planar', frameCount: Math.min(PACKET, data.numberOfFrames) });
      return plane;
    });
    data.close();
    if (first) this.resampler?.reset();
    const given = this.resampler ? this.resampler.next(packet) : packet;
    // The resampler gives the one before.
    if (given && heard) this.tell(this.resampler ? at - this.rate / 50 : at, ...given);
  }

  close() {
    if (this.decoder.state !== 'closed') this.decoder.close();
  }
}

/** Whether this browser decodes what the relay would send. */
async function decodes() {
  try {
    const { supported } = await AudioDecoder.isConfigSupported({ codec: 'opus', sampleRate: OPUS_HZ, numberOfChannels: 2 });
    return supported;
  } catch {
    return false;
  }
}

/**
 * How irregularly chunks come, in milliseconds: a moving average of how much each is off the one before. What comes first on a connection lay ready, comes at
 * once, and says nothing.
 */
export class Jitter {
  constructor() {
    this.average = 0;
    this.connected();
  }

  /** What comes now comes on another connection. */
  connected() {
    this.before = undefined;
    this.first = undefined;
  }

  add(now, due) {
    const late = now - due;
    this.first ??= now;
    if (now - this.first > BACKLOG) this.average += ALPHA * (Math.abs(late - this.before) - this.average);
    this.before = late;
  }
}

if (globalThis.WorkerGlobalScope) {
  globalThis.onmessage = async ({ data: { address, rate, port } }) => {
    const jitter = new Jitter();
    const tell = (frame, left, right) => port.postMessage({ frame, left, right }, [left.buffer, right.buffer]);
    let able = await decodes();
    // What the relay has sent already it will send again; until then one is tried after the other, since a relay without Opus refuses to connect, as
    // one does that is not there.
    let known;
    let attempts = 0;
    let reported = 0;
    const connect = () => {
      let decoder;
      const opus = able && (known ?? (attempts % 2 === 0 ? OPUS : PCM)) === OPUS;
      const socket = new WebSocket(`${address}&transport=${opus ? 'opus' : 'pcm'}`);
      socket.binaryType = 'arraybuffer';
      jitter.connected();
      socket.onmessage = ({ data }) => {
        if (typeof data === 'string') return;
        const chunk = read(data);
        if (chunk.rate !== rate) return;
        attempts = 0;
        known = chunk.payload;
        jitter.add(performance.now(), (chunk.frame / rate) * 1000);
        if (performance.now() - reported > 1000) {
          reported = performance.now();
          globalThis.postMessage({ frame: chunk.frame, time: performance.timeOrigin + reported, jitter: jitter.average });
        }
        if (chunk.payload === PCM) tell(chunk.frame, ...channels(chunk.samples));
        if (chunk.payload !== OPUS) return;
        decoder ??= new Opus(rate, (...given) => {
          if (given.length > 0) tell(...given);
          else {
            // It broke: on without it.
            able = false;
            socket.close();
          }
        });
        decoder.take(chunk);
      };
      socket.onclose = ({ code, reason }) => {
        decoder?.close();
        if (code === ENDED) return;
        if (code === FULL) {
          globalThis.postMessage({ refused: reason });
          return;
        }
        if (attempts === 0) globalThis.postMessage({ lost: true });
        setTimeout(connect, Math.min(AGAIN[1], AGAIN[0] * 2 ** attempts) * (0.5 + 0.5 * Math.random()));
        attempts += 1;
      };
    };
    connect();
  };
}
