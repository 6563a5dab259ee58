// node assets/render-icons.mjs: makes every icon that a package needs out of icon.svg, with Chromium.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Apple's type codes for PNG images by their width. */
const ICNS_TYPES = { 32: 'ic11', 64: 'ic12', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };

const images = await render(readFileSync(join(here, 'icon.svg'), 'utf8'));
for (const [size, png] of images) writeFileSync(join(here, 'icons', `${size}x${size}.png`), png);
writeFileSync(join(here, 'icon.png'), images.get(512));
writeFileSync(join(here, 'icon.ico'), ico([16, 24, 32, 48, 64, 256]));
writeFileSync(join(here, 'icon.icns'), icns());

async function render(svg) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const rendered = new Map();
    for (const size of SIZES) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      rendered.set(size, await page.screenshot({ omitBackground: true }));
    }
    return rendered;
  } finally {
    await browser.close();
  }
}

/** Windows: a directory of 16-byte entries, then the PNGs. 256 is written as 0. */
function ico(sizes) {
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  sizes.forEach((size, index) => {
    const entry = 6 + 16 * index;
    const { length } = images.get(size);
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += length;
  });
  return Buffer.concat([head, ...sizes.map((size) => images.get(size))]);
}

/** macOS: chunks of type, length (these eight bytes included) and PNG. */
function icns() {
  const chunks = Object.entries(ICNS_TYPES).map(([size, type]) => chunk(type, images.get(Number(size))));
  return chunk('icns', Buffer.concat(chunks));
}

function chunk(type, data) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(head.length + data.length, 4);
  return Buffer.concat([head, data]);
}
