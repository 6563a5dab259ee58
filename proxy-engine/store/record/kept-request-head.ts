/** A request head out of its bytes, as it was sent. What rules, scripts and people make may be what no server takes, and is shown all the same. */
import type { RequestHead } from '../../contract/exchange.ts';

/** Of bytes that once were a head: nothing is checked any more. */
export function readRequestHead(raw: Buffer): RequestHead {
  const [line = '', ...lines] = raw
    .toString('latin1')
    .replace(/[\r\n]+$/, '')
    .split('\r\n');
  const [, method = '', target = '', version = ''] = /^(\S*) (.*) (\S*)$/.exec(line) ?? [];
  return { method, target, version, headers: lines.map(headerLine) };
}

function headerLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), withoutOuterBlanks(line, colon + 1)];
}

/** Not by a pattern: of 60,000 blanks within a value each would be the beginning of a search for its end. */
function withoutOuterBlanks(line: string, start: number): string {
  let [from, to] = [start, line.length];
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
