/** What a report says in general words, and the differences that these words explain. */
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import type { Difference } from './compared.ts';
import type { Sent } from './wire.ts';

interface Explanation {
  why: RegExp;
  explains(difference: Difference, doubt: ExportDoubt): boolean;
}

/** What a report says without giving the whole case up, and the differences that it explains. */
const EXPLAINED: readonly Explanation[] = [
  {
    why: /leaves one, made of the last/,
    explains: ({ sent, ours = '', part }) => hasMany(sent) || part === '>set-cookie' || ours.includes(', '),
  },
  {
    why: /several lines/,
    // A header that is written for one case is so for all, and empty ones are then left out by nginx.
    explains: ({ sent, part, ours = '', theirs }, { what }) =>
      hasMany(sent) ||
      (what.split(', ').includes(part.slice(1)) && ((ours === '' && theirs === undefined) || ours.includes(', '))),
  },
  { why: /with a comma/, explains: ({ sent }, doubt) => nameIn(doubt) in sent.headers },
  { why: /all lines of the header/, explains: ({ sent }, doubt) => nameIn(doubt) in sent.headers },
  // What is appended to nothing follows a comma.
  {
    why: /no line without a value|lines that have none/,
    explains: ({ ours }) => ours === '' || /^, |, $/.test(ours ?? ''),
  },
  { why: /does not leave that of the request/, explains: ({ part }) => part === '<host' },
  { why: /leaves out the content-type/, explains: ({ part }) => part === '>content-type' || part === 'text' },
  {
    why: /leaves out a User-Agent that is empty/,
    explains: ({ part, ours }) => part === '<user-agent' && ours === '',
  },
  { why: /without a content-type then/, explains: ({ part }) => part === '>content-type' },
  {
    why: /page of its own/,
    explains: ({ part, ours }) => part === '>content-type' || (part === 'text' && ours === ''),
  },
  {
    why: /pages of its own|texts of its own/,
    explains: ({ part, isPage }) => isPage && ['text', '>content-type', '>cache-control'].includes(part),
  },
  {
    why: /capitals|brackets/,
    explains: ({ ours, theirs, sent }) => ours?.toLowerCase() === theirs?.toLowerCase() || hasHostOnEdge(sent),
  },
  { why: /move to the end/, explains: ({ sent: { path } }) => /%6B|%31|[?&]\w\b/.test(path) },
  { why: /passes it on as %23/, explains: ({ sent: { path } }) => path.includes('#') },
  { why: /takes an empty/, explains: ({ sent: { headers } }) => Object.values(headers).includes('') },
  { why: /stays as it is\b/, explains: ({ part, theirs }) => part === '>content-type' && /, /.test(theirs ?? '') },
  { why: /server: nginx/, explains: ({ part, theirs }) => part === '>server' && theirs === 'nginx' },
  {
    why: /an interim answer comes first/,
    explains: ({ part, sent }) => part.startsWith('>') && 'expect' in sent.headers,
  },
  {
    why: /takes the usual port away/,
    explains: ({ sent, ours = '', theirs }) => sent.path.startsWith('http') && ours.replace(':80', '') === theirs,
  },
  { why: /Host line alone/, explains: ({ sent }) => sent.path.startsWith('http') },
  { why: /letters, digits and underscores/, explains: () => false },
  { why: /one _$/, explains: () => false },
  { why: /begins no escape/, explains: ({ sent }) => /%(?![0-9a-f]{2})/i.test(sent.path) },
  {
    why: /decoded path/,
    explains: ({ part, ours = '', theirs = '' }) => part === 'url' && unescaped(ours) === unescaped(theirs),
  },
  { why: /names itself/, explains: ({ part, theirs }) => part === '>server' && /^Caddy\b/.test(theirs ?? '') },
  { why: /a dollar in the value/, explains: ({ sent }) => JSON.stringify(sent.headers).includes('$') },
  { why: /right behind another|some empty matches twice/, explains: ({ part }) => part === '<x-h' || part === 'url' },
  { why: /makes of a few/, explains: () => false },
  { why: /hold over many only/, explains: ({ part }) => part === 'backend' },
  { why: /neither TE, Expect nor trailers/, explains: ({ part }) => part === '<te' || part === '<expect' },
  {
    why: /content-type out of answers with 304/,
    explains: ({ part, sent }) => part === '>content-type' && /st=304/.test(sent.path),
  },
  {
    why: /does not apply them to 101/,
    explains: ({ part, sent }) => part.startsWith('>') && sent.headers['upgrade'] !== undefined,
  },
  { why: /says text\/plain/, explains: ({ part, ours }) => part === '>content-type' && ours === undefined },
  { why: /do not go on as they came/, explains: ({ part }) => part.startsWith('<x-forwarded-') },
];

/** Of the header that the doubt is about. */
function nameIn({ path, what }: ExportDoubt): string {
  return /(?:append|set)[ .]([^ .]+)$/.exec(`${path} ${what}`)?.[1] ?? path.split('.').at(-1) ?? '';
}

function hasHostOnEdge({ headers: { host } }: Sent): boolean {
  return /^\[|\.$/.test(String(host));
}

function unescaped(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasMany({ headers }: Sent): boolean {
  return Object.values(headers).some((value) => Array.isArray(value));
}

/** Whether a difference is what `doubt` tells of; undefined: nobody knows, it may be any. */
export function explanationOf(doubt: ExportDoubt): ((difference: Difference) => boolean) | undefined {
  const found = EXPLAINED.find(({ why }) => why.test(doubt.why));
  return found && ((difference) => found.explains(difference, doubt));
}
