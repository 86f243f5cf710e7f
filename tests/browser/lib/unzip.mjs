// Reads a ZIP of stored files by its central directory, as unpackers do, and checks what it says of them.

import * as zlib from 'node:zlib';

/** The files by their paths. */
export function unzip(zip) {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0) throw new Error('no ZIP');
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i += 1) {
    if (zip.toString('latin1', at, at + 4) !== 'PK\x01\x02' || zip.readUInt16LE(at + 10) !== 0) throw new Error('no stored file');
    const [crc, packed, size] = [16, 20, 24].map((field) => zip.readUInt32LE(at + field));
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const file = zip.subarray(begin, begin + size);
    // Node counts checksums from 20.15 on.
    if (packed !== size || (zlib.crc32 && zlib.crc32(file) !== crc)) throw new Error(`${path} is damaged`);
    files.set(path, file);
    at += 46 + name + extra + comment;
  }
  return files;
}
