/** Answers: Traefik has none of its own, but refuses clients with a status, and nobody has the one address that it lets in. */
import type { RespondConfig } from '../../contract/config.ts';
import type { Notes } from '../notes.ts';
import type { Section } from './middlewares.ts';

/** Those that Go has a name for; Traefik refuses a file with others. */
const NAMED: ReadonlySet<number> = new Set(
  [
    [200, 208],
    [226, 226],
    [300, 305],
    [307, 308],
    [400, 418],
    [421, 426],
    [428, 429],
    [431, 431],
    [451, 451],
    [500, 508],
    [510, 511],
  ].flatMap(([first = 0, last = 0]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
);

const FORBIDDEN = 403;

/** A middleware that lets nothing through. */
export function refusing(status: number = FORBIDDEN): Section {
  return { ipAllowList: { sourceRange: ['255.255.255.255/32'], rejectStatusCode: status } };
}

/** The middleware in place of an answer; what it leaves out is told at `path`. */
export function answering(notes: Notes, path: string, what: string, answer: RespondConfig): Section {
  const { status, headers, body = '', bodyFile } = answer;
  const known = NAMED.has(status) ? status : FORBIDDEN;
  const why =
    known === status
      ? 'Traefik answers with a status and its name alone'
      : `Traefik answers with a status and its name alone; ${known} instead of ${status}`;
  if (Object.keys(headers).length > 0 || body !== '' || bodyFile !== undefined) notes.refuse(path, what, why);
  else notes.approximate(path, what, why);
  return refusing(known);
}
