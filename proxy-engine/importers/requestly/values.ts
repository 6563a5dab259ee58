/** Texts in Requestly's rules. */
import type { DraftAction, DraftResponseAction } from '../draft.ts';
import { literal } from '../expressions.ts';

export interface Changes {
  request?: DraftAction[];
  response?: DraftResponseAction[];
  /** What the change itself asks for. */
  also?: string;
  why?: string;
}

/** Says why something has no counterpart. */
export class NotThere extends Error {}

/** Requestly's recipe for CORS. */
export const ORIGIN = 'rq_request_initiator_origin()';

/** A value; of the functions of Requestly, the one for the origin has a counterpart. Throws `NotThere`. */
export function valueOf(text: string): string {
  const parts = text.split(ORIGIN);
  parts.forEach(refuseFunctions);
  return parts.map(literal).join('$header[origin]');
}

export function refuseFunctions(text: string): void {
  const [name] = /\brq_\w+\(/.exec(text) ?? [];
  if (name !== undefined) throw new NotThere(`${name}) is a function of Requestly, which has no counterpart here`);
}

/** `/pattern/flags`; null: it is none. */
export function patternIn(text: string): { source: string; ignoresCase: boolean } | null {
  const [, source, flags = ''] = /^\/(.*)\/([dgimsuy]*)$/.exec(text) ?? [];
  return source === undefined ? null : { source: source.replaceAll('\\/', '/'), ignoresCase: flags.includes('i') };
}
