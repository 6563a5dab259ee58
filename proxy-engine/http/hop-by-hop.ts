/** Which header lines belong to one connection only and are not forwarded (RFC 9110 §7.6.1); `Trailer` is none of them (§6.6.2). */
import { type Headers, sameName } from './headers.ts';

/** Named by `Connection`, these stay all the same: removing them would change the message for the next reader. */
const PROTECTED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
  'date',
  'location',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

function isConnectionField(name: string): boolean {
  switch (name.length) {
    case 2:
      return sameName(name, 'te');
    case 7:
      return sameName(name, 'upgrade');
    case 10:
      return sameName(name, 'connection') || sameName(name, 'keep-alive');
    case 14:
      return sameName(name, 'http2-settings');
    case 16:
      return sameName(name, 'proxy-connection');
    case 17:
      return sameName(name, 'transfer-encoding');
    default:
      return false;
  }
}

/** The lines that go on: a new list in the same order and spelling. */
export function forwardable(headers: Headers): Headers {
  const kept = headers.filter(isForwarded);
  if (kept.size < headers.size) dropNominated(kept, headers);
  return kept;
}

/**
 * The same lines as they go over the wire, without the length of a body when there `isNone`. Nearly no message nominates lines of its
 * own: of the others no list is made.
 */
export function forwardableText(headers: Headers, isNone: boolean): string {
  if (nominatesNothing(headers)) return headers.text(isNone ? isOfConnectionOrLength : isConnectionField);
  const kept = forwardable(headers);
  if (isNone) kept.delete('content-length');
  return kept.text();
}

function isOfConnectionOrLength(name: string): boolean {
  return isConnectionField(name) || sameName(name, 'content-length');
}

function isForwarded(name: string): boolean {
  return !isConnectionField(name);
}

/** What nearly all `Connection` lines say. */
function nominatesNothing(headers: Headers): boolean {
  const said = headers.getList('connection') ?? '';
  return said === '' || sameName(said, 'keep-alive') || sameName(said, 'close') || sameName(said, 'upgrade');
}

/** Names that the `Connection` of `headers` lists belong to the connection, too. */
function dropNominated(kept: Headers, headers: Headers): void {
  if (nominatesNothing(headers)) return;
  for (const entry of headers.getList('connection')!.split(',')) {
    const name = entry.trim().toLowerCase();
    if (name !== '' && !PROTECTED.has(name)) kept.delete(name);
  }
}
