/** `$arg_…` and `$cookie_…`: nginx looks for their names in any case, and takes the first value as it was sent. */
import { escapePattern, keyed, test } from '../expressions.ts';

interface Kind {
  field: string;
  /** What ends a value. */
  end: string;
  /** What ends a pair, and what may come between it and the next one. */
  ends: string;
  blanks: string;
  /** What may stand around the sign between name and value. */
  around: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  arg: { field: 'query', end: '&', ends: '&', blanks: '', around: '' },
  cookie: { field: keyed('header', 'cookie'), end: ';', ends: ';,', blanks: ' *', around: ' *' },
};

/** A condition on one of them; null: it cannot be said; absent: it is none of them. */
export function pairCondition(
  variable: string,
  operator: string | undefined,
  value: string,
): string | null | undefined {
  const [, written = '', name = ''] = /^\$(arg|cookie)_(\w+)$/.exec(variable) ?? [];
  const kind = KINDS[written];
  return kind && singleCondition(kind, beginningOf(name, kind), operator, value);
}

/** All up to the value of the first pair of that name. */
function beginningOf(name: string, kind: Kind): string {
  const { ends, blanks, around } = kind;
  return `^(?i:(?:${otherPair([...name], kind)}[${ends}]${blanks})*${name}${around}=${around})`;
}

/** A pair of another name, letter by letter. */
function otherPair([letter, ...rest]: readonly string[], kind: Kind): string {
  const { ends, around } = kind;
  const any = `[^${ends}]*`;
  if (letter === undefined) return `${around}(?:[^${around.slice(0, 1)}=${ends}]${any})?`;
  return `(?:[^${letter}${ends}]${any}|${letter}${otherPair(rest, kind)})?`;
}

function singleCondition({ field, end }: Kind, begin: string, operator: string | undefined, value: string) {
  const given = test(field, '~', `${begin}[^${end}]`);
  const equal = (text: string) => test(field, '~', `${begin}${escapePattern(text)}(?:${end}|$)`);
  switch (operator) {
    case undefined:
      // Neither empty nor 0.
      return `${given} and not ${equal('0')}`;
    case '=':
      return value === '' ? `not ${given}` : equal(value);
    case '!=':
      return value === '' ? given : `not ${equal(value)}`;
    default: {
      const pattern = withinValue(value, operator, end);
      const positive = pattern === null ? null : test(field, '~', begin + pattern);
      return positive !== null && operator.startsWith('!') ? `not ${positive}` : positive;
    }
  }
}

/** null: it could go beyond the value. */
function withinValue(pattern: string, operator: string, end: string): string | null {
  const [, start, inner = '', stop] =
    /^(\^?)((?:\((?:[\w%/-]|\\[./dw-]|\|)+\)|(?:[\w%/:,=@.-]|\\[./?dw-]|\[[\w/-]+\])[+*?]?)+)(\$?)$/.exec(pattern) ??
    [];
  if (start === undefined) return null;
  const own = inner.replace(/\\.|\[[^\]]*\]|\./g, (atom) => (atom === '.' ? `[^${end}]` : atom));
  const letters = operator.endsWith('*') ? `(?i:${own})` : own;
  return `${start === '^' ? '' : `[^${end}]*`}${letters}${stop === '$' ? `(?:${end}|$)` : ''}`;
}
