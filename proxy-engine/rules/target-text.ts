/** Request targets as scripts and people see them, and back. */
import { wireText } from '../contract/wire-text.ts';

/** As text; on the wire it is latin1, one char a byte. */
export function readableTarget(target: string): string {
  return wireText(target);
}

/** What was left alone keeps its bytes; in what was written, characters beyond ASCII are escaped (RFC 3986 §2.5). */
export function writtenTarget(text: string, before: string): string {
  if (text === readableTarget(before)) return before;
  return text.toWellFormed().replace(/[\x80-\uffff]+/g, encodeURIComponent);
}
