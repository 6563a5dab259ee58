/** One recorded exchange as an entry of a HAR. Pure. */
import { isUtf8 } from 'node:buffer';
import { isIP } from 'node:net';
import type { BodyWindow } from '../contract/body-commands.ts';
import type { Attempt, Exchange, RequestMessage, ResponseMessage, WebSocketMessage } from '../contract/exchange.ts';
import { redactLines } from '../contract/redaction.ts';
import { wireText } from '../contract/wire-text.ts';
import { urlOf } from '../replay/recorded-request.ts';
import type {
  HarContent,
  HarEntry,
  HarRequest,
  HarResponse,
  HarSwitchyard,
  HarWebSocketMessage,
} from './har-format.ts';
import { harTimings, headSize, pairsOf, queryPairs, requestCookies, responseCookies, totalOf } from './har-parts.ts';
import { readableHeaders, readableUrl } from './har-readable.ts';
import { resourceType } from './har-resource-type.ts';
import { type HarStep, harSteps } from './har-trace.ts';

/** An exchange with what `exchange.get` leaves out. */
export interface WholeExchange {
  exchange: Exchange;
  /** As it was sent. */
  requestBody: Buffer;
  /** Decoded, unless `decodeError` says why not. */
  responseBody: Pick<BodyWindow, 'decodeError' | 'endsEarly'> & { bytes: Buffer };
  /** Of a WebSocket. */
  messages: readonly WebSocketMessage[];
}

type IsSecret = (headerName: string) => boolean;

export function harEntry(whole: WholeExchange, isSecret: IsSecret): HarEntry {
  const exchange = redacted(whole.exchange, isSecret);
  const timings = harTimings(exchange);
  const webSocketMessages = whole.messages.flatMap((message) => harMessage(message, exchange.startedAt));
  const isWebSocket = exchange.messages !== undefined;
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time: totalOf(timings),
    request: harRequest(exchange, whole.requestBody),
    response: exchange.response ? harResponse(whole, exchange, exchange.response) : noResponse(exchange),
    cache: {},
    timings,
    ...backendAddress(exchange.attempts.at(-1)),
    ...(exchange.mark?.note !== undefined && { comment: exchange.mark.note }),
    _resourceType: resourceType(exchange),
    ...(isWebSocket && { _webSocketMessages: webSocketMessages }),
    _switchyard: ownFacts(exchange, harSteps(exchange.steps, isSecret)),
  };
}

function redacted(exchange: Exchange, isSecret: IsSecret): Exchange {
  const inHead = <H extends { headers: [string, string][] }>(head: H): H => ({
    ...head,
    headers: redactLines(head.headers, isSecret),
  });
  const inMessage = <M extends RequestMessage | ResponseMessage>(message: M): M => ({
    ...inHead(message),
    trailers: redactLines(message.trailers, isSecret),
  });
  const { request, response, sent, received, interim } = exchange;
  return {
    ...exchange,
    request: inMessage(request),
    ...(response && { response: inMessage(response) }),
    ...(sent && { sent: inHead(sent) }),
    ...(received && { received: inHead(received) }),
    ...(interim && { interim: interim.map(inHead) }),
  };
}

// ── the request ──────────────────────────────────────────────────────────────────────────────────────────────────────

function harRequest(exchange: Exchange, body: Buffer): HarRequest {
  const { method, target, version, headers, body: kept } = exchange.request;
  return {
    method,
    url: harUrl(exchange),
    httpVersion: version || 'HTTP/1.1',
    cookies: requestCookies(headers),
    headers: readableHeaders(headers),
    queryString: queryPairs(target),
    headersSize: headSize(`${method} ${target} HTTP/1.1`, headers),
    bodySize: kept.sizeBytes,
    ...(kept.sizeBytes > 0 && !exchange.messages && postData(exchange.request, body)),
  };
}

/** Every HAR entry has a URL; what was no request, or a tunnel, has none. */
function harUrl(exchange: Exchange): string {
  if (exchange.host === '') return 'http://unknown.invalid/';
  return readableUrl(exchange.method === 'CONNECT' ? `https://${exchange.host}/` : urlOf(exchange));
}

function hasUnreadableHost(exchange: Exchange): boolean {
  return exchange.method !== 'CONNECT' && exchange.host !== '' && !harUrl(exchange).includes(exchange.host);
}

const NOT_TEXT = 'its bytes are not UTF-8: they are in _content, in base64';

function postData(request: RequestMessage, body: Buffer): Pick<HarRequest, 'postData' | '_content'> {
  const mimeType = contentType(request) ?? 'application/octet-stream';
  const isText = isUtf8(body);
  const comment = [cutComment(request), !isText && NOT_TEXT].filter(Boolean).join('; ');
  return {
    postData: { mimeType, text: isText ? body.toString('utf8') : '', params: [], ...(comment && { comment }) },
    ...(!isText && { _content: { size: body.length, encoding: 'base64' as const, text: body.toString('base64') } }),
  };
}

function contentType({ headers }: RequestMessage | ResponseMessage): string | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return value === undefined ? undefined : wireText(value);
}

function cutComment({ body: { sizeBytes, captured, truncated } }: RequestMessage | ResponseMessage): string {
  return truncated ? `only ${captured} of ${sizeBytes} bytes were kept` : '';
}

// ── the response ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** `exchange`: redacted. */
function harResponse(whole: WholeExchange, exchange: Exchange, response: ResponseMessage): HarResponse {
  const { status, reason, version, headers } = response;
  const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '';
  const startLine = `HTTP/1.1 ${status} ${reason}`;
  return {
    status,
    statusText: wireText(reason),
    httpVersion: version || 'HTTP/1.1',
    cookies: responseCookies(headers),
    headers: readableHeaders(headers),
    content: harContent(response, whole),
    redirectURL: wireText(location),
    headersSize: headSize(startLine, headers),
    bodySize: response.body.sizeBytes,
    _transferSize: headSize(startLine, headers) + response.body.sizeBytes,
    ...failure(exchange),
  };
}

const BROKEN_OFF = 'broken off before its end: decoded as far as it goes';

function harContent(response: ResponseMessage, whole: WholeExchange): HarContent {
  const { bytes, decodeError, endsEarly } = whole.responseBody;
  const { body } = response;
  const isText = isUtf8(bytes);
  const notDecoded = decodeError ? `not decoded: ${decodeError}` : endsEarly && BROKEN_OFF;
  // What passes over a WebSocket is told as messages.
  const cut = whole.exchange.messages ? '' : cutComment(response);
  const comment = [cut, notDecoded, ...messageComments(whole)].filter(Boolean).join('; ');
  return {
    size: body.truncated && decodeError === undefined ? Math.max(bytes.length, body.sizeBytes) : bytes.length,
    mimeType: contentType(response) ?? 'application/octet-stream',
    ...(bytes.length > 0 && { text: bytes.toString(isText ? 'utf8' : 'base64') }),
    ...(!isText && { encoding: 'base64' }),
    ...(comment !== '' && { comment }),
    ...(decodeError !== undefined && { _encoded: true }),
  };
}

/** HAR has no place of its own for them. */
function messageComments({ exchange, messages }: WholeExchange): string[] {
  const { total = 0, notes = [] } = exchange.messages ?? {};
  const first = total - messages.length;
  const cutMessages = messages.filter(({ truncated }) => truncated).length;
  return [
    ...(first > 0 ? [`the first ${first} of ${total} messages were not kept`] : []),
    ...(cutMessages > 0 ? [`${cutMessages} of those kept were cut`] : []),
    ...notes.map((note) => `messages were not understood to the end: ${note}`),
  ];
}

function failure({ error }: Exchange): Pick<HarResponse, '_error'> {
  return error ? { _error: `${error.code}: ${error.message}` } : {};
}

/** What Chrome writes of a request that failed. */
function noResponse(exchange: Exchange): HarResponse {
  return {
    status: 0,
    statusText: '',
    httpVersion: exchange.protocol,
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: 'x-unknown' },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
    ...failure(exchange),
  };
}

// ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `serverIPAddress` has no port; `connection` is free text, and Firefox writes the port there, too. */
function backendAddress(attempt: Attempt | undefined): Pick<HarEntry, 'serverIPAddress' | 'connection'> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(attempt?.address ?? '') ?? [];
  return { ...(isIP(host) !== 0 && { serverIPAddress: host }), ...(port !== '' && { connection: port }) };
}

const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

function harMessage({ from, type, atMs, data }: WebSocketMessage, startedAt: number): HarWebSocketMessage {
  return {
    type: from === 'client' ? 'send' : 'receive',
    time: (startedAt + atMs) / 1000,
    opcode: OPCODES[type],
    data,
  };
}

/** What stands in the standard fields already. */
const TOLD = new Set('request response method scheme host path status contentType messages timings'.split(' '));

function ownFacts(exchange: Exchange, steps: HarStep[]): HarSwitchyard {
  const { request, response } = exchange;
  const own = Object.fromEntries(Object.entries(exchange).filter(([name]) => !TOLD.has(name)));
  return {
    ...(own as HarSwitchyard),
    steps,
    ...(hasUnreadableHost(exchange) && { url: wireText(urlOf(exchange)) }),
    ...(request.trailers.length > 0 && { requestTrailers: pairsOf(request.trailers) }),
    ...(response && response.trailers.length > 0 && { responseTrailers: pairsOf(response.trailers) }),
  };
}
