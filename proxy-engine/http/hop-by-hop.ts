/** Which header lines belong to one connection only and are not forwarded (RFC 9110 §7.6.1). */
import { Headers, sameName } from './headers.ts';

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
      return sameName(name, 'upgrade') || sameName(name, 'trailer');
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
  const { flat } = headers;
  const nominated = nominatedNames(headers);
  const kept: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    if (isConnectionField(name) || (nominated !== null && nominated.has(name.toLowerCase()))) continue;
    kept.push(name, flat[i + 1] as string);
  }
  return new Headers(kept);
}

function nominatedNames(headers: Headers): Set<string> | null {
  const connection = headers.getList('connection');
  if (connection === undefined) return null;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  const nominated = names.filter((name) => name !== '' && !PROTECTED.has(name));
  return nominated.length === 0 ? null : new Set(nominated);
}
