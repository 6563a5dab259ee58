/** Where a character of a text stands in the YAML that the text was read from. */

/** One character of a quoted scalar may be written as several: `''`, `\n`, `\x41`. */
const ESCAPES: Readonly<Record<string, RegExp>> = {
  "'": /^''/,
  '"': /^\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[^\n])/,
};

const BLANK = /^(?:\\\n)?\s*/;

/**
 * The offset in `raw`, the scalar as it is written, of the character `at` of its `value`; both UTF-16 units.
 * Lines may be folded or indented. null: they do not belong to each other, as with a variable of the environment in between.
 */
export function offsetInScalar(raw: string, value: string, at: number): number | null {
  const escape = ESCAPES[raw.charAt(0)];
  let offset = escape ? 1 : (/^[|>][^\n]*\n/.exec(raw)?.[0].length ?? 0);
  for (let i = 0; i <= at; i++) {
    const wanted = value[i] ?? '';
    const isSpace = /\s/.test(wanted);
    const blank = BLANK.exec(raw.slice(offset))?.[0].length ?? 0;
    // A line break with its indentation is one character of the value, or none.
    if (blank > 0 && raw[offset] !== wanted) offset += isSpace ? blank - 1 : blank;
    const escaped = escape?.exec(raw.slice(offset, offset + 10))?.[0];
    if (i === at) break;
    if (!escaped && !isSpace && raw[offset] !== wanted) return null;
    offset += escaped?.length ?? 1;
  }
  return Math.min(offset, raw.length);
}
