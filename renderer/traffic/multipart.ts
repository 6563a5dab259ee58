/** One part of a multipart body (RFC 2046 §5.1, names as in RFC 7578). */
export interface BodyPart {
  name?: string;
  fileName?: string;
  contentType?: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const MOST_PARTS = 1000;

/** The parts of a body, as far as it is here; null when the content type names no boundary or the body does not have it. */
export function readMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string | undefined): BodyPart[] | null {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '');
  if (!boundary) return null;
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  const text = new TextDecoder('latin1').decode(bytes); // one char a byte: places in it are places in the bytes
  const parts: BodyPart[] = [];
  let at = text.indexOf(delimiter);
  if (at < 0) return null;
  while (at >= 0 && parts.length < MOST_PARTS) {
    const start = at + delimiter.length;
    if (text.startsWith('--', start)) break;
    const next = text.indexOf(`\n${delimiter}`, start);
    const part = readPart(bytes, text, start, next < 0 ? text.length : next);
    if (part) parts.push(part);
    at = next < 0 ? -1 : next + 1;
  }
  return parts;
}

/** `end`: of the line feed before the next delimiter. */
function readPart(bytes: Uint8Array<ArrayBuffer>, text: string, start: number, end: number): BodyPart | null {
  const lineEnd = text.indexOf('\n', start);
  if (lineEnd < 0 || lineEnd > end) return null;
  const head = /\r?\n\r?\n/g;
  head.lastIndex = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  const gap = head.exec(text);
  if (!gap || gap.index > end) return null;
  const headers = new TextDecoder().decode(bytes.subarray(lineEnd + 1, gap.index));
  const bodyEnd = text[end - 1] === '\r' ? end - 1 : end;
  const disposition = headerOf(headers, 'content-disposition') ?? '';
  return {
    name: /[; ]name="([^"]*)"/i.exec(disposition)?.[1],
    fileName: /filename="([^"]*)"/i.exec(disposition)?.[1],
    contentType: headerOf(headers, 'content-type'),
    bytes: bytes.subarray(gap.index + gap[0].length, Math.max(gap.index + gap[0].length, bodyEnd)),
  };
}

function headerOf(headers: string, name: string): string | undefined {
  const line = headers.split(/\r?\n/).find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
