/** Many exchanges as the text of a HAR, a few at a time: what is in memory does not depend on how many there are. */
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { Exchange, WebSocketMessage } from '../contract/exchange.ts';
import { secretNames } from '../contract/redaction.ts';
import { harEntry, type WholeExchange } from './har-export.ts';

/** What a store answers. */
export interface ExchangeReader {
  /** Of those for which the filter holds; absent: of all. Rejects with `BadFilter`. */
  ids(filter: string | undefined): Promise<readonly number[]>;
  get(id: number): Promise<Exchange | null>;
  body(input: ParsedInput<'exchange.body'>): Promise<CommandResult<'exchange.body'> | null>;
  messages(input: ParsedInput<'exchange.messages'>): Promise<CommandResult<'exchange.messages'> | null>;
}

export interface HarOptions {
  /** Exchanges for which it holds; absent: all, or those of `ids`. */
  filter?: string | undefined;
  ids?: readonly number[] | undefined;
  /** Names of headers whose values stay here. */
  redact: readonly string[];
  /** Of Switchyard. */
  version: string;
}

/** Heads that are read at once. */
const AT_ONCE = 64;
/** Bytes of bodies that are read at once, beside one exchange. */
const BODIES_AT_ONCE = 8 * 1024 ** 2;
/** About what a message takes in memory while it is written. */
const MESSAGE_BYTES = 500;
/** Messages that are read at once. */
const MESSAGES_AT_ONCE = 10_000;
const MAX_BODY_BYTES = 2 ** 30;

/** Rejects with `BadFilter` before it has yielded anything. What is pushed out of the recording meanwhile is left out and counted. */
export async function* harText(reader: ExchangeReader, options: HarOptions): AsyncGenerator<string, void, undefined> {
  const ids = options.ids ?? (await reader.ids(options.filter));
  const isSecret = secretNames(options.redact);
  const creator = JSON.stringify({ name: 'Switchyard', version: options.version });
  yield `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`;
  let written = 0;
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const read = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => reader.get(id)));
    for (const exchanges of inPortions(read.filter((exchange) => exchange !== null))) {
      const wholes = await Promise.all(exchanges.map((exchange) => readWhole(reader, exchange)));
      const entries = wholes.map((whole) => JSON.stringify(harEntry(whole, isSecret)));
      yield `${written > 0 ? ',' : ''}\n${entries.join(',\n')}`;
      written += entries.length;
    }
  }
  yield `\n],"comment":${JSON.stringify(comment(options, ids.length - written))}}}\n`;
}

function comment({ filter, redact }: HarOptions, missing: number): string {
  const parts = [
    ...(filter ? [`exchanges for which this holds: ${filter}`] : []),
    redact.length > 0
      ? `redacted, as capture.redact and variables in rules say: values of ${redact.join(', ')}`
      : 'nothing is redacted: this file may hold passwords and sessions',
    ...(missing > 0 ? [`${missing} exchanges were pushed out of the recording before they could be written`] : []),
  ];
  return parts.join('; ');
}

/** In order, so many together that their bodies and messages fit into memory. */
function* inPortions(exchanges: readonly Exchange[]): Generator<Exchange[]> {
  let portion: Exchange[] = [];
  let bytes = 0;
  for (const exchange of exchanges) {
    portion.push(exchange);
    bytes += exchange.request.body.captured + (exchange.response?.body.captured ?? 0);
    bytes += (exchange.messages?.total ?? 0) * MESSAGE_BYTES;
    if (bytes < BODIES_AT_ONCE) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

async function readWhole(reader: ExchangeReader, exchange: Exchange): Promise<WholeExchange> {
  const { id, request, response } = exchange;
  const sent = request.body.captured > 0 ? await readBody(reader, id, 'request') : null;
  const got = response && response.body.captured > 0 ? await readBody(reader, id, 'response') : null;
  return {
    exchange,
    requestBody: sent?.bytes ?? Buffer.alloc(0),
    responseBody: got ?? { bytes: Buffer.alloc(0) },
    messages: exchange.messages ? await readMessages(reader, id) : [],
  };
}

/** A request's body as it was sent, a response's decoded: HAR has a place for the coding of neither. */
async function readBody(
  reader: ExchangeReader,
  id: number,
  side: 'request' | 'response',
): Promise<WholeExchange['responseBody']> {
  const wanted = { id, side, decoded: side === 'response', offset: 0, length: MAX_BODY_BYTES };
  const window = await reader.body(wanted);
  const { data = '', decodeError, endsEarly } = window ?? {};
  return { bytes: Buffer.from(data, 'base64'), decodeError, endsEarly };
}

async function readMessages(reader: ExchangeReader, id: number): Promise<WebSocketMessage[]> {
  const messages: WebSocketMessage[] = [];
  for (let from = 0; ; from = (messages.at(-1)?.index ?? 0) + 1) {
    const window = await reader.messages({ id, from, limit: MESSAGES_AT_ONCE });
    if (!window || window.messages.length === 0) return messages;
    messages.push(...window.messages);
  }
}
