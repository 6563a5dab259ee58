import { type CommandName, commands } from '../../proxy-engine/contract/api.ts';
import type { EngineEvent, ToEngine } from '../../proxy-engine/contract/channel.ts';
import type { Exchange, ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';
import type { CommandFailure } from '../../proxy-engine/host/command-failure.ts';
import { checkExpectations, editSources } from '../../proxy-engine/host/config/edit-sources.ts';
import { parseSource } from '../../proxy-engine/host/config/source.ts';
import type { Connection, ConnectionHandlers, Loss } from '../../renderer/api/connection.ts';
import { partsOf } from './config-parts.ts';
import { exampleConfig, exampleConfigText, exampleExchange, exampleState, exchangeRow } from './examples.ts';

export interface FakeEngineOptions {
  state?: EngineState;
  exchanges?: number;
  /** Exchanges that arrive each second; 0: nothing moves. */
  perSecond?: number;
}

type Handler = (input: Record<string, unknown>) => unknown;

/** Speaks the channel's protocol from memory: enough of an engine to look at the window and to test its stores. */
export function fakeEngine(options: FakeEngineOptions = {}) {
  const state = structuredClone(options.state ?? exampleState);
  let recorded = options.exchanges ?? 48_201;
  let removed = 0;
  let text = exampleConfigText;
  let window: ConnectionHandlers | null = null;
  const views = new Map<number, string>();
  const calls: { command: CommandName; input: unknown }[] = [];

  const emit = (...events: EngineEvent[]): void => window?.onMessage({ type: 'events', events });
  const tellState = (): void => emit({ type: 'state', state: structuredClone(state) });
  const find = (input: Record<string, unknown>): BackendStatus | undefined =>
    state.pools.find((pool) => pool.name === input.pool)?.backends.find((one) => one.name === input.backend);

  function matching(filter: string): number[] {
    const ids = Array.from({ length: recorded - removed }, (_, index) => removed + index + 1);
    if (filter === '') return ids;
    if (filter.includes('!!')) throw { code: 'BAD_FILTER', message: 'column 8: expected a value, found "!"' };
    return ids.filter((id) =>
      filter.includes('nothing') ? false : exchangeRow(id).attempts > 1 || (exchangeRow(id).status ?? 0) >= 500,
    );
  }

  function query(input: Record<string, unknown>) {
    const view = typeof input.view === 'number' ? input.view : views.size + 1;
    const filter = views.get(view) ?? String(input.filter ?? '');
    views.set(view, filter);
    const ids = filter === '' ? null : matching(filter);
    const total = ids ? ids.length : recorded - removed;
    const asked = Number(input.from ?? 0);
    const from = asked < 0 ? Math.max(0, total + asked) : asked;
    const count = Math.max(0, Math.min(Number(input.limit), total - from));
    const rows: ExchangeRow[] = Array.from({ length: count }, (_, index) =>
      exchangeRow(ids ? (ids[from + index] ?? 1) : removed + from + index + 1),
    );
    return { total, recorded: recorded - removed, from, view, rows };
  }

  function change(after: string) {
    const changes = [{ source: 'demo.yaml', before: text, after }];
    text = after;
    state.revision++;
    tellState();
    return { revision: state.revision, changes };
  }

  const handlers: Partial<Record<CommandName, Handler>> = {
    'config.get': () => {
      const sources = partsOf(text);
      return { text, config: exampleConfig, file: 'demo.yaml', revision: state.revision, sources };
    },
    'config.replace': (input) => {
      const { texts } = commands['config.replace'].parse(input);
      const next = texts[0]?.text ?? '';
      if (texts[0]?.was !== text) throw { code: 'CONFLICT', message: 'demo.yaml was changed meanwhile' };
      if (next.includes('bogus')) {
        const issues = [
          { file: 'demo.yaml', line: 12, column: 5, path: 'pools.api.bogus', message: 'unknown key "bogus"' },
        ];
        throw { code: 'BAD_CONFIG', message: 'The config has 1 mistake.', issues };
      }
      return change(next);
    },
    'config.edit': (input) => {
      const { edits, expect } = commands['config.edit'].parse(input);
      const sources = [parseSource(text, 'demo.yaml')];
      try {
        checkExpectations(sources, expect);
        return change(editSources(sources, edits)[0]?.text ?? text);
      } catch (error) {
        throw (error as CommandFailure).toApiError();
      }
    },
    'backend.setState': (input) => {
      const backend = find(input);
      if (!backend) throw { code: 'UNKNOWN_BACKEND', message: `no backend ${String(input.backend)}` };
      backend.state = input.state as BackendStatus['state'];
      backend.available = backend.state === 'ready';
      backend.reason = backend.state === 'ready' ? '200 OK in 2 ms, 1 s ago' : `${backend.state} by you, 14:02`;
      tellState();
      return null;
    },
    'backend.setWeight': (input) => {
      const backend = find(input);
      if (backend) backend.weight = Number(input.weight);
      tellState();
      return null;
    },
    'rule.setEnabled': (input) => {
      const rule = state.rules.find((one) => one.name === input.rule);
      if (rule) rule.enabled = Boolean(input.enabled);
      return change(text);
    },
    'rule.test': () => {
      const example = exampleExchange(3);
      return {
        route: 'api',
        pool: 'api',
        backend: 'b',
        routes: state.routes.map((route) => ({ name: route.name, held: route.name === 'api' })),
        rules: state.rules.map((rule, index) => ({ name: rule.name, held: index < 2 })),
        request: { before: example.request, after: example.sent ?? example.request },
        steps: example.steps,
      };
    },
    'drill.list': () => ({ runs: [] }),
    'pools.history': () => ({ times: [], backends: [] }),
    'exchanges.query': query,
    'exchanges.tree': () => ({ total: recorded, nodes: [{ name: 'api.localhost', count: recorded, hasMore: true }] }),
    'exchanges.values': () => ({ values: ['api.localhost'] }),
    'exchange.get': (input): Exchange => exampleExchange(Number(input.id)),
    'exchange.body': (input) => {
      const json = JSON.stringify(
        {
          id: 'ID',
          items: Array.from({ length: 20 }, (_, i) => ({
            sku: `boot-${i}`,
            price: 12.5 + i,
            tags: ['leather', null, true],
          })),
          next: '/v1/orders?page=3',
        },
        null,
        2,
      ).replace('"ID"', '90071992547409931');
      const body = input.side === 'request' ? 'name=Ada+Lovelace&items=3' : json;
      return { data: btoa(body), offset: 0, totalBytes: body.length, truncated: false };
    },
    'exchanges.clear': () => {
      removed = recorded;
      emit({ type: 'exchanges', recorded: 0, newestId: recorded, marks: 0 });
      return null;
    },
    'recording.set': (input) => {
      state.capture.recording = Boolean(input.recording);
      tellState();
      return null;
    },
  };

  function answer({ id, command, input }: ToEngine): void {
    calls.push({ command, input });
    try {
      const result = handlers[command]?.(input as Record<string, unknown>);
      window?.onMessage({ type: 'result', id, result });
    } catch (error) {
      window?.onMessage({ type: 'error', id, error: error as { code: string; message: string } });
    }
  }

  function tick(): void {
    recorded += Math.round((options.perSecond ?? 0) / 10);
    for (const pool of state.pools)
      for (const backend of pool.backends)
        if (backend.available && backend.rate > 0) {
          backend.rate = Math.max(1, backend.rate + (Math.random() - 0.5) * 3);
          backend.p95Ms = Math.max(5, backend.p95Ms + (Math.random() - 0.5) * 4);
        }
    tellState();
    emit({ type: 'exchanges', recorded: recorded - removed, newestId: recorded, marks: 0 });
  }

  const connection: Connection = {
    start(given) {
      window = given;
      given.onOpen();
      const info = { version: '0.1.0', host: 'headless' as const, platform: 'linux' };
      given.onMessage({ type: 'snapshot', info, state: structuredClone(state), recorded });
      if (options.perSecond) setInterval(tick, 100);
    },
    send: (message) => queueMicrotask(() => answer(message)),
  };
  return {
    connection,
    calls,
    emit,
    /** As if another window or program had changed the document. */ changeText: change,
    lose: (loss: Loss = { state: 'lost' }) => window?.onLost(loss),
    state,
    tellState,
  };
}
