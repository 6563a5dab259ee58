/** What a report says in general words, and the differences that these words explain. */
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import type { Difference } from './compared.ts';
import type { Sent } from './crossing-parts.ts';

/** What a report says without giving the whole case up, and the differences that it explains. */
const EXPLAINED: readonly { why: RegExp; explains(difference: Difference): boolean }[] = [
  {
    why: /leaves one, made of the last/,
    explains: ({ sent, ours, part }) =>
      hasMany(sent) || part === '>set-cookie' || (sent.headers['x-h'] !== undefined && /, /.test(ours ?? '')),
  },
  {
    why: /several lines/,
    // A header that is written for one case is so for all, and empty ones are then left out by nginx.
    explains: ({ sent, part, ours, theirs }) =>
      hasMany(sent) || (part === '<x-h' && ours === '' && theirs === undefined),
  },
  { why: /with a comma/, explains: ({ sent }) => sent.headers['x-h'] !== undefined },
  { why: /all lines of the header/, explains: ({ sent }) => sent.headers['x-h'] !== undefined },
  { why: /no line without a value|lines that have none/, explains: ({ ours }) => ours === '' },
  { why: /without a content-type then/, explains: ({ part }) => part === '>content-type' },
  { why: /page of its own/, explains: ({ part }) => part === '>content-type' },
  {
    why: /capitals|brackets/,
    explains: ({ ours, theirs, sent }) => ours?.toLowerCase() === theirs?.toLowerCase() || hasHostOnEdge(sent),
  },
  { why: /move to the end/, explains: ({ sent: { path } }) => /%6B|[?&][ku]\b/.test(path) },
  { why: /letters and digits/, explains: ({ sent: { path } }) => /%6B|%31|[?&]([ke])\b.*&\1\b/.test(path) },
  { why: /takes an empty/, explains: ({ sent }) => sent.headers['x-h'] === '' },
  { why: /stays as it is\b/, explains: ({ part, theirs }) => part === '>content-type' && /, /.test(theirs ?? '') },
  { why: /server: nginx/, explains: ({ part, theirs }) => part === '>server' && theirs === 'nginx' },
  { why: /Host line alone/, explains: () => false },
  { why: /letters, digits and underscores/, explains: () => false },
  { why: /one _$/, explains: () => false },
  { why: /begins no escape/, explains: ({ sent }) => sent.path.includes('%zz') },
  {
    why: /decoded path/,
    explains: ({ part, ours = '', theirs = '' }) => part === 'url' && unescaped(ours) === unescaped(theirs),
  },
  { why: /names itself/, explains: ({ part, theirs }) => part === '>server' && /^Caddy\b/.test(theirs ?? '') },
  { why: /sees all parameters/, explains: ({ sent }) => /q=.*q=/.test(sent.path) },
  { why: /a dollar in the value/, explains: ({ sent }) => JSON.stringify(sent.headers).includes('$') },
  { why: /right behind another|some empty matches twice/, explains: ({ part }) => part === '<x-h' || part === 'url' },
  { why: /first line of cookies/, explains: () => false },
];

function hasHostOnEdge({ headers: { host } }: Sent): boolean {
  return /^\[|\.$/.test(String(host));
}

function unescaped(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasMany({ headers }: Sent): boolean {
  return Array.isArray(headers['x-h']);
}

export function explanationOf({ why }: ExportDoubt) {
  return EXPLAINED.find((each) => each.why.test(why));
}
