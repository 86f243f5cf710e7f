// Joining a session that a relay keeps; loaded when it is asked for.

import { Auralis, type AuralisOptions, type RelayNews } from './auralis.js';
import { AuralisError, AuralisOptionError, said } from './errors.js';
import { PLACES } from './load.js';

/** What may be said beside `relay`: the rest is the session's own. */
const BESIDE = ['relay', 'session', 'token', 'context', 'destination', 'volume', 'stems', ...PLACES];
/** Milliseconds that a relay gets to say what the session is. */
const PATIENCE = 6000;

/** A text, or the option is wrong. */
function text(option: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new AuralisOptionError(option, String(value), 'a text');
}

/** Waits until the session is known. */
function joined(auralis: Auralis, relay: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      end();
      auralis.dispose();
      reject(new AuralisError('relay', why));
    };
    const timer = setTimeout(() => fail(`the relay ${relay} does not answer, or has no session of that name`), PATIENCE);
    const hear = ({ detail: { what, text } }: CustomEvent<RelayNews>): void => {
      if (what === 'over') fail(text);
      if (what !== 'joined') return;
      end();
      resolve();
    };
    const end = (): void => {
      clearTimeout(timer);
      auralis.removeEventListener('relay', hear as EventListener);
    };
    auralis.addEventListener('relay', hear);
  });
}

/** Whether what went wrong is that this browser cannot make the music. */
function cannotHere(error: unknown): boolean {
  return error instanceof AuralisError && error.code === 'unsupported' || error instanceof WebAssembly.CompileError;
}

/** A player in the session of a relay; what is heard comes from there where it cannot be made here. @internal */
export async function join(options: AuralisOptions, relay: string): Promise<Auralis> {
  const { session = 'main', token, volume = 1, context, destination } = options;
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !BESIDE.includes(name)) {
      throw new AuralisOptionError(name, String(value), 'nothing beside relay: the session has its own');
    }
  }
  const [address, name] = [text('relay', relay), text('session', session)];
  const known = token === undefined ? undefined : text('token', token);
  try {
    return await Auralis.make(options, ({ Music }, ...given) => {
      try {
        return Music.ofRelay(address, name, known, ...given);
      } catch (error) {
        throw new AuralisOptionError('relay', address, said(error).replace(/^.*allowed: /, ''));
      }
    }, (auralis) => joined(auralis, address));
  } catch (error) {
    if (typeof WebAssembly === 'object' && !cannotHere(error)) throw error;
    const { Sent } = await import('./sent.js');
    const graph = context ?? (destination?.context as AudioContext | undefined);
    const auralis = Auralis.of((tell) => new Sent(address, name, known, graph, tell), volume);
    await joined(auralis, address);
    if (destination) auralis.connect(destination);
    return auralis;
  }
}
