/** The text of a quoted string. A backslash takes the next quote or backslash as it is; before anything else it stays (`"\d+"`). */
export function unquote(source: string): string {
  return source.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}

/** Where character `at` of the unquoted text stands in `source`. */
export function quotedOffset(source: string, at: number): number {
  let offset = 1;
  for (let i = 0; i < at; i++) offset += /^\\["'\\]/.test(source.slice(offset, offset + 2)) ? 2 : 1;
  return offset;
}

/** A string that reads back as `text`. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
