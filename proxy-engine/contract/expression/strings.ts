/** The text of a quoted string. A backslash takes the next quote or backslash as it is; before anything else it stays (`"\d+"`). */
export function unquote(source: string): string {
  return source.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}

/** A string that reads back as `text`. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
