/** `map` blocks, the language in which conditions and values are written here, within what nginx takes of names, texts and depth. */
import { block, quoted } from './text.ts';

export type MapEntry = readonly [key: string, value: string];

/** Bits in one parameter; with the longest names they stay under its 4,095 bytes. */
const MOST_BITS = 64;
/** Bytes of a value that may stand beside others in one parameter, and those of a part of a longer one. */
const INLINE_BYTES = 1000;
const PART_BYTES = 3000;
/** Characters of a name before the number that makes it unique. */
const NAME_LENGTH = 40;
/** nginx follows 100 variables in each other, then gives up; the rest is for those that maps are asked from. */
const DEEPEST = 60;

interface Facts {
  /** How many variables are found in each other for it. */
  depth: number;
  /** It has no value before the response is there. */
  isLate: boolean;
}

/** Collects `map` blocks; equal ones are written once. Evaluated by nginx when first asked, so unused ones cost nothing. */
export class Maps {
  readonly lines: string[] = [];
  /** Of the server: variables that are asked early, because others would find too many in each other. */
  readonly askedFirst: string[] = [];
  /** The same for those that wait for the response; they stand before its other headers. */
  readonly askedOnResponse: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** The next one behind a name that is taken. */
  readonly #numbers = new Map<string, number>();
  readonly #facts = new Map<string, Facts>();
  #groups = 0;
  #mostKeys = 0;

  /** `$hint`, or `$hint_2` …: what `source` is mapped to. Keys and values are written as they are given. */
  define(hint: string, source: string, entries: readonly MapEntry[], fallback: string): string {
    const body = [...entries.map(([key, value]) => `${key} ${quoted(value)};`), `default ${quoted(fallback)};`];
    const identity = `${source}\n${body.join('\n')}`;
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    const name = this.reserve(hint);
    this.#names.set(identity, name);
    this.lines.push(...block(`map ${quoted(source)} ${name}`, body));
    this.#mostKeys = Math.max(this.#mostKeys, entries.length);
    this.#groups += entries.reduce((sum, [key]) => sum + key.split('(?<').length - 1, 0);
    this.#keepShallow(name, [source, fallback, ...entries.map(([, value]) => value)]);
    return name;
  }

  /** A variable that another directive defines, such as `split_clients`. */
  reserve(hint: string): string {
    // To nginx, names of variables that differ in case are one.
    const short = hint.slice(0, NAME_LENGTH).toLowerCase();
    let name = short;
    for (let n = this.#numbers.get(short) ?? 2; this.#taken.has(name); n++) {
      name = `${short}_${n}`;
      this.#numbers.set(short, n + 1);
    }
    this.#taken.add(name);
    return `$${name}`;
  }

  /** 1 where every bit is as it is wanted. */
  all(hint: string, bits: readonly string[], wanted: readonly string[]): string {
    return this.#joined(hint, bits, wanted, '1');
  }

  /** 1 where some bit is as it is wanted. */
  any(hint: string, bits: readonly string[], wanted: readonly string[]): string {
    const unwanted = wanted.map((each) => (each === '1' ? '0' : '1'));
    return this.#joined(hint, bits, unwanted, '0');
  }

  /** Bits side by side: `result` where they are what `key` says, else the other. */
  #joined(hint: string, bits: readonly string[], key: readonly string[], result: '0' | '1'): string {
    if (bits.length === 0) return this.define(hint, '', [], result);
    const other = result === '1' ? '0' : '1';
    const parts = chunks(bits, MOST_BITS).map((part, i) =>
      this.define(
        bits.length > MOST_BITS ? `${hint}_part` : hint,
        part.join(''),
        [[key.slice(i * MOST_BITS, (i + 1) * MOST_BITS).join(''), result]],
        other,
      ),
    );
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    return this.#joined(
      hint,
      parts,
      parts.map(() => result),
      result,
    );
  }

  /** The id of the first bit that is 1. */
  first(hint: string, bits: readonly string[], ids: readonly string[], fallback: string): string {
    const parts = chunks(bits, MOST_BITS);
    if (parts.length === 0) return this.define(hint, '', [], fallback);
    return parts.reduceRight((next, part, at) => {
      const keys = part.map((_, i) => [`"~^${'0'.repeat(i)}1"`, ids[at * MOST_BITS + i] ?? ''] as const);
      return this.define(at === 0 ? hint : `${hint}_rest`, part.join(''), keys, next);
    }, fallback);
  }

  /** One value of `pieces`; where it is too long to stand beside others, it is a variable. */
  text(pieces: readonly string[]): string {
    const whole = pieces.join('');
    if (sizeOf(whole) <= INLINE_BYTES) return whole;
    const parts = textParts(whole).map((part) => this.define('sy_text', '', [], part));
    return parts.length === 1 ? parts.join('') : this.text(parts.map((part) => `\${${part.slice(1)}}`));
  }

  /** Of the http block: room for all these names. */
  hashLines(): string[] {
    return [
      `variables_hash_max_size ${powerOfTwo(Math.max(4096, 4 * (this.#taken.size + this.#groups)))};`,
      'variables_hash_bucket_size 256;',
      `map_hash_max_size ${powerOfTwo(Math.max(2048, 4 * this.#mostKeys))};`,
      'map_hash_bucket_size 256;',
    ];
  }

  /** What has been asked once is known: nobody looks for it again. */
  #keepShallow(name: string, texts: readonly string[]): void {
    const found = texts.flatMap((text) =>
      [...text.matchAll(/\$\{?(\w+)/g)].map(([, each = '']) => this.#factsOf(each)),
    );
    const isLate = found.some((each) => each.isLate);
    const depth = 1 + Math.max(0, ...found.map((each) => each.depth));
    this.#facts.set(name.slice(1), { depth: depth < DEEPEST ? depth : 0, isLate });
    if (depth < DEEPEST) return;
    if (isLate) {
      const nothing = this.define('sy_ahead', name, [], '');
      this.askedOnResponse.push(`add_header x-ahead ${nothing} always;`);
    } else this.askedFirst.push(`set $sy_known ${name};`);
  }

  #factsOf(variable: string): Facts {
    const isLate = /^(upstream_|sent_http_|status$)/.test(variable);
    return this.#facts.get(variable) ?? { depth: 1, isLate };
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function sizeOf(text: string): number {
  return Buffer.byteLength(quoted(text));
}

/** Parts of `text` that nginx takes as parameters; no variable is cut. */
function textParts(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let size = 0;
  for (const [atom] of text.matchAll(/\$\{\w+\}|\$\w+|[^$]/gsu)) {
    const more = Buffer.byteLength(atom) + (atom === '"' || atom === '\\' ? 1 : 0);
    if (size + more > PART_BYTES) {
      parts.push(part);
      part = '';
      size = 0;
    }
    part += atom;
    size += more;
  }
  return part === '' ? parts : [...parts, part];
}

/** The first that is not below `least`. */
export function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
