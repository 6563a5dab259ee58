/** The commands about single exchanges and lists of them. Bytes of the wire become text here; heads stay as they were sent. */
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { Exchange, ExchangeRow } from '../contract/exchange.ts';
import { wireText } from '../contract/wire-text.ts';
import { isWireField } from '../match/access.ts';
import { toWire } from '../match/wire-text.ts';
import { noExchange } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';

type ExchangeCommand = 'exchanges.query' | 'exchanges.values' | 'exchange.get';
type Handler<C extends ExchangeCommand> = (host: EngineHost, input: ParsedInput<C>) => Promise<CommandResult<C>>;

export const exchangeHandlers: { [C in ExchangeCommand]: Handler<C> } = {
  'exchanges.query': async ({ engine: { store } }, input) => {
    const window = await store.query(input);
    return { ...window, rows: window.rows.map(shown) };
  },
  'exchanges.values': async ({ engine: { store } }, input) => {
    if (!isWireField({ name: input.field, key: null })) return { values: await store.values(input) };
    const values = await store.values({ ...input, startsWith: toWire(input.startsWith) });
    return { values: [...new Set(values.map(wireText))] };
  },
  'exchange.get': async ({ engine: { store } }, { id, recording }) => {
    const exchange = (await store.get(id, recording)) ?? noExchange(id);
    return shown(exchange);
  },
};

function shown<E extends Pick<ExchangeRow | Exchange, 'host' | 'path' | 'contentType' | 'headers'>>(exchange: E): E {
  const { host, path, contentType, headers } = exchange;
  return {
    ...exchange,
    host: wireText(host),
    path: wireText(path),
    ...(contentType !== undefined && { contentType: wireText(contentType) }),
    ...(headers && { headers: mapValues(headers, wireText) }),
  };
}

function mapValues(record: Record<string, string>, of: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
}
