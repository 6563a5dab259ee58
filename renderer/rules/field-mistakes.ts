/** What of a field cannot stand in the document as it was typed: it is told, and not left out. */
import type { Messages } from '../i18n/en.ts';
import { type ActionFields, type FieldKind, type FormKind, linesOf, nameAndValue, shareOf } from './action-kinds.ts';
import { badHeaderLine } from './header-lines.ts';

export type FieldMistake =
  | { kind: 'header'; line: string }
  | { kind: 'share'; line: string }
  /** Of a header that is no list, or of a parameter. */
  | { kind: 'repeated'; name: string };

/** Mistakes by field; empty: none. */
export function fieldMistakes({ fields }: FormKind, given: ActionFields): Readonly<Record<string, FieldMistake>> {
  const found = fields.map(({ name, kind }) => [name, mistakeIn(given[name] ?? '', kind)] as const);
  return Object.fromEntries(found.filter((one): one is readonly [string, FieldMistake] => one[1] !== null));
}

function mistakeIn(text: string, kind: FieldKind): FieldMistake | null {
  if (kind === 'shares') {
    const line = linesOf(text).find((one) => shareOf(one) === null);
    return line === undefined ? null : { kind: 'share', line };
  }
  if (kind === 'pairs') return repeatedIn(linesOf(text).map((line) => nameAndValue(line, '=')[0]));
  if (kind !== 'headers') return null;
  const line = badHeaderLine(text);
  if (line !== null) return { kind: 'header', line };
  return repeatedIn(
    linesOf(text).map((one) => nameAndValue(one, ':')[0].toLowerCase()),
    SINGLE,
  );
}

/** `only`: the others may stand more than once. */
function repeatedIn(names: readonly string[], only?: ReadonlySet<string>): FieldMistake | null {
  const name = names.find((one, at) => names.indexOf(one) < at && (only?.has(one) ?? true));
  return name === undefined ? null : { kind: 'repeated', name };
}

/** Headers of answers that are no lists: their lines may not be joined (RFC 9110 §5.3). */
const SINGLE: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'age',
  'content-disposition',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
  'set-cookie',
  'strict-transport-security',
]);

export function fieldMistakeText(mistake: FieldMistake, texts: Messages['rules']): string {
  switch (mistake.kind) {
    case 'header':
      return texts.badHeaderLine(mistake.line);
    case 'share':
      return texts.badShare(mistake.line);
    case 'repeated':
      return texts.repeatedName(mistake.name);
  }
}
