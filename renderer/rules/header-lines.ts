import type { HeaderLines } from '../../proxy-engine/contract/exchange.ts';

/** `name: value`, one a line; lines without a colon are left out. */
export function headerLinesOf(text: string): HeaderLines {
  return text.split('\n').flatMap((line): HeaderLines => {
    const at = line.indexOf(':');
    return at <= 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
  });
}

/** The first line that is no header line: it has no name in front of a colon; null: there is none. */
export function badHeaderLine(text: string): string | null {
  return text.split('\n').find((line) => line.trim() !== '' && line.trim().indexOf(':') <= 0) ?? null;
}
