/**
 * `<auralis-player preset="sleep">`: a player for pages without a build.
 *
 * ```html
 * <script type="module" src="…/auralis/dist/element.js"></script>
 * <auralis-player preset="sleep" volume="0.8"></auralis-player>
 * ```
 *
 * Attributes: `seed`, `volume`, `from`, `label` (a name for people), and every setting but the layers' by its name; or `relay` and `session`, of a session that is shared. What is changed while it plays is heard at
 * once; another seed is another session. Nothing is loaded before somebody presses play. `state`, `load`, `glitch`, `error` and `relay` come as events of the element.
 *
 * It is themed by `--auralis-color`, `--auralis-background`, `--auralis-accent`, `--auralis-radius`, `--auralis-font`, and by the parts `player`, `button`, `title`,
 * `status` and `volume`.
 *
 * @module
 */

import { createAuralis, type Auralis, type AuralisOptions } from './auralis.js';
import { AuralisError, AuralisOptionError, said } from './errors.js';
import { SETTINGS, type Settings } from './settings.js';

const STYLE = `
:host { display: inline-block; color-scheme: light dark; max-inline-size: 100% }
:host([hidden]) { display: none }
[part=player] {
  display: flex; align-items: center; gap: .75rem; padding: .5rem .9rem .5rem .5rem; box-sizing: border-box;
  font: var(--auralis-font, 500 .95rem/1.3 system-ui, sans-serif);
  color: var(--auralis-color, light-dark(#22302f, #e4e9e2));
  background: var(--auralis-background, light-dark(#f3f1ea, #172024));
  border-radius: var(--auralis-radius, 999px);
}
[part=button] {
  flex: none; inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 0; border-radius: 50%; cursor: pointer;
  color: light-dark(#fff, #0f1518); background: var(--auralis-accent, light-dark(#2f6f6a, #8fc9bd));
}
[part=button]:focus-visible, [part=volume]:focus-visible { outline: 2px solid currentColor; outline-offset: 3px }
[part=button] svg { display: block; margin: auto; fill: currentColor }
.words { min-inline-size: 6.5rem; flex: 1 }
[part=title] { display: block; overflow-wrap: anywhere }
[part=status] { display: block; font-size: .8em; opacity: .8 }
[part=volume] { inline-size: 5rem; min-inline-size: 0; accent-color: var(--auralis-accent, light-dark(#2f6f6a, #8fc9bd)) }
`;

const PLAY = 'M8 5.5v13l11-6.500z';
const PAUSE = 'M7 5h3.500v14H7zM13.500 5H17v14h-3.500z';

/** The settings that are attributes. */
const NAMES = SETTINGS.filter((name) => name !== 'layers');
const EVENTS = ['state', 'load', 'glitch', 'error', 'relay'] as const;

/** Where there are no elements, in a server's rendering for example, this module can be loaded all the same. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The element. */
export class AuralisPlayerElement extends Base {
  /** The attributes that it follows. */
  static readonly observedAttributes = ['seed', 'volume', 'label', ...NAMES];

  #player: Auralis | undefined;
  #making: Promise<Auralis> | undefined;
  #session = 0;
  /** What is wrong, until something is done that is not. */
  #wrong = '';
  #parts: { button: HTMLButtonElement; path: SVGPathElement; title: HTMLElement; status: HTMLElement; volume: HTMLInputElement } | undefined;

  /** The player behind it, once somebody has pressed play. */
  get player(): Auralis | undefined {
    return this.#player;
  }

  /** @internal */
  connectedCallback(): void {
    if (!this.#parts) this.#make();
    this.#show();
  }

  /** @internal */
  disconnectedCallback(): void {
    // Moved to another place it is connected again at once.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    const player = this.#player;
    if (name === 'seed' && (player || this.#making)) {
      const playing = player?.state.status !== 'paused';
      this.#end();
      if (playing) void this.play();
    } else if (player && now !== null) {
      try {
        if (name === 'volume') player.volume = Number(now);
        else if (name !== 'label') player.set(this.#setting(name, now));
        this.#wrong = '';
      } catch (error) {
        this.#complain(error);
      }
    }
    this.#show();
  }

  /** Begins or goes on. To be called from a click or a key. */
  async play(): Promise<void> {
    this.#wrong = '';
    try {
      const session = this.#session;
      this.#making ??= this.#begin();
      const player = await this.#making;
      if (session === this.#session) await player.play();
    } catch (error) {
      if (error instanceof AuralisError && error.code === 'disposed') return;
      if (!this.#player) this.#making = undefined;
      this.#complain(error);
    }
    this.#show();
  }

  /** Fades out and rests. */
  pause(): void {
    this.#player?.pause();
    this.#show();
  }

  async #begin(): Promise<Auralis> {
    const session = this.#session;
    const options: Record<string, unknown> = {};
    for (const name of NAMES) {
      const value = this.getAttribute(name);
      if (value !== null) Object.assign(options, this.#setting(name, value));
    }
    for (const name of ['volume', 'from']) {
      const value = this.getAttribute(name);
      if (value !== null) options[name] = Number(value);
    }
    for (const name of ['seed', 'relay', 'session']) {
      const value = this.getAttribute(name);
      if (value !== null) options[name] = value;
    }
    this.#say('Loading…');
    const player = await createAuralis(options as AuralisOptions);
    if (session !== this.#session) {
      player.dispose();
      throw new AuralisError('disposed', 'the element has gone on to something else');
    }
    for (const name of EVENTS) {
      player.addEventListener(name, ({ detail }: CustomEvent) => {
        this.dispatchEvent(new CustomEvent(name, { detail }));
        if (name === 'error') this.#complain(detail);
        if (name === 'error' || name === 'state') this.#show();
      });
    }
    this.#player = player;
    return player;
  }

  #end(): void {
    this.#session += 1;
    this.#making = undefined;
    this.#player?.dispose();
    this.#player = undefined;
    this.#show();
  }

  /** An attribute as a setting: what is a number or a switch is read as text by the engine. */
  #setting(name: string, value: string): Settings {
    return { [name]: value } as Settings;
  }

  /** What is wrong is shown, and told once. */
  #complain(error: unknown): void {
    this.#wrong = error instanceof AuralisError && error.code === 'not-allowed' ? 'Press play to begin' : said(error);
    if (error instanceof AuralisOptionError) this.dispatchEvent(new CustomEvent('error', { detail: error }));
  }

  #say(text: string): void {
    if (this.#parts && this.#parts.status.textContent !== text) this.#parts.status.textContent = text;
  }

  #make(): void {
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, part: string): HTMLElementTagNameMap[Name] => {
      const element = document.createElement(name);
      if (part) element.setAttribute('part', part);
      return element;
    };
    const player = make('div', 'player');
    player.setAttribute('role', 'group');
    const button = make('button', 'button');
    button.type = 'button';
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    for (const [name, value] of [['viewBox', '0 0 24 24'], ['width', '24'], ['height', '24'], ['aria-hidden', 'true']] as const) {
      svg.setAttribute(name, value);
    }
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.append(path);
    button.append(svg);
    button.addEventListener('click', () => {
      if (this.#player && this.#player.state.status !== 'paused') this.pause();
      else void this.play();
    });
    const words = make('span', '');
    words.className = 'words';
    const title = make('span', 'title');
    const status = make('span', 'status');
    status.setAttribute('role', 'status');
    words.append(title, status);
    const volume = make('input', 'volume');
    Object.assign(volume, { type: 'range', min: '0', max: '1', step: '0.01', value: this.getAttribute('volume') ?? '1' });
    volume.setAttribute('aria-label', 'Volume');
    volume.addEventListener('input', () => this.setAttribute('volume', volume.value));
    player.append(button, words, volume);
    root.append(player);
    this.#parts = { button, path, title, status, volume };
  }

  #show(): void {
    if (!this.#parts) return;
    const { button, path, title, volume } = this.#parts;
    const now = this.#player?.state.status ?? 'paused';
    const preset = this.getAttribute('preset');
    const name = this.getAttribute('label') ?? (preset ? preset[0]?.toUpperCase() + preset.slice(1) : 'Auralis');
    if (title.textContent !== name) title.textContent = name;
    button.setAttribute('aria-label', now === 'paused' ? `Play ${name}` : `Pause ${name}`);
    path.setAttribute('d', now === 'paused' ? PLAY : PAUSE);
    if (this.#wrong) this.#say(this.#wrong);
    else if (this.#player || !this.#making) this.#say({ paused: 'Paused', starting: 'Starting…', playing: 'Playing' }[now]);
    const level = this.getAttribute('volume');
    if (level !== null && volume.value !== level) volume.value = level;
  }
}

/** Makes the element known; done once when this module is loaded. */
export function define(name = 'auralis-player'): void {
  const known = globalThis.customElements;
  if (known && !known.get(name)) known.define(name, AuralisPlayerElement);
}

define();

declare global {
  interface HTMLElementTagNameMap {
    'auralis-player': AuralisPlayerElement;
  }
}
