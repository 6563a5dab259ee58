/** JSON whose numbers are printed as they were written: ids of 20 digits do not fit into a double, and `1.10` would become `1.1`. */
import type { Json } from './json-patch.ts';

/** A number that may come out of a double otherwise; also true of some texts, which costs time and nothing else. */
const FRAGILE = /\d{16}|\.\d*0(?!\d)|\.\d{14}|\d[eE]|-0/;

/** Parses; throws a SyntaxError as `JSON.parse` does. `JSON.stringify` prints every number as it stood in `text`. */
export function parseExactly(text: string): Json {
  if (!FRAGILE.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value,
  ) as Json;
}
