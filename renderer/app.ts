import type { CommandInput } from '../proxy-engine/contract/api.ts';
import type { BackendState } from '../proxy-engine/contract/config.ts';
import type { SavedRecording } from '../proxy-engine/contract/recording-commands.ts';
import type { Connection } from './api/connection.ts';
import { createEngineApi, type EngineMessage, errorText, UNREACHABLE } from './api/engine-api.ts';
import { createPoolCalls } from './backends/pool-calls.ts';
import { createHeldStore } from './breakpoints/held-store.ts';
import { createComposeStore } from './compose/compose-store.ts';
import { createDrillStore } from './drills/drill-store.ts';
import { messagesFor } from './i18n/messages.ts';
import { openRecordingApi } from './recordings/open-recording-api.ts';
import { createRecordingCalls } from './recordings/recording-calls.ts';
import { createConfigStore, type EditOutcome } from './rules/config-store.ts';
import type { RawRule } from './rules/document.ts';
import { followNames } from './rules/follow-names.ts';
import { apply, createEngineStore, isInBanner } from './store/engine-store.ts';
import { createSeriesStore } from './store/series-store.ts';
import { createUiStore } from './store/ui-store.ts';
import { isHeaderColumn } from './traffic/columns.ts';
import { createExchangeCalls } from './traffic/exchange-calls.ts';
import { createExchangeStore } from './traffic/exchange-store.ts';
import { createDescriptorStore } from './traffic/protobuf/descriptor-store.ts';
import { createTrafficStore } from './traffic/traffic-store.ts';
import { createTreeStore } from './traffic/tree/tree-store.ts';
import { createHarCalls } from './transfer/har-calls.ts';
import { showToast, takeBackToast } from './ui/toast.tsx';

export interface AppOptions {
  connection: Connection;
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  languages: readonly string[];
  mac: boolean;
  desktop: boolean;
}

/** All that lives behind the components: stores that mirror the engine and the calls that change it. */
export function createApp(options: AppOptions) {
  const engine = createEngineStore();
  const ui = createUiStore(options.storage, options.languages);
  const waiting: EngineMessage[] = [];
  let receive = (message: EngineMessage): void => void waiting.push(message);
  const everywhere = createEngineApi(options.connection, (message) => receive(message));
  const api = openRecordingApi(
    everywhere,
    () => ui.getState().recording?.recording ?? null,
    () => messagesFor(ui.getState().language).recordings.readOnly,
  );
  const traffic = createTrafficStore(api);
  traffic.setHeaders(ui.getState().columns.filter(isHeaderColumn));
  const detail = createExchangeStore(api);
  const tree = createTreeStore(api, () => traffic.store.getState().applied);
  const config = createConfigStore(api);
  followNames(config, ui);
  const series = createSeriesStore(everywhere, engine);
  const drills = createDrillStore(api, engine, options.storage, tellFailure);

  receive = (message) => {
    const before = engine.getState();
    const after = apply(before, message);
    engine.setState(after, true);
    if (after.generation !== before.generation) {
      takeBackToast('error', UNREACHABLE);
      traffic.reopen();
      tree.changed();
      detail.reread();
    } else if (ui.getState().recording !== null) {
      // What is shown does not change.
    } else if (after.recorded < before.recorded) {
      traffic.reopen();
      tree.changed();
    } else if (after.changes !== before.changes) {
      traffic.refresh();
      tree.changed();
      detail.reload();
    }
    if (after.marks !== before.marks) {
      traffic.reread();
      detail.reread();
    }
    if (after.generation !== before.generation) void config.load();
    else if (after.state?.revision !== before.state?.revision) void config.load(after.state?.revision);
    for (const notice of after.notices)
      if (notice.id > (before.notices.at(-1)?.id ?? 0) && !isInBanner(notice, after.state))
        showToast(notice.level, notice.message);
  };
  for (const message of waiting) receive(message);
  traffic.store.subscribe((now, before) => {
    if (now.selectedId !== before.selectedId) detail.open(now.selectedId);
  });

  ui.subscribe((now, before) => {
    if (now.columns !== before.columns) traffic.setHeaders(now.columns.filter(isHeaderColumn));
    if (now.recording?.recording === before.recording?.recording) return;
    traffic.select(null);
    traffic.reopen();
    tree.now();
  });

  /** Runs a call whose failure a person should read. */
  function attempt(call: Promise<unknown>): void {
    call.catch(tellFailure);
  }

  return {
    engine,
    ui,
    traffic,
    tree,
    detail,
    config,
    series,
    drills,
    mac: options.mac,
    giveToken: options.connection.giveToken,
    desktop: options.desktop,
    setBackendState(pool: string, backend: string, state: BackendState): void {
      attempt(api.call('backend.setState', { pool, backend, state }));
    },
    setWeight(pool: string, backend: string, weight: number): void {
      attempt(api.call('backend.setWeight', { pool, backend, weight }));
    },
    exportConfig: (input: CommandInput<'config.export'>) => api.call('config.export', input),
    previewImport: (input: CommandInput<'config.import'>) => api.call('config.import', input),
    pools: createPoolCalls(api, config),
    exchanges: createExchangeCalls(api),
    compose: createComposeStore(api),
    descriptors: createDescriptorStore(api),
    har: createHarCalls(api),
    setRuleEnabled(rule: string, enabled: boolean): void {
      void config.commit(() => api.call('rule.setEnabled', { rule, enabled })).then(tellRefusal);
    },
    setGroupSelect(group: string, select: 'one' | 'many'): void {
      void config.edit([{ path: ['groups', group, 'select'], value: select }]).then(tellRefusal);
    },
    recordings: createRecordingCalls(everywhere),
    /** Shows a saved recording instead of what is being recorded; null: the latter again. */
    openRecording(recording: SavedRecording | null): void {
      ui.setState({ recording, page: 'traffic' });
    },
    setRecording(recording: boolean): void {
      attempt(api.call('recording.set', { recording }));
    },
    clearExchanges(): void {
      attempt(traffic.clear());
    },
    startDemo(): void {
      attempt(api.call('demo.start', {}));
    },
    authority: () => api.call('ca.get', {}),
    openBrowser(): void {
      attempt(api.call('browser.open', {}));
    },
    attempt,
    breakpoints: createHeldStore(api, engine, {
      failure: tellFailure,
      stays: (count) => showToast('warn', messagesFor(ui.getState().language).breakpoints.stays(count)),
    }),
    /** Adds a rule called `base` or alike and opens it. */
    async newRule(base: string, content?: RawRule, source?: string): Promise<void> {
      const { addRule } = await import('./rules/new-rule.ts');
      const { name, outcome } = await addRule(config, base, content, source);
      if (outcome.ok) ui.setState({ openRule: name, openRoute: null, justMade: name, rulesView: 'form' });
      else showToast('error', outcome.message);
    },
    /** The newest exchanges, newest first. */
    recent: async (limit: number) => (await api.call('exchanges.query', { limit, order: 'desc' })).rows,
    exchange: (id: number) => api.call('exchange.get', { id }),
    testRule: (input: Parameters<typeof api.call<'rule.test'>>[1]) => api.call('rule.test', input),
  };
}

function tellRefusal(outcome: EditOutcome): void {
  if (!outcome.ok) showToast('error', outcome.message);
}

function tellFailure(error: unknown): void {
  showToast('error', errorText(error));
}

export type App = ReturnType<typeof createApp>;
