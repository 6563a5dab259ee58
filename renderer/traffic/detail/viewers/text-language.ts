import { isJsonLines } from '../../json/one-a-line.ts';
import { mediaType } from './viewer.ts';

export type TextLanguage = 'css' | 'html' | 'javascript' | 'json' | 'xml';

/** The language of texts of that type; null: it is shown in one colour. */
export function languageOf(contentType: string | undefined): TextLanguage | null {
  const type = mediaType(contentType);
  if (/[/+]json$/.test(type) || isJsonLines(type)) return 'json';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (/[/+]xml$/.test(type)) return 'xml';
  if (type === 'text/css') return 'css';
  return /[/.-](?:javascript|ecmascript|typescript)$/.test(type) ? 'javascript' : null;
}
