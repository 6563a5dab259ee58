/** Texts and patterns as they stand in a query (application/x-www-form-urlencoded), where each character has several spellings. */
import { classOf } from './classes.ts';

/** `text` as it may stand in a query: each character as it is or percent-encoded, a space as `+` too. */
export function encodedPattern(text: string): string {
  return Array.from(text)
    .map((char, i, chars) => {
      const plain = char === ' ' ? '\\+' : char.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
      const hex = Array.from(Buffer.from(char, 'utf8'), (byte) => `%${hexDigits(byte)}`).join('');
      const isEscape = char === '%' && /^[\da-f]{2}/i.test(chars.slice(i + 1, i + 3).join(''));
      return char === '&' || char === '+' || isEscape ? hex : `(?:${plain}|${hex})`;
    })
    .join('');
}

/** Of UTF-8, a character of several bytes. */
const SEVERAL_BYTES = '%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){1,3}';

/** A percent sign that begins no escape. */
const BROKEN = '%[0-9A-Fa-f]?(?:[^0-9A-Fa-f&]|$)';

/** Any character in a query; never a part of one. */
export const ANY_ENCODED = `(?:${SEVERAL_BYTES}|%[0-9A-Fa-f]{2}|[^&%]|${BROKEN})`;

/** The same without the line feed. */
export const DOT_ENCODED = `(?:${SEVERAL_BYTES}|%(?:0[0-9B-Fb-f]|[1-9A-Fa-f][0-9A-Fa-f])|[^&%]|${BROKEN})`;

/** One of `chars`, which are ASCII, in a query; `beyond`: or any other. */
export function encodedClass(chars: readonly string[], beyond: boolean): string {
  const plain = chars.filter((char) => /[!-~]/.test(char) && !'&%+'.includes(char));
  const forms = [
    ...(plain.length > 0 ? [classOf(plain)] : []),
    ...(chars.includes(' ') ? ['\\+'] : []),
    ...(chars.length > 0 ? [`%(?:${hexForms(chars).join('|')})`] : []),
    ...(beyond ? [SEVERAL_BYTES] : []),
  ];
  return `(?:${forms.join('|')})`;
}

/** By their first digit. */
function hexForms(chars: readonly string[]): string[] {
  const seconds = new Map<string, string>();
  for (const char of chars) {
    const [first = '', second = ''] = char.charCodeAt(0).toString(16).padStart(2, '0');
    seconds.set(first, `${seconds.get(first) ?? ''}${/\d/.test(second) ? second : second + second.toUpperCase()}`);
  }
  return [...seconds].map(([first, second]) => `${first}[${second}]`);
}

/** Two digits, letters in either case. */
function hexDigits(byte: number): string {
  return byte
    .toString(16)
    .toUpperCase()
    .padStart(2, '0')
    .replace(/[A-F]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
}
