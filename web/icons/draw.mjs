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
  ['icon-192', 192, svg], ['icon-maskable-512', 512, whole],
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

/** The drawing's colours, and three steps along each of its edges: few enough for four bits a pixel. */
const [CLEAR, GROUND, RING, DISC] = [[15, 21, 24, 0], [15, 21, 24, 255], [79, 135, 146, 255], [143, 211, 220, 255]];
const EDGES = [[CLEAR, GROUND], [GROUND, RING], [GROUND, DISC]];
const PALETTE = [
  CLEAR, GROUND, RING, DISC,
  ...EDGES.flatMap(([from, to]) => [0.25, 0.5, 0.75].map((t) => from.map((x, k) => Math.round(x + (to[k] - x) * t)))),
];

/** The place of the nearest colour: what nobody sees counts for nothing. */
function nearest(pixels, at) {
  const alpha = pixels[at + 3];
  const distance = (colour) => (alpha - colour[3]) ** 2
    + (alpha / 255) * [0, 1, 2].reduce((sum, k) => sum + (pixels[at + k] - colour[k]) ** 2, 0);
  return PALETTE.reduce((best, colour, i) => (distance(colour) < distance(PALETTE[best]) ? i : best), 0);
}

/** A PNG with a palette: a twentieth of what Chromium makes. */
function png(size, pixels) {
  const row = 1 + size / 2;
  const rows = Buffer.alloc(size * row);
  for (let i = 0; i < size * size; i += 1) {
    const [y, x] = [Math.floor(i / size), i % size];
    rows[y * row + 1 + (x >> 1)] |= nearest(pixels, 4 * i) << (x % 2 === 0 ? 4 : 0);
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0, 0]);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('PLTE', Buffer.from(PALETTE.flatMap((colour) => colour.slice(0, 3)))),
    // Only the first colours can be seen through, as far as the last that can.
    chunk('tRNS', Buffer.from(PALETTE.map((colour) => colour[3]).slice(0, 1 + PALETTE.findLastIndex((colour) => colour[3] < 255)))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

const browser = await launchChromium();
const page = await browser.newPage();
for (const [name, size, source] of ICONS) {
  writeFileSync(`${here}${name}.png`, png(size, await page.evaluate(drawn, [source, size])));
}
await browser.close();
