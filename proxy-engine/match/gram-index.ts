/** Which of many texts may stand somewhere in a path, found in one pass over it: by three characters of each that few others have. */

export const GRAM_LENGTH = 3;
/** Of three characters of one byte. */
const GRAM_MASK = 0xff_ff_ff;

export class GramIndex {
  /** The three characters that stand for a text, by the text. */
  readonly #gramOf = new Map<string, number>();
  readonly #wanted: ReadonlySet<number>;

  /** Each is `GRAM_LENGTH` characters long at least. */
  constructor(needles: Iterable<string>) {
    const all = [...new Set(needles)];
    const uses = new Map<number, number>();
    for (const needle of all) for (const gram of gramsOf(needle)) uses.set(gram, (uses.get(gram) ?? 0) + 1);
    for (const needle of all) this.#gramOf.set(needle, rarest(gramsOf(needle), uses));
    this.#wanted = new Set(this.#gramOf.values());
  }

  /** What stands in the path of what is looked for, as a key; '' when there is nothing. */
  find(path: string): string {
    let key = '';
    let gram = 0;
    for (let i = 0; i < path.length; i++) {
      gram = ((gram << 8) | (path.charCodeAt(i) & 0xff)) & GRAM_MASK;
      if (i >= GRAM_LENGTH - 1 && this.#wanted.has(gram)) key += `${gram},`;
    }
    return key;
  }

  /** Whether a path with that key may have the text. */
  mayHave(key: string, needle: string): boolean {
    return key !== '' && `,${key}`.includes(`,${this.#gramOf.get(needle)},`);
  }
}

function gramsOf(needle: string): Set<number> {
  const grams = new Set<number>();
  for (let i = 0; i + GRAM_LENGTH <= needle.length; i++) {
    let gram = 0;
    for (let j = i; j < i + GRAM_LENGTH; j++) gram = (gram << 8) | (needle.charCodeAt(j) & 0xff);
    grams.add(gram);
  }
  return grams;
}

function rarest(grams: Iterable<number>, uses: ReadonlyMap<number, number>): number {
  let [best, fewest] = [0, Number.POSITIVE_INFINITY];
  for (const gram of grams) {
    const count = uses.get(gram) ?? 0;
    if (count < fewest) [best, fewest] = [gram, count];
  }
  return best;
}
