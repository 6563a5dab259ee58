/** In which charset the bytes of a text are, by what they and their message say (WHATWG HTML §13.2.3, XML 1.0 appendix F). Pure. */

/** Declarations stand within the first bytes. */
const DECLARED_WITHIN = 1024;

const MARKS: readonly [bytes: readonly number[], charset: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
];

/** What a person can choose when nothing tells it, or tells it wrong: names of the Encoding Standard. */
export const CHARSETS: readonly string[] =
  'utf-8 big5 gb18030 shift_jis euc-jp iso-2022-jp euc-kr windows-1252 iso-8859-2 windows-1251 koi8-r utf-16le utf-16be'.split(
    ' ',
  );

/** A byte order mark, else the content type, else what the document itself declares; undefined: nothing tells it. */
export function charsetOf(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  return markOf(bytes) ?? charsetIn(contentType) ?? declaredIn(bytes, contentType);
}

/** Whether texts in the charset are bytes as UTF-8 has them. */
export function isUtf8(charset: string): boolean {
  return /^(?:utf-?8|us-ascii|ascii)$/i.test(charset);
}

/** Whether the content type names a charset whose bytes are not those of UTF-8. */
export function isForeign(contentType: string): boolean {
  const charset = charsetIn(contentType);
  return charset !== undefined && !isUtf8(charset);
}

/** The content type with another charset. */
export function withCharset(contentType: string | undefined, charset: string): string {
  const [type, named] = [contentType ?? 'text/plain', `; charset=${charset}`];
  return CHARSET.test(type) ? type.replace(CHARSET, named) : type + named;
}

const CHARSET = /;\s*charset\s*=\s*"?([\w:.-]+)"?/i;

const EVENT_STREAM = /^\s*text\/event-stream\b/i;

/** What a content type names; undefined: none. Event streams are in UTF-8 whatever they name (WHATWG HTML §9.2.5). */
export function charsetIn(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  return EVENT_STREAM.test(contentType) ? 'utf-8' : CHARSET.exec(contentType)?.[1];
}

function markOf(bytes: Uint8Array): string | undefined {
  return MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1];
}

function declaredIn(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  if (contentType !== undefined && !/html|xml/i.test(contentType)) return undefined;
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, DECLARED_WITHIN));
  const inXml = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(beginning)?.[1];
  const inHtml = /<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)/i.exec(beginning.replace(/<!--.*?-->/gs, ''))?.[1];
  const declared = inXml ?? inHtml;
  // Who can read the declaration byte by byte is not reading UTF-16.
  return /^utf-?16/i.test(declared ?? '') ? 'utf-8' : declared;
}
