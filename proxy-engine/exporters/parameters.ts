/** Query parameters for targets whose own test of them takes an empty one for none, or compares what is encoded. */
import { type Condition, type Test, testsOf } from './condition.ts';
import type { Notes } from './notes.ts';

type Leaf = Exclude<Condition, { of: unknown }>;

/** Whether a parameter is there, or is there and empty, asked of the whole query. Other tests stay. */
export function parameterAsQuery(test: Leaf): Leaf {
  if (test.kind === 'status' || test.subject.kind !== 'parameter') return test;
  const { name } = test.subject;
  if (test.kind === 'present') return queryMatches(`(?:^|&)${encodedPattern(name)}(?:=|&|$)`);
  const isEmpty = test.comparison === 'is' && test.value === '';
  return isEmpty ? queryMatches(`(?:^|&)${encodedPattern(name)}=?(?:&|$)`) : test;
}

/** Of names and values that are compared by an `encodedPattern`. */
export const AS_THEY_ARE = 'letters and digits of names and values are looked for as they are, not encoded';

/** Tells where a target finds a parameter in its usual spelling only. */
export function noteSpelling(
  notes: Notes,
  path: string,
  what: string,
  condition: Condition,
  target: string,
  ofValues = false,
): void {
  for (const test of testsOf(condition))
    if (test.kind !== 'status' && test.subject.kind === 'parameter')
      notes.approximate(
        path,
        what,
        ofValues
          ? `${target} finds ${test.subject.name} and its value with their letters and digits as they are, not encoded`
          : `${target} finds ${test.subject.name} with its letters and digits as they are, not encoded`,
      );
}

function queryMatches(value: string): Test {
  return { kind: 'test', subject: { kind: 'query' }, comparison: 'regex', value, ignoreCase: false };
}

/** `text` as it may stand in a query: what is not a letter, a digit or `-._~` as it is or percent-encoded, a space as `+` too. */
export function encodedPattern(text: string): string {
  return Array.from(text, (char) => {
    if (/^[\w.~-]$/.test(char)) return char.replace('.', '\\.');
    const plain = char.replace(/[\\^$|?*+()[\]{}]/, '\\$&');
    const hex = Array.from(Buffer.from(char, 'utf8'), (byte) => `%${hexDigits(byte)}`).join('');
    return char === ' ' ? `(?:\\+|${hex})` : `(?:${plain}|${hex})`;
  }).join('');
}

/** Two digits, letters in either case. */
function hexDigits(byte: number): string {
  return byte
    .toString(16)
    .toUpperCase()
    .padStart(2, '0')
    .replace(/[A-F]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
}
