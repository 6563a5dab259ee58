/** JSON values one a line (ndjson.org, jsonlines.org) as one JSON text. Pure. */

/** Whether the media type says that each line is a JSON value. */
export function isJsonLines(type: string): boolean {
  return /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines)$/.test(type);
}

/** A list of the lines; it is not closed when more may follow. */
export function listOfLines(text: string, mayBeCut: boolean): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return `[${lines.join(',\n')}${mayBeCut ? '' : ']'}`;
}
