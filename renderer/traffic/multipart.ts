/** One part of a multipart body (RFC 2046 §5.1, names as in RFC 7578). */
export interface BodyPart {
  name?: string;
  fileName?: string;
  contentType?: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The parts of a body, as far as it is here; null when the content type names no boundary or the body does not have it. */
export function readMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string | undefined): BodyPart[] | null {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '');
  if (!boundary) return null;
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  const text = new TextDecoder('latin1').decode(bytes); // one char a byte: places in it are places in the bytes
  const parts: BodyPart[] = [];
  let at = text.indexOf(delimiter);
  if (at < 0) return null;
  while (at >= 0) {
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
  const headAt = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  const gap = /\r?\n\r?\n/.exec(text.slice(headAt, end + 4));
  if (!gap || headAt + gap.index > end) return null;
  const gapEnd = headAt + gap.index + gap[0].length;
  const headers = new TextDecoder().decode(bytes.subarray(lineEnd + 1, headAt + gap.index));
  const bodyEnd = text[end - 1] === '\r' ? end - 1 : end;
  const parameters = parametersOf(headerOf(headers, 'content-disposition') ?? '');
  return {
    name: parameters.get('name'),
    fileName: parameters.get('filename'),
    contentType: headerOf(headers, 'content-type'),
    bytes: bytes.subarray(gapEnd, Math.max(gapEnd, bodyEnd)),
  };
}

function headerOf(headers: string, name: string): string | undefined {
  const line = headers.split(/\r?\n/).find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gs;

/** Parameters by their names in lower case, quoted or not; `name*` wins over `name` (RFC 6266 §4.3). */
function parametersOf(header: string): ReadonlyMap<string, string> {
  const found = [...header.matchAll(PARAMETER)].map(([, name = '', quoted, bare = '']): [string, string] => {
    // Some programs put paths of Windows there: only what has to be escaped was.
    const value = quoted === undefined ? bare.trim() : quoted.replace(/\\(["\\])/g, '$1');
    return [name.toLowerCase(), value];
  });
  const extended = found.flatMap(([name, value]): [string, string][] => {
    const text = name.endsWith('*') ? extendedValue(value) : null;
    return text === null ? [] : [[name.slice(0, -1), text]];
  });
  return new Map([...found, ...extended]);
}

/** `utf-8'en'%C3%A4` (RFC 8187 §3.2); null: it is none. */
function extendedValue(value: string): string | null {
  const [, charset = '', encoded = ''] = /^([\w.:-]+)'[^']*'(.*)$/s.exec(value) ?? [];
  const bytes = encoded.replace(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  try {
    return new TextDecoder(charset).decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}
