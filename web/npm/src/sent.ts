// What a relay sends, played by the browser's own audio element: where there is no AudioWorklet or no WebAssembly. Steering and the session's settings
// come over a WebSocket beside it.

import type { Playing, Tell } from './auralis.js';
import { AuralisError, AuralisOptionError } from './errors.js';
import { PRESET_SETTINGS } from './presets.js';
import type { Preset, Settings } from './settings.js';

/** Milliseconds before the first new attempt, twice as many before each further one, up to the most. */
const AGAIN = 100;
const AGAIN_MOST = 5000;
/** How many attempts to hear it may fail before it is given up. */
const ATTEMPTS = 6;
/** The code with which a relay closes a session that has ended. */
const ENDED = 1000;

/** A change of the session's, beside its frame. */
type Change = Settings & { frame: number };

interface Session {
  name: string;
  seed: string;
  sample_rate: number;
  settings: Settings;
  changes: Change[];
  began: string;
  server_time?: string;
}

/** Numbers are written by a relay as 32 bits hold them, with what those cannot. */
const plain = (_: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value);

/** Settings with others laid over them, as the engine does: a preset first, then the key, which brings its natural scale, then the rest. */
export function lay(settings: Settings, change: Settings): Settings {
  const { preset, layers, ...rest } = change;
  const scale = rest.key === undefined ? {} : { scale: rest.key.endsWith('major') ? 'major' : 'aeolian' } as const;
  const base = preset === undefined ? settings : PRESET_SETTINGS[preset.toLowerCase() as Preset] ?? settings;
  return { ...base, ...scale, ...rest, layers: { ...base.layers, ...layers } };
}

/** The addresses of a session at a relay: of its WebSocket, and of its sound. */
function addresses(relay: string, session: string): { socket: string; sound: (kind: string) => string } {
  const allowed = 'an address such as wss://music.example';
  const page = globalThis.location;
  const own = page?.protocol === 'http:' ? 'ws' : 'wss';
  const [, scheme = own, host = ''] = /^(?:(wss?|https?):\/\/)?([^/?#\s@]+)/.exec(relay.trim() || `${own}://${page?.host ?? ''}`) ?? [];
  if (!host || /:\/\//.test(relay) && !/^\s*(wss?|https?):/.test(relay)) throw new AuralisOptionError('relay', relay, allowed);
  const secure = scheme === 'wss' || scheme === 'https' ? 's' : '';
  const query = `session=${encodeURIComponent(session)}`;
  return {
    socket: `ws${secure}://${host}/ws/stream?${query}&transport=score`,
    sound: (kind) => `http${secure}://${host}/stream.${kind}?${query}`,
  };
}

/** A session as a relay sends it. @internal */
export class Sent implements Playing {
  readonly #address: ReturnType<typeof addresses>;
  readonly #token: string | undefined;
  readonly #tell: Tell;
  readonly #audio: HTMLAudioElement;
  readonly #node: MediaElementAudioSourceNode | undefined;
  readonly #silence: GainNode | undefined;
  #socket: WebSocket | undefined;
  #session: Session | undefined;
  #settings: Settings = {};
  /** How much later the relay's clock is than this device's, in milliseconds. */
  #ahead = 0;
  /** Attempts since the sound was heard, and since the relay last said something. */
  #attempts = { sound: 0, socket: 0 };
  #wanted = false;
  #withheld = false;
  #gaps = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(relay: string, session: string, token: string | undefined, context: AudioContext | undefined, tell: Tell) {
    if (typeof Audio === 'undefined') {
      throw new AuralisError('unsupported', 'there is neither an AudioWorklet nor an audio element here: `render` works without them');
    }
    this.#address = addresses(relay, session);
    this.#token = token;
    this.#tell = tell;
    this.#audio = new Audio();
    this.#audio.preload = 'none';
    if (context) {
      // Another origin's sound is silent in a graph, unless that origin lets this page have it.
      this.#audio.crossOrigin = 'anonymous';
      this.#node = context.createMediaElementSource(this.#audio);
      // Silent, to the device: browsers run only what leads there, and it goes on also while nobody has connected it.
      this.#silence = new GainNode(context, { gain: 0 });
      this.#node.connect(this.#silence).connect(context.destination);
    }
    for (const event of ['playing', 'pause'] as const) this.#audio.addEventListener(event, () => tell('state', undefined));
    this.#audio.addEventListener('playing', () => { this.#attempts.sound = 0; });
    this.#audio.addEventListener('waiting', () => {
      if (this.sounds) this.#gaps += 1;
    });
    for (const event of ['error', 'ended'] as const) this.#audio.addEventListener(event, () => this.#broke());
    this.#connect();
  }

  /** The sound has ended, or never began: once more, a few times. */
  #broke(): void {
    if (!this.#wanted) return;
    if (this.#attempts.sound < ATTEMPTS) return this.#again('sound', () => this.#hear());
    this.pause();
    this.#tell('error', new AuralisError('relay', 'the relay does not send its sound to this page: it may have no place left, or has to be told of this page’s origin'));
  }

  /** Does something after a while, and a longer one each time that it fails. */
  #again(what: 'sound' | 'socket', action: () => void): void {
    const delay = Math.min(AGAIN_MOST, AGAIN * 2 ** this.#attempts[what]) * (0.5 + Math.random() / 2);
    this.#attempts[what] += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }

  #connect(): void {
    const socket = new WebSocket(this.#address.socket);
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#token !== undefined) this.#say({ type: 'authenticate', token: this.#token });
    };
    socket.onmessage = ({ data }) => this.#message(JSON.parse(String(data), plain) as Record<string, unknown>);
    socket.onclose = ({ code }) => {
      if (code === ENDED) {
        this.pause();
        return this.#tell('relay', ['over', 'the shared session has ended']);
      }
      if (this.#attempts.socket === 0 && this.#session) this.#tell('relay', ['away', '']);
      this.#again('socket', () => this.#connect());
    };
  }

  #say(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #message(message: Record<string, unknown>): void {
    if (message['type'] === 'session') {
      const session = message as unknown as Session;
      const known = this.#session !== undefined;
      this.#session = session;
      this.#attempts.socket = 0;
      this.#ahead = session.server_time === undefined ? 0 : Date.parse(session.server_time) - Date.now();
      this.#settings = session.changes.map(({ frame: _, ...change }) => change).reduce(lay, session.settings);
      this.#tell('relay', known ? ['back', ''] : ['joined', session.name]);
    } else if (message['type'] === 'change') {
      const { frame: _, ...change } = message['change'] as Change;
      this.#settings = lay(this.#settings, change);
      this.#tell('state', undefined);
    } else if (message['type'] === 'error' && message['code'] === 'INVALID_CONTROL') {
      this.#tell('relay', ['denied', String(message['message'])]);
    }
  }

  /** Lets the element play what is live. */
  #hear(): void {
    if (!this.#wanted) return;
    const opus = this.#audio.canPlayType('audio/ogg; codecs=opus') !== '';
    this.#audio.src = this.#address.sound(opus ? 'opus' : 'wav');
    this.#audio.play().then(
      () => { this.#withheld = false; },
      (error: unknown) => { this.#withheld = Object(error).name === 'NotAllowedError'; },
    );
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  play(): void {
    if (this.#wanted && !this.#audio.paused) return;
    this.#wanted = true;
    this.#attempts.sound = 0;
    this.#hear();
  }

  pause(): void {
    this.#wanted = false;
    this.#audio.pause();
    // A stream that nobody hears is not fetched on.
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  set(settings: Settings): void {
    this.#say({ type: 'control', ...settings });
  }

  setVolume(volume: number): void {
    this.#audio.volume = volume;
  }

  output(): AudioNode {
    return this.#node ?? this.#cannot('it has no node without a context of the app’s');
  }

  settings(): object {
    const { preset: _, ...settings } = this.#settings;
    return settings;
  }

  get seed(): bigint {
    return BigInt(this.#session?.seed ?? 0);
  }

  get rate(): number {
    return this.#session?.sample_rate ?? 44100;
  }

  /** By the relay's clock, as far as it is known here. */
  get position(): bigint {
    const began = Date.parse(this.#session?.began ?? '');
    const seconds = (Date.now() + this.#ahead - began) / 1000;
    return BigInt(Math.max(0, Math.round(seconds * this.rate) || 0));
  }

  get sounds(): boolean {
    const { paused, readyState, currentTime } = this.#audio;
    return this.#wanted && !paused && readyState > 2 && currentTime > 0;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get withheld(): boolean {
    return this.#withheld;
  }

  get gaps(): number {
    return this.#gaps;
  }

  get buffer(): number {
    const { buffered, currentTime } = this.#audio;
    return buffered.length > 0 ? Math.max(0, buffered.end(buffered.length - 1) - currentTime) : 0;
  }

  get shared(): string | undefined {
    return this.#session?.name;
  }

  get sent(): boolean {
    return true;
  }

  get late(): number {
    return 0;
  }

  stem(): never {
    return this.#cannot('its layers are not to be had');
  }

  seek(): never {
    return this.#cannot('it goes on as everybody hears it');
  }

  leave(): never {
    return this.#cannot('it cannot go on alone');
  }

  link(): never {
    return this.#cannot('it has no link');
  }

  wholeLink(): never {
    return this.link();
  }

  opening(): never {
    return this.link();
  }

  #cannot(what: string): never {
    throw new AuralisError('unsupported', `this music is sent by a relay, since it cannot be made here: ${what}`);
  }

  close(): void {
    this.pause();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#node?.disconnect();
    this.#silence?.disconnect();
    if (!this.#socket) return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }

  free(): void {}
}

