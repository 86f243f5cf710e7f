// Links as others may make them: see docs/links.md.

import { crc32 } from 'node:zlib';

/** A fragment of these fields ([[name, value], …]) that ends in its checksum. */
export function linkOf(fields) {
  const sum = crc32(fields.map(([name, value]) => `${name}=${value}&`).join('')).toString(16).padStart(8, '0');
  return `#${new URLSearchParams([...fields, ['sum', sum]])}`;
}

/** What a link says: `{seed, at, …}` as strings. */
export const fieldsOf = (address) => Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1)));
