// Draws the icons' PNGs from icon.svg, in Chromium: `node web/icons/draw.mjs`, after `npm ci`.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { launchChromium } from '../../tests/browser/lib/browsers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const svg = readFileSync(`${here}icon.svg`, 'utf8');

// Systems cut a maskable icon, and Apple's, to a shape of their own: it has no corners, and its mark keeps to the middle 80 %.
const whole = svg.replace(/ rx="\d+"/, '').replace('viewBox="0 0 512 512"', 'viewBox="-26 -26 564 564"')
  .replace('<rect ', '<rect x="-26" y="-26" ').replace('width="512" height="512"', 'width="564" height="564"');

const ICONS = [
  ['icon-192', 192, svg], ['icon-512', 512, svg], ['icon-maskable-512', 512, whole],
  ['apple-touch-icon', 180, whole],
];

/** Runs in a page: the pixels of a drawing, RGBA. */
async function drawn([source, size]) {
  const image = new Image(size, size);
  image.src = `data:image/svg+xml,${encodeURIComponent(source.replace('<svg ', `<svg width="${size}" height="${size}" `))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size }).getContext('2d');
  canvas.drawImage(image, 0, 0, size, size);
  return [...canvas.getImageData(0, 0, size, size).data];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG with a palette: few colours are all there is, and the file is a tenth of what Chromium makes. */
function png(size, pixels) {
  const palette = new Map();
  const rows = Buffer.alloc(size * (size + 1));
  for (let i = 0; i < size * size; i += 1) {
    // Edges in steps of 16: nobody sees it.
    const colour = pixels.slice(4 * i, 4 * i + 4).map((x) => Math.min(255, Math.round(x / 16) * 16));
    const solid = [[15, 21, 24, 255], [79, 135, 146, 255], [143, 211, 220, 255]]
      .find((exact) => exact.every((x, k) => Math.abs(x - pixels[4 * i + k]) < 2));
    const key = String(solid ?? (colour[3] === 0 ? [0, 0, 0, 0] : colour));
    if (!palette.has(key)) palette.set(key, palette.size);
    rows[Math.floor(i / size) * (size + 1) + 1 + (i % size)] = palette.get(key);
  }
  if (palette.size > 256) throw new Error(`${palette.size} colours`);
  const colours = [...palette.keys()].map((key) => key.split(',').map(Number));
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Buffer.from(colours.map((colour) => colour[3]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

const browser = await launchChromium();
const page = await browser.newPage();
for (const [name, size, source] of ICONS) {
  writeFileSync(`${here}${name}.png`, png(size, await page.evaluate(drawn, [source, size])));
}
await browser.close();
