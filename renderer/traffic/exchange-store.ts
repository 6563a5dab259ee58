import { createStore } from 'zustand/vanilla';
import type { BodyMessageWindow, BodyWindow, MessageWindow } from '../../proxy-engine/contract/body-commands.ts';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import { type EngineApi, errorText } from '../api/engine-api.ts';

export type Side = 'request' | 'response';

export interface AskedBody {
  id: number;
  side: Side;
  decoded: boolean;
}

export interface ExchangeState {
  id: number | null;
  /** The last one that was loaded: shown until the next is here, so that nothing flickers. */
  exchange: Exchange | null;
  error: string | null;
}

/** The exchange in the detail pane, and its bodies on demand. */
export function createExchangeStore(api: EngineApi) {
  const store = createStore<ExchangeState>(() => ({ id: null, exchange: null, error: null }));

  let loading = false;
  /** It has changed since it was asked for. */
  let again = false;

  async function load(id: number): Promise<void> {
    try {
      const exchange = await api.call('exchange.get', { id });
      if (store.getState().id === id) store.setState({ exchange, error: null });
    } catch (error) {
      if (store.getState().id === id) store.setState({ exchange: null, error: errorText(error) });
    }
  }

  return {
    store,
    open(id: number | null): void {
      if (store.getState().id === id) return;
      store.setState(id === null ? { id, exchange: null, error: null } : { id });
      if (id !== null) void load(id);
    },
    /** Asks again for one that was still in flight, one question at a time. */
    reload(): void {
      const { id, exchange } = store.getState();
      if (id === null || exchange?.id !== id || exchange.durationMs !== undefined) return;
      again = loading;
      if (loading) return;
      loading = true;
      void load(id).finally(() => {
        loading = false;
        if (again) this.reload();
      });
    },
    /** Its mark has changed. */
    reread(): void {
      const { id } = store.getState();
      if (id !== null) void load(id);
    },
    /** `contains`: only those with this text; '' all. */
    messages(id: number, from: number, limit: number, contains = ''): Promise<MessageWindow> {
      return api.call('exchange.messages', { id, from, limit, ...(contains !== '' && { contains }) });
    },
    body(id: number, side: Side, decoded: boolean, offset: number, length: number): Promise<BodyWindow> {
      return api.call('exchange.body', { id, side, decoded, offset, length });
    },
    /** Of a body that is a row of messages. Negative: from the end. */
    bodyMessages({ id, side, decoded }: AskedBody, from: number, limit: number): Promise<BodyMessageWindow> {
      return api.call('exchange.bodyMessages', { id, side, decoded, from, limit });
    },
  };
}

export type ExchangeDetail = ReturnType<typeof createExchangeStore>;
