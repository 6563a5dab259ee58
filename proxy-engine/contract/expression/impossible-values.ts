/** Values that no exchange has: what is told of a condition that asks for them. */
import type { Literal, Simple } from './literals.ts';

/** Why a condition never holds, or hardly ever. */
export type Reason =
  | 'path-slash'
  | 'path-query'
  | 'path-fragment'
  /** Not as clients send it: percent-encoded. */
  | 'encoded'
  | 'scheme'
  | 'url-start'
  | 'host-port'
  | 'query-mark'
  | 'network'
  | 'status'
  | 'port'
  | 'method'
  | 'protocol'
  | 'address'
  | 'wildcard'
  | 'header-name'
  | 'cookie-value'
  | 'range';

/** What is known about the values of a field whatever the exchange; null: nothing speaks against the condition. */
export function impossible({ subject, test: asked, negated }: Literal): Reason | null {
  if (negated) return null;
  if (HEADER.test(subject) && !HEADER_NAME.test(subject.replace(HEADER, ''))) return 'header-name';
  if (asked.kind === 'there') return null;
  if (asked.kind === 'ranges') return asked.ranges.every(([low, high]) => low > high) ? 'range' : null;
  const tests = asked.kind === 'matches' ? asked.needs : [asked];
  return tests.map((test) => impossibleText(subject, test)).find((reason) => reason !== null) ?? null;
}

function impossibleText(subject: string, test: Simple): Reason | null {
  const whole = test.kind === 'in' ? test.values : test.kind === 'starts' ? [test.text] : [];
  const anywhere = test.kind === 'ends' || test.kind === 'contains' ? [test.text] : whole;
  if (anywhere.length === 0) return null;
  if (subject.startsWith('cookie ')) return anywhere.every((text) => text.includes(';')) ? 'cookie-value' : null;
  switch (subject) {
    case 'method':
      return anywhere.every((text) => /[^!#$%&'*+\-.^_`|~0-9A-Z]/.test(text)) ? 'method' : null;
    case 'port':
      return anywhere.every((text) => !mayBePort(text, test.kind)) ? 'port' : null;
    case 'protocol':
      return test.kind === 'in' && whole.every((text) => OTHER_PROTOCOLS.test(text)) ? 'protocol' : null;
    case 'path':
      return impossiblePath(whole, anywhere);
    case 'url':
      if (anywhere.every((text) => text.includes('#'))) return 'path-fragment';
      if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
      return whole.length > 0 && !whole.some((text) => beginsOneOf(text, ORIGINS)) ? 'url-start' : null;
    case 'scheme':
      return whole.length > 0 && !whole.some((text) => beginsOneOf(text, SCHEMES, test.kind === 'in'))
        ? 'scheme'
        : null;
    case 'host':
      return anywhere.every((text) => /\/|^[^:]+:\d+$/.test(text)) ? 'host-port' : null;
    case 'clientIp':
      if (anywhere.every((text) => text.includes('/'))) return 'network';
      return whole.length > 0 && whole.every((text) => isNoAddress(text, test.kind)) ? 'address' : null;
    case 'query':
      if (anywhere.every((text) => text.includes('#'))) return 'path-fragment';
      if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
      return whole.length > 0 && whole.every((text) => text.startsWith('?')) ? 'query-mark' : null;
    default:
      return null;
  }
}

const HEADER = /^(?:header|requestHeader|responseHeader) /;
/** RFC 9110 §5.1 */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** As other programs call what is HTTP/1.1, HTTP/2 or HTTP/3 here. */
const OTHER_PROTOCOLS = /^(?:H[123]C?|HTTP[123](?:\.\d)?|HTTP\/[23]\.0)$/;

/** Whether the text may be all (`in`) or a part of a port, which is written without leading zeros. */
function mayBePort(text: string, kind: 'in' | 'starts' | 'ends' | 'contains'): boolean {
  if (!/^\d{0,5}$/.test(text) || (text.length === 5 && Number(text) > 65_535)) return false;
  if (kind === 'in') return text !== '' && (text === '0' || !text.startsWith('0'));
  return text.length < 5 || !text.startsWith('0');
}

/** Whether it is not, or (`starts`) not the beginning of, an address in digits. */
function isNoAddress(text: string, kind: 'in' | 'starts' | 'ends' | 'contains'): boolean {
  if (text === '') return false;
  // A zone may stand behind an address: `fe80::1%lo`.
  const [address = ''] = text.split('%');
  if (/[^0-9a-f.:]/i.test(address)) return true;
  const parts = address.split('.');
  if (parts.length > 1 && !address.includes(':') && parts.some((part) => Number(part) > 255)) return true;
  return kind === 'in' && !address.includes(':') && parts.length !== 4;
}

/** No request is taken that has these in its target (RFC 9112 §3.2). */
const NEVER_SENT = /[\0-\x20\x7f]/;
const SCHEMES = ['http', 'https'];
const ORIGINS = ['http://', 'https://'];

function impossiblePath(whole: readonly string[], anywhere: readonly string[]): Reason | null {
  if (anywhere.every((text) => text.includes('?'))) return 'path-query';
  if (anywhere.every((text) => text.includes('#'))) return 'path-fragment';
  if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
  const isElsewhere = (text: string) => text !== '' && text !== '*' && !text.startsWith('/');
  return whole.length > 0 && whole.every(isElsewhere) ? 'path-slash' : null;
}

/** Whether a value may begin with `text`, or (`exactly`) be it. */
function beginsOneOf(text: string, values: readonly string[], exactly = false): boolean {
  return values.some((value) => (exactly ? value === text : value.startsWith(text) || text.startsWith(value)));
}

/** What nobody sends who keeps to the rules: such a condition may hold, but hardly as it is meant. */
export function unheardOf({ subject, test, negated }: Literal): Reason | null {
  if (negated) return null;
  if (subject === 'status' && test.kind === 'ranges')
    return test.ranges.every(([low, high]) => high < 100 || low >= 600) ? 'status' : null;
  const texts = test.kind === 'in' ? test.values : 'text' in test ? [test.text] : [];
  // Other programs take it for any name.
  if (subject === 'host') return texts.length > 0 && texts.every((text) => text.includes('*')) ? 'wildcard' : null;
  if (subject !== 'path' && subject !== 'url' && subject !== 'query') return null;
  return texts.length > 0 && texts.every((text) => /[^\0-\x7f]/.test(text)) ? 'encoded' : null;
}
