/** `$arg_…` and `$cookie_…`: nginx looks for their names in any case, and takes the first value as it was sent. */
import { escapePattern, keyed, test } from '../expressions.ts';

interface Kind {
  field: string;
  /** What ends a value. */
  end: string;
  /** Between two of them. */
  between: string;
  /** Between name and value. */
  equals: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  arg: { field: 'query', end: '&', between: '&', equals: '=' },
  cookie: { field: keyed('header', 'cookie'), end: ';', between: '[;,] *', equals: ' *= *' },
};

/** A condition on one of them; null: it cannot be said; absent: it is none of them. A name that comes twice is taken to hold: that closes. */
export function pairCondition(
  variable: string,
  operator: string | undefined,
  value: string,
): string | null | undefined {
  const [, written = '', name = ''] = /^\$(arg|cookie)_(\w+)$/.exec(variable) ?? [];
  const kind = KINDS[written];
  if (!kind) return undefined;
  const { field, between, equals } = kind;
  const named = `(?i:${name})${equals}`;
  const holds = singleCondition(kind, `(?:^|${between})${named}`, operator, value);
  return holds && `${holds} or ${test(field, '~', `(?:^|${between})${named}.*${between}${named}`)}`;
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
