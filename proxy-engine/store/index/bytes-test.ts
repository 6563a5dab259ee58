/** Conditions on a text that lies as UTF-8 in a buffer, asked without making a string. */

/** Asks bytes of UTF-8. */
export type BytesTest = (text: Buffer, from: number, to: number) => boolean;

export function testOf(operator: '=' | '^=' | '$=' | '*=', wanted: Buffer): BytesTest {
  const { length } = wanted;
  switch (operator) {
    case '=':
      return (text, from, to) => to - from === length && isAt(text, from, wanted);
    case '^=':
      return startingWith(wanted);
    case '$=':
      return (text, from, to) => to - from >= length && isAt(text, to - length, wanted);
    case '*=':
      return containing(wanted);
  }
}

export function startingWith(wanted: Buffer): BytesTest {
  return (text, from, to) => to - from >= wanted.length && isAt(text, from, wanted);
}

function isAt(text: Buffer, at: number, wanted: Buffer): boolean {
  for (let n = 0; n < wanted.length; n++) if (text[at + n] !== wanted[n]) return false;
  return true;
}

/**
 * By hand, for a call into Node takes longer than looking at a short text; as Horspool does it: the byte under the end of what is looked
 * for tells how far it can be moved on at least.
 */
export function containing(wanted: Buffer): BytesTest {
  const { length } = wanted;
  if (length === 0) return () => true;
  const steps = new Uint32Array(256).fill(length);
  for (let n = 0; n < length - 1; n++) steps[wanted[n] as number] = length - 1 - n;
  const last = wanted[length - 1];
  return (text, from, to) => {
    for (let end = from + length - 1; end < to; ) {
      const byte = text[end] as number;
      if (byte === last && isAt(text, end - length + 1, wanted)) return true;
      end += steps[byte] as number;
    }
    return false;
  };
}

/** What was not there is looked for first the next time: the others may be in every text. */
export function containingAll(tests: BytesTest[]): BytesTest {
  return (text, from, to) => {
    for (let n = 0; n < tests.length; n++) {
      if (tests[n]?.(text, from, to)) continue;
      if (n > 0) tests.unshift(...tests.splice(n, 1));
      return false;
    }
    return true;
  };
}
