/** Where this installation keeps its parts: a checkout, an npm install and a packed app have the same shape. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The directory with the product's package.json; this file runs from the sources or from `out/main`. */
export const productRoot: string = findRoot(import.meta.dirname);

/** As the operating system shows it, and as the directories of the app are called. */
export const productName = 'Switchyard';

export const productVersion: string = (
  JSON.parse(readFileSync(join(productRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/** The renderer's build; it may not be there yet. */
export const rendererDir: string = join(productRoot, 'out', 'renderer');

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('the installation is not complete: package.json is missing');
  return findRoot(parent);
}
