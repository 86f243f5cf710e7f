// What can go wrong, typed.

/**
 * Why something is not to be had:
 * - `unsupported`: this browser has no WebAssembly, or no AudioWorklet here (it needs https, or a page on this machine)
 * - `not-allowed`: the browser lets no sound begin before somebody has touched the page
 * - `load`: a file of the package could not be loaded
 * - `engine`: the engine broke, more often than can be mended
 * - `link`: a text is no link to a session
 * - `relay`: a relay does not answer, or has no such session, or it is over
 * - `disposed`: the player was disposed of
 * - `aborted`: a signal put an end to it
 */
export type AuralisErrorCode = 'unsupported' | 'not-allowed' | 'load' | 'engine' | 'link' | 'relay' | 'disposed' | 'aborted';

/** Something that is not to be had, and why. */
export class AuralisError extends Error {
  /** Its kind. */
  override readonly name = 'AuralisError';

  constructor(
    /** Why it is not to be had. */
    readonly code: AuralisErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An option has a value that it does not take. */
export class AuralisOptionError extends TypeError {
  /** Its kind. */
  override readonly name = 'AuralisOptionError';
  /** Its code, beside those of {@link AuralisErrorCode}. */
  readonly code = 'option';

  constructor(
    /** Which option. */
    readonly option: string,
    /** The value that was given, as text. */
    readonly value: string,
    /** What is allowed, in words. */
    readonly allowed: string,
  ) {
    super(`${option} cannot be ${JSON.stringify(value)}; allowed: ${allowed}`);
  }
}

/** What an error says. */
export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs something in which the engine may refuse a setting, as `{field, value, allowed}`. */
export function checked<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { field, value, allowed } = Object(error) as { field?: string; value?: string; allowed?: string };
    if (field === undefined || value === undefined || allowed === undefined) throw error;
    throw new AuralisOptionError(field, value, allowed);
  }
}
