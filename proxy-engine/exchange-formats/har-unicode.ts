/** What a HAR says of a body beside its headers: its texts are Unicode, whatever charset headers and documents go on naming. Pure. */
import { charsetOf, withCharset } from '../contract/charset.ts';
import { type Json, textAt } from '../foreign-json.ts';
import type { TellProblem } from './har-read.ts';

type Pairs = [name: string, value: string][];

/** The headers of a body that was read from `content`, as they have to be for its text to be read again. */
export function headersForText(headers: Pairs, body: Buffer, content: Json | null, tell: TellProblem): Pairs {
  const isBytes = textAt(content, 'encoding').toLowerCase() === 'base64';
  const header = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const told = body.length > 0 ? textAt(content, 'mimeType') : '';
  const type = header ?? (told.includes('/') ? told : undefined);
  if (type === undefined) return headers;
  if (header === undefined) tell('its content type stood in mimeType alone');
  const isForeign = !isBytes && isOther(body, charsetOf(body, type));
  if (isForeign) tell('the charset of a text became utf-8: texts in a HAR are Unicode');
  if (type === header && !isForeign) return headers;
  return withContentType(headers, isForeign ? withCharset(type, 'utf-8') : type);
}

/** Whether viewers would read something else. */
function isOther(body: Buffer, charset: string | undefined): boolean {
  if (charset === undefined) return false;
  try {
    return new TextDecoder(charset, { ignoreBOM: true }).decode(body) !== body.toString('utf8');
  } catch {
    // Nobody knows it; then a text is read as UTF-8.
    return false;
  }
}

export function withContentType(headers: Pairs, contentType: string): Pairs {
  return [...headers.filter(([name]) => name.toLowerCase() !== 'content-type'), ['Content-Type', contentType]];
}
