// Following the score while it plays: what begins to be heard is told.

import type { ChordEvent, NoteEvent, PhraseEvent, Score } from './score.js';

/** What is told of. */
export const FOLLOWED = ['phrase', 'chord', 'note'] as const;
type Told = PhraseEvent | ChordEvent | NoteEvent;

/** Milliseconds between two looks; seconds of the score that are read at once, and that must still lie ahead. */
const LOOK = 25;
const SPAN = 30;
const AHEAD = 5;
/** A step of more seconds than this is a jump to another moment, or a page that slept: what lies between was not heard. */
const JUMP = 2;
/** So many seconds back are none: a device tells its clock in steps, and at a pause what it still held is not heard. */
const BACK = 0.5;

/** Where the music is. */
interface Place {
  readonly playing: boolean;
  /** The frame that is heard, and frames a second. */
  readonly frame: number;
  readonly rate: number;
}

/** Follows a session's score. */
export class Follower {
  readonly #place: () => Place;
  readonly #read: (from: number, seconds: number) => Promise<Score>;
  readonly #tell: (event: Told) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #events: Told[] = [];
  /** The frame up to which everything was told, once there is one, and the one up to which the score is known. */
  #last: number | undefined;
  #until = -1;
  /** Where it rests, while it does. */
  #rest: number | undefined;
  /** Counts what makes the score that was read another one. */
  #edition = 0;
  #reading = false;

  constructor(place: () => Place, read: (from: number, seconds: number) => Promise<Score>, tell: (event: Told) => void) {
    this.#place = place;
    this.#read = read;
    this.#tell = tell;
  }

  /** `rest`: where the music was when somebody began to listen, if it was not playing. */
  start(rest?: number): void {
    this.#rest ??= rest;
    this.#timer ??= setInterval(() => this.#look(), LOOK);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.forget();
  }

  /** The session was changed: what was read of it may no longer come. */
  forget(): void {
    this.#edition += 1;
    this.#events = [];
    this.#until = -1;
  }

  #look(): void {
    const { playing, frame, rate } = this.#place();
    if (!playing) {
      // Where it rests is where it will go on, or begin.
      this.#rest = frame;
      return;
    }
    // From where it went on, or was begun.
    const rested = this.#rest;
    this.#rest = undefined;
    if (this.#jumped(rested ?? frame, rate)) {
      this.#last = (rested ?? frame) - 1;
      this.forget();
    }
    const last = this.#last ?? frame;
    if (this.#until < frame + AHEAD * rate) void this.#go(rate);
    if (this.#until < frame) return;
    while (this.#events[0] && this.#events[0].frame <= frame) {
      const event = this.#events.shift() as Told;
      if (event.frame > last) this.#tell(event);
    }
    this.#last = Math.max(last, frame);
  }

  /** Whether a frame is none to which the music has come by playing on. */
  #jumped(frame: number, rate: number): boolean {
    if (this.#last === undefined) return true;
    const passed = frame - this.#last;
    return passed < -BACK * rate || passed > JUMP * rate;
  }

  /** Reads on, from where was told last. */
  async #go(rate: number): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const edition = this.#edition;
    const from = Math.max(this.#last ?? 0, this.#until, 0);
    try {
      const { events } = await this.#read(from / rate, SPAN);
      if (edition !== this.#edition) return;
      const until = from + SPAN * rate;
      const told = events.filter((event): event is Told => (FOLLOWED as readonly string[]).includes(event.type));
      this.#events.push(...told.filter((event) => event.frame >= from && event.frame < until));
      this.#until = until;
    } catch {
      // Without a score the music plays on; what asked for it hears nothing.
      this.stop();
    } finally {
      this.#reading = false;
    }
  }
}
