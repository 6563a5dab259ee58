/** What the browser's developer tools call the kind of an exchange (`_resourceType` of Chrome's HAR); without one they guess, and take JSON for a script. */
import type { Exchange, HeaderLines } from '../contract/exchange.ts';

/** Of `Sec-Fetch-Dest` (Fetch Metadata Request Headers §2.1), where it has another name. */
const OF_DESTINATION: Readonly<Record<string, string>> = {
  iframe: 'document',
  frame: 'document',
  style: 'stylesheet',
  audio: 'media',
  video: 'media',
  track: 'texttrack',
  worker: 'script',
  sharedworker: 'script',
  serviceworker: 'script',
  empty: 'fetch',
};
const SAME: ReadonlySet<string> = new Set(['document', 'script', 'image', 'font', 'manifest']);

const BY_CONTENT: readonly [content: RegExp, type: string][] = [
  [/^text\/html|^application\/xhtml/, 'document'],
  [/^text\/css/, 'stylesheet'],
  [/javascript|ecmascript/, 'script'],
  [/^image\//, 'image'],
  [/^font\/|^application\/(?:x-)?font/, 'font'],
  [/^(?:audio|video)\//, 'media'],
  [/json|xml|^text\/|grpc|protobuf/, 'fetch'],
];

export function resourceType({ request, response, messages }: Exchange): string {
  if (messages !== undefined) return 'websocket';
  const content = valueOf(response?.headers ?? [], 'content-type').toLowerCase();
  if (content.startsWith('text/event-stream')) return 'eventsource';
  const destination = valueOf(request.headers, 'sec-fetch-dest').toLowerCase();
  if (SAME.has(destination)) return destination;
  return OF_DESTINATION[destination] ?? BY_CONTENT.find(([pattern]) => pattern.test(content))?.[1] ?? 'other';
}

/** '' when there is none. */
function valueOf(headers: HeaderLines, wanted: string): string {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
}
