// A player of one session.

import { AuralisError, AuralisOptionError, checked, said } from './errors.js';
import type { Follower } from './follow.js';
import { PLACES, loadEngine, loadPlayer, places, type Places } from './load.js';
import { readSpan, score, type ChordEvent, type NoteEvent, type PhraseEvent, type Score, type Span } from './score.js';
import { readNumber, readSeed, readSettings, type SessionOptions } from './options.js';
import { LAYERS, type Layer, type Settings } from './settings.js';
import type { Music } from './player/player.js';

/** How a player is made. */
export interface AuralisOptions extends SessionOptions, Places {
  /**
   * The app's own AudioContext, at any rate. The player then starts, stops and closes no context; `destination` or {@link Auralis.connect} says where it
   * is heard. Without it the player has a context of its own, to the device.
   */
  context?: AudioContext;
  /** A node of `context` to connect to. */
  destination?: AudioNode;
  /** The listener's own volume, 0 to 1 (the default), which is no part of the session. */
  volume?: number;
  /** From where it plays, in seconds from the session's beginning. */
  from?: number;
  /** Whether each layer can be had by itself, by {@link Auralis.stem}. Costs a little more of the audio thread's time. */
  stems?: boolean;
  /**
   * The address of a relay, such as `wss://music.example`; an empty text is the one that this page is from. The player then is in a session that is shared: everybody hears the same at the
   * same time, and {@link Auralis.set} changes it for all. Its seed and its settings are the session's own, so none can be given. Where there is no AudioWorklet or no
   * WebAssembly, the relay's sound is played.
   */
  relay?: string;
  /** Which of the relay's sessions: `main` if it is not given. */
  session?: string;
  /** The token of the session's host, where not everybody may steer. */
  token?: string;
}

/** What a player is doing. */
export interface State {
  /** `paused`, `starting` (asked to play, and not heard yet), `playing`. */
  readonly status: 'paused' | 'starting' | 'playing';
  /** The session's seed. */
  readonly seed: bigint;
  /** The session's rate in hertz. */
  readonly sampleRate: number;
  /** The frame of the session that is heard. */
  readonly frame: bigint;
  /** The same in seconds from the session's beginning. */
  readonly position: number;
  /** The settings as they are wished for. */
  readonly settings: Required<Omit<Settings, 'preset'>>;
  /** The listener's volume. */
  readonly volume: number;
  /** The engine's share of the audio thread's time, 0 to 1; nothing until it has played for a moment. */
  readonly load: number | undefined;
  /** How often the output went without, so far. */
  readonly gaps: number;
  /** How long the browser and the device hold sound before it is heard, in seconds, where the browser tells. */
  readonly buffer: number;
  /** The shared session, while in one. */
  readonly relay: RelayState | undefined;
}

/** Where a player is in a shared session. */
export interface RelayState {
  /** Its name. */
  readonly session: string;
  /** Whether the relay makes what is heard; otherwise this device does. */
  readonly sent: boolean;
  /** How many seconds the music is behind the session's time. */
  readonly late: number;
}

/**
 * Something that happened in a shared session:
 * - `joined`: it is played from now on; the text is its name
 * - `away`: the relay does not answer; the music goes on, and the relay is asked again and again
 * - `back`: it answers
 * - `left`: the player goes its own way, since it was told to ({@link Auralis.leave}, {@link Auralis.seek}); the text is the session's name
 * - `over`: the session is over, and why; the music goes on alone
 * - `denied`: a change was refused, and why
 * - `no-place`: the relay has no place to send what this device cannot make, and why
 */
export interface RelayNews {
  /** What it is. */
  readonly what: 'joined' | 'away' | 'back' | 'left' | 'over' | 'denied' | 'no-place';
  /** A name or a reason, or nothing. */
  readonly text: string;
}

/** What plays: the player's module, or what stands in for it where there can be none. @internal */
export type Playing = Omit<Music, typeof Symbol.dispose>;

/** What the events of a player carry, by their names. */
export interface AuralisEvents {
  /** Something began, ended, or was changed. */
  state: CustomEvent<State>;
  /** Twice a second while it plays: the engine's share of the audio thread's time. */
  load: CustomEvent<number>;
  /** What went wrong and was put right, in words. */
  glitch: CustomEvent<string>;
  /** It cannot go on by itself. */
  error: CustomEvent<AuralisError>;
  /** Something happened in a shared session. */
  relay: CustomEvent<RelayNews>;
  /** A phrase begins to be heard. As with `chord` and `note`, in a page that is hidden browsers let this be told late. */
  phrase: CustomEvent<PhraseEvent>;
  /** Another chord begins to be heard. */
  chord: CustomEvent<ChordEvent>;
  /** A note begins to be heard. */
  note: CustomEvent<NoteEvent>;
}

/** What can be had by itself: a layer, or `space`, which is delay and reverb. */
export type Stem = Layer | 'space';
const STEMS: readonly Stem[] = [...LAYERS, 'space'];

/** Seconds in a session at most: some millennia. */
const MOST_SECONDS = 2 ** 53 / 48000;
/**
 * Milliseconds that a browser gets to let a sound begin: where it refuses one, where nobody has touched the page, and where somebody has. A device may take
 * seconds to wake, and nothing else tells it from a browser that refuses a context without saying so.
 */
const PATIENCE = { refused: 1000, untouched: 3000, touched: 10_000 };

const OPTIONS = ['seed', 'sampleRate', 'context', 'destination', 'volume', 'from', 'stems', 'relay', 'session', 'token', ...PLACES] as const;

/** Options that are no settings, of a player that plays a link. */
export type LinkOptions = Pick<AuralisOptions, 'context' | 'destination' | 'volume' | 'stems'> & Places;

/** A player of one session. Made by {@link createAuralis} or {@link fromShare}. */
export class Auralis extends EventTarget {
  #music: Playing | undefined;
  #files = places({});
  #volume = 1;
  #load: number | undefined;
  #told = '';
  /** Why it could not go on. */
  #failed: AuralisError | undefined;
  #follower: Follower | undefined;

  /** @internal */
  static async make(
    options: LinkOptions,
    begin: (player: Awaited<ReturnType<typeof loadPlayer>>, ...given: Given) => Music,
    begun?: (auralis: Auralis) => Promise<void>,
  ): Promise<Auralis> {
    const { context, destination, volume = 1, stems = false } = options;
    if (typeof stems !== 'boolean') throw new AuralisOptionError('stems', String(stems), 'true or false');
    readNumber('volume', volume, 0, 1);
    if (context === undefined && typeof AudioContext === 'undefined') {
      throw new AuralisError('unsupported', 'there is no Web Audio here; `render` needs none');
    }
    if (destination !== undefined && context !== undefined && destination.context !== context) {
      throw new AuralisOptionError('destination', 'a node of another context', 'a node of the context that is given');
    }
    if ((context ?? { audioWorklet: globalThis.AudioWorklet }).audioWorklet === undefined) {
      throw new AuralisError('unsupported', 'there is no AudioWorklet here: it needs https, or a page on this machine');
    }
    const files = places(options);
    const [player, loaded] = await Promise.all([loadPlayer(files), loadEngine(files)]);
    const graph = context ?? (destination?.context as AudioContext | undefined);
    const auralis = Auralis.of((tell) => checked(() => begin(player, graph, stems, loaded, tell)), volume);
    const music = auralis.#here;
    auralis.#files = files;
    await begun?.(auralis);
    if (graph) {
      await asLoaded(() => music.prepare());
      if (destination) auralis.connect(destination);
    }
    return auralis;
  }

  /** @internal */
  static of(begin: (tell: Tell) => Playing, volume: number): Auralis {
    const auralis = new Auralis();
    auralis.#music = begin((what, value) => auralis.#hear(what, value));
    auralis.volume = volume;
    return auralis;
  }

  get #here(): Playing {
    if (this.#music) return this.#music;
    throw new AuralisError('disposed', 'this player was disposed of');
  }

  #hear(what: string, value: unknown): void {
    if (!this.#music) return;
    if (what === 'load') this.#load = value as number;
    if (what === 'error') {
      this.#failed = value instanceof AuralisError ? value : new AuralisError('engine', String(value));
      this.#emit('error', this.#failed);
    } else if (what === 'change') this.#follower?.forget();
    else if (what === 'state') this.#tellState();
    else if (what === 'relay') {
      const [what, text] = value as [RelayNews['what'], string];
      this.#emit('relay', { what, text });
      this.#tellState();
    } else this.#emit(what, value);
  }

  /** Tells of a state that is another than the one that was told of last, its place aside. */
  #tellState(): void {
    const { state } = this;
    const { status, settings, volume, gaps, relay } = state;
    const told = JSON.stringify([status, settings, volume, gaps, relay?.session, relay?.sent]);
    if (told === this.#told) return;
    this.#told = told;
    this.#emit('state', state);
  }

  #emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Begins or goes on, softly; kept when it is heard. To be called from a click or a key, since browsers let nothing else begin a sound: where they do not,
   * the promise is broken with the code `not-allowed`, and the music begins as soon as the context is let to.
   */
  async play(): Promise<void> {
    const music = this.#here;
    this.#failed = undefined;
    let permission: keyof typeof PATIENCE = navigator.userActivation?.hasBeenActive ? 'touched' : 'untouched';
    // Of an element browsers say at once whether it may be heard. This one has nothing to play.
    new Audio().play().catch(({ name }) => {
      if (name === 'NotAllowedError') permission = 'refused';
    });
    await asLoaded(async () => {
      music.play();
      await music.prepare();
    });
    const begun = performance.now();
    while (this.#music === music && music.wanted && !music.sounds) {
      if (music.withheld && performance.now() - begun > PATIENCE[permission]) {
        throw new AuralisError('not-allowed', permission === 'touched'
          ? 'no sound begins: is there a device to play it? If there is, call play() from a click or a key'
          : 'no sound may begin yet: call play() from a click or a key');
      }
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    this.#here;
    if (this.#failed) throw this.#failed;
    this.#tellState();
  }

  /** Fades out and rests. A context of its own is suspended: an idle one would drain the battery. */
  pause(): void {
    this.#here.pause();
    this.#tellState();
  }

  /**
   * These settings hold from now on: they go into the session's log at the frame where the engine takes them. Call it as often as you like; a value
   * that moves is taken a few times a second.
   *
   * @throws {AuralisOptionError} if there is no such setting; then nothing is changed.
   */
  set(settings: Settings): void {
    const music = this.#here;
    const wanted = readSettings(settings, []);
    checked(() => music.set(wanted));
    this.#tellState();
  }

  /** The same as `set({ preset })`. */
  preset(preset: NonNullable<Settings['preset']>): void {
    this.set({ preset });
  }

  /** Goes to a moment of the session, in seconds from its beginning, and plays from there if it plays. Costs about a second of silence. Whoever is in a shared session leaves it by that. */
  seek(seconds: number): void {
    const music = this.#here;
    readNumber('seconds', seconds, 0, MOST_SECONDS);
    music.seek(BigInt(Math.round(seconds * music.rate)));
    this.#tellState();
  }

  /** Leaves the shared session, if it is in one, and goes on alone from where the music is. */
  leave(): void {
    this.#here.leave();
    this.#tellState();
  }

  /** What it is doing. */
  get state(): State {
    const music = this.#here;
    const { seed, rate, position, wanted, sounds, gaps, buffer, shared, sent, late } = music;
    return {
      status: !wanted ? 'paused' : sounds ? 'playing' : 'starting',
      seed: BigInt.asUintN(64, seed),
      sampleRate: rate,
      frame: BigInt.asUintN(64, position),
      position: Number(position) / rate,
      settings: music.settings() as State['settings'],
      volume: this.#volume,
      load: this.#load,
      gaps,
      buffer,
      relay: shared === undefined ? undefined : { session: shared, sent, late },
    };
  }

  /** The listener's own volume, 0 to 1: no part of the session. */
  get volume(): number {
    return this.#volume;
  }

  /** Within a twentieth of a second, without a click. */
  set volume(volume: number) {
    const music = this.#here;
    this.#volume = readNumber('volume', volume, 0, 1);
    music.setVolume(volume);
  }

  /** The node that it is heard from. Without a context of the app's this makes the player's own. */
  get output(): AudioNode {
    const music = this.#here;
    return music.output();
  }

  /**
   * A layer by itself, or `space`: delay and reverb. As they are before the master, which compresses and limits their sum; they are not affected by `volume`.
   *
   * @throws {AuralisOptionError} if there is no such stem, or the player was made without `stems: true`.
   */
  stem(name: Stem): AudioNode {
    const node = this.#here.stem(STEMS.indexOf(name));
    if (node) return node;
    throw new AuralisOptionError('stem', name, `one of ${STEMS.join(', ')}, of a player that was made with stems: true`);
  }

  /** Connects it to a node of the app's graph; gives that node. */
  connect<Node extends AudioNode>(node: Node): Node {
    this.output.connect(node);
    return node;
  }

  /** Takes it off a node, or off all. */
  disconnect(node?: AudioNode): void {
    if (node) this.output.disconnect(node);
    else this.output.disconnect();
  }

  /** A link's fragment to the moment that is heard, without `#`: for {@link fromShare}, and for the address of any Auralis page. */
  share(): string {
    return this.#here.link();
  }

  /** What is played in a span of this session, with all its changes; from now on, unless `from` says otherwise. */
  score(span: Span): Promise<Score> {
    const music = this.#here;
    const { from, seconds } = readSpan(span, Number(music.position) / music.rate);
    return score(this.#files, (studio) => studio.Piece.ofLink(music.wholeLink()), from, seconds);
  }

  /** Hears one of {@link AuralisEvents}. What of them the score says is read only where somebody listens to it. */
  override addEventListener<Name extends keyof AuralisEvents>(
    type: Name,
    listener: (event: AuralisEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Hears any other event, as every target does. */
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(type: string, listener: never, options?: boolean | AddEventListenerOptions): void {
    super.addEventListener(type, listener, options);
    if (['phrase', 'chord', 'note'].includes(type)) void this.#follow();
  }

  /** The score is read only for who listens to it, and so is what reads it. */
  async #follow(): Promise<void> {
    const music = this.#here;
    const rest = music.sounds ? undefined : Number(music.position);
    const { Follower } = await import('./follow.js');
    if (this.#music !== music) return;
    this.#follower ??= new Follower(
      () => ({ playing: music.sounds, frame: Number(music.position), rate: music.rate }),
      (from, seconds) => this.score({ from, seconds }),
      (event) => this.#emit(event.type, event),
    );
    this.#follower.start(rest);
  }

  /** Falls silent, and gives everything back. Every later call throws `disposed`. */
  dispose(): void {
    const music = this.#music;
    if (!music) return;
    this.#follower?.stop();
    this.#music = undefined;
    music.close();
    music.free();
  }
}

/** What a player tells. @internal */
export type Tell = (what: string, value: unknown) => void;
type Given = [context: AudioContext | undefined, stems: boolean, loaded: object, tell: Tell];

/** Runs something that loads the worklet. */
async function asLoaded<T>(action: () => Promise<T> | T): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof AuralisError) throw error;
    throw new AuralisError('load', `the player could not be put in place: ${said(error)}`, { cause: error });
  }
}

/**
 * A player of a session, silent yet.
 *
 * @throws {AuralisOptionError} if there is no such option, or none of that value.
 * @throws {AuralisError} `unsupported`, `load` or `relay`.
 */
export async function createAuralis(options: AuralisOptions = {}): Promise<Auralis> {
  const settings = readSettings(options, OPTIONS);
  if (options.relay !== undefined) {
    const { join } = await import('./relay.js');
    return join(options, options.relay);
  }
  const seed = readSeed(options.seed);
  const { sampleRate, context = options.destination?.context, from = 0 } = options;
  readNumber('from', from, 0, MOST_SECONDS);
  // Where that can be, the session is at the rate of the graph that it is played in: nothing has to be made of it.
  const rate = sampleRate ?? (context?.sampleRate === 48000 ? 48000 : 44100);
  const auralis = await Auralis.make(options, ({ Music }, ...given) => new Music(seed, rate, settings, ...given));
  if (from > 0) auralis.seek(from);
  return auralis;
}

/**
 * A player of what a link says: its session, from its moment on. Takes what {@link Auralis.share} gives, or the whole address.
 *
 * @throws {AuralisError} `link` if it is none, `unsupported` or `load`.
 */
export async function fromShare(link: string, options: LinkOptions = {}): Promise<Auralis> {
  return Auralis.make(options, ({ Music }, ...given) => {
    try {
      return Music.ofLink(link, ...given);
    } catch (error) {
      throw new AuralisError('link', said(error));
    }
  });
}
