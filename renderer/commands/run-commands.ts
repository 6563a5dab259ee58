import { flushSync } from 'react-dom';
import type { BackendState } from '../../proxy-engine/contract/config.ts';
import { errorText } from '../api/engine-api.ts';
import type { App } from '../app.ts';
import { editAndSend, replay } from '../compose/from-exchange.ts';
import { draftFrom } from '../drills/templates.ts';
import { messagesFor } from '../i18n/messages.ts';
import { answerLike, makeRule, tryInBench, withShown } from '../rules/exchange-actions.ts';
import { matchOf } from '../rules/from-exchange.ts';
import { sourceLabel } from '../rules/source-label.ts';
import { numberedBackends } from '../store/backend-color.ts';
import type { Theme } from '../store/preferences.ts';
import { DETAIL_TABS, type Page } from '../store/ui-store.ts';
import { copyAs } from '../traffic/copy-as/copy-as.ts';
import { type CopyTarget, LIBRARY_TARGETS, OWN_TARGETS } from '../traffic/copy-as/targets.ts';
import { searchInBodies } from '../traffic/filters/body-search.ts';
import { showTraffic } from '../traffic/show-traffic.ts';
import { SORT_IDS, type SortId, sortCommand } from '../traffic/sorts.ts';
import { sortOf } from '../traffic/traffic-state.ts';
import { showToast } from '../ui/toast.tsx';
import { type CommandId, copyCommand } from './registry.ts';

/** What each command does; the compiler finds one that is missing. */
const actions: Record<CommandId, (app: App) => void> = {
  'palette.open': (app) => app.ui.setState((state) => ({ paletteOpen: !state.paletteOpen })),
  'page.traffic': (app) => goTo(app, 'traffic'),
  'page.backends': (app) => goTo(app, 'backends'),
  'page.rules': (app) => goTo(app, 'rules'),
  'page.drills': (app) => goTo(app, 'drills'),
  'page.compose': (app) => goTo(app, 'compose'),
  'page.settings': (app) => goTo(app, 'settings'),
  'theme.next': (app) => app.ui.setState({ theme: otherTheme() }),
  'language.next': (app) => app.ui.setState((state) => ({ language: state.language === 'en' ? 'zh-TW' : 'en' })),
  'recording.toggle': (app) => app.setRecording(!(app.engine.getState().state?.capture.recording ?? false)),
  'exchanges.clear': (app) => app.clearExchanges(),
  'recordings.open': (app) => app.ui.setState({ recordingsView: 'list' }),
  'recordings.save': (app) => app.ui.setState({ recordingsView: 'save' }),
  'recordings.compare': (app) => app.ui.setState({ recordingsView: 'compare', compareRecordings: null }),
  'recordings.close': (app) => app.openRecording(null),
  'browser.open': (app) => app.openBrowser(),
  'traffic.filter': focusFilter,
  'traffic.findInBodies': findInBodies,
  'traffic.savedFilters': (app) => app.ui.setState({ page: 'traffic', trafficDialog: 'filters' }),
  'traffic.clearFilter': (app) => app.traffic.setFilter(''),
  'traffic.showAlike': (app) => withShown(app, (exchange) => showTraffic(app, matchOf(exchange))),
  'traffic.columns': (app) => app.ui.setState({ page: 'traffic', trafficDialog: 'columns' }),
  ...sortActions(),
  'traffic.sort.none': (app) => app.traffic.setSort(null),
  'traffic.follow': (app) => app.traffic.setFollow(!app.traffic.store.getState().follow),
  ...copyActions(),
  'traffic.mark': (app) => withChosen(app, () => app.ui.setState({ page: 'traffic', trafficDialog: 'mark' })),
  'traffic.pin': (app) => withChosen(app, (ids) => togglePin(app, ids)),
  'traffic.tree': (app) => app.ui.setState((state) => ({ page: 'traffic', treeOpen: !state.treeOpen })),
  'traffic.pinned': (app) => showTraffic(app, 'pinned'),
  'traffic.compare': compare,
  'traffic.replay': (app) => withChosen(app, (ids) => void replay(app, ids)),
  'traffic.replayInTime': (app) => withChosen(app, (ids) => void replay(app, ids, 'original')),
  'traffic.editAndSend': (app) => withShown(app, (exchange) => app.attempt(editAndSend(app, exchange))),
  'traffic.breakNext': (app) => withShown(app, (exchange) => app.breakpoints.awaitNext(matchOf(exchange))),
  'traffic.breakNextResponse': (app) =>
    withShown(app, (exchange) => app.breakpoints.awaitNext(matchOf(exchange), 'response')),
  'traffic.makeRule': (app) => withShown(app, (exchange) => void makeRule(app, exchange)),
  'traffic.answerLike': (app) => withShown(app, (exchange) => app.attempt(answerLike(app, exchange))),
  'traffic.tryInBench': (app) => withShown(app, (exchange) => tryInBench(app, exchange)),
  'breakpoints.continueAll': (app) => app.breakpoints.continueAll(),
  'traffic.failed': (app) => showTraffic(app, 'status >= 500 or failed'),
  'traffic.retried': (app) => showTraffic(app, 'attempts > 1'),
  'har.export': (app) => app.ui.setState({ transfer: 'har-export' }),
  'har.import': (app) => app.ui.setState({ transfer: 'har-import' }),
  'descriptors.open': (app) => app.ui.setState({ transfer: 'descriptors' }),
  'detail.previousTab': (app) => stepTab(app, -1),
  'detail.nextTab': (app) => stepTab(app, 1),
  'rules.new': (app) => {
    goTo(app, 'rules');
    void app.newRule(messages(app).rules.newRuleName);
  },
  'rules.export': (app) => app.ui.setState({ transfer: 'export' }),
  'rules.import': (app) => app.ui.setState({ transfer: 'import' }),
  'config.undo': (app) => void step(app, 'undo'),
  'config.redo': (app) => void step(app, 'redo'),
  'drill.run': (app) => void runDrill(app),
  'drill.stop': (app) => app.attempt(app.drills.stop()),
  'help.keys': (app) => app.ui.setState({ page: 'settings', showKeys: true }),
};

export function runCommand(app: App, id: CommandId): void {
  actions[id](app);
}

/** What a backend's key does: `maint` when it takes traffic, back to `ready` when it does not; with Shift it drains. */
export function stateAfterKey(current: BackendState, shift: boolean): BackendState {
  if (shift) return current === 'drain' ? 'ready' : 'drain';
  return current === 'ready' ? 'maint' : 'ready';
}

export function switchBackend(app: App, key: number, shift: boolean): void {
  const state = app.engine.getState().state;
  const chosen = numberedBackends(state).find((one) => one.key === key);
  const backend = state?.pools
    .find((pool) => pool.name === chosen?.pool)
    ?.backends.find((one) => one.name === chosen?.backend);
  if (chosen && backend) app.setBackendState(chosen.pool, chosen.backend, stateAfterKey(backend.state, shift));
}

export function openFaults(app: App, key: number): void {
  const chosen = numberedBackends(app.engine.getState().state).find((one) => one.key === key);
  if (chosen) app.ui.setState({ faultsOf: { pool: chosen.pool, backend: chosen.backend } });
}

function copyActions(): Record<`traffic.copyAs.${CopyTarget}`, (app: App) => void> {
  const targets = [...OWN_TARGETS, ...LIBRARY_TARGETS];
  const actions = targets.map((target) => [
    copyCommand(target),
    (app: App) => withChosen(app, () => app.attempt(copyAs(app, target))),
  ]);
  return Object.fromEntries(actions) as ReturnType<typeof copyActions>;
}

function sortActions(): Record<`traffic.sort.${SortId}`, (app: App) => void> {
  const actions = SORT_IDS.map((id) => [sortCommand(id), (app: App) => app.traffic.setSort(sortOf(id))]);
  return Object.fromEntries(actions) as ReturnType<typeof sortActions>;
}

/** Does it with all that is chosen, in the order in which they came; says so when nothing is. */
function withChosen(app: App, act: (ids: number[]) => void): void {
  const ids = [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  if (ids.length > 0) act(ids);
  else showToast('info', messages(app).fromExchange.none);
}

function goTo(app: App, page: Page): void {
  app.ui.setState({ page });
}

function otherTheme(): Theme {
  return document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
}

/** At once: what is typed next is meant for the field, and would be taken for keys of the list. */
function focusFilter(app: App): void {
  flushSync(() => goTo(app, 'traffic'));
  document.querySelector<HTMLElement>('[data-filter]')?.focus();
}

/** Within the filter that stands there; at once, as above. */
function findInBodies(app: App): void {
  const { text, from, to } = searchInBodies(app.ui.getState().filterDraft?.text ?? app.traffic.store.getState().filter);
  flushSync(() => app.ui.setState({ page: 'traffic', filterDraft: { text, selected: { from, to } } }));
}

function stepTab(app: App, step: number): void {
  const position = DETAIL_TABS.indexOf(app.ui.getState().detailTab) + step;
  const detailTab = DETAIL_TABS[(position + DETAIL_TABS.length) % DETAIL_TABS.length];
  if (detailTab) app.ui.setState({ detailTab });
}

/** Pins all that is chosen, unless the selected one is pinned already. */
function togglePin(app: App, ids: number[]): void {
  const pinned = !app.detail.store.getState().exchange?.mark?.pinned;
  app.attempt(app.exchanges.mark({ ids, pinned }));
}

function compare(app: App): void {
  const [first, second, ...more] = [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  if (first === undefined || second === undefined || more.length > 0)
    showToast('info', messages(app).selection.compareNeeds);
  else app.ui.setState({ page: 'traffic', compare: [first, second] });
}

async function step(app: App, way: 'undo' | 'redo'): Promise<void> {
  const { rules } = messages(app);
  const said = { undo: [rules.undone, rules.nothingToUndo], redo: [rules.redone, rules.nothingToRedo] } as const;
  try {
    const outcome = await app.config[way]();
    if (outcome.ok) showToast('info', said[way][0]);
    else if (outcome.reason === 'nothing') showToast('info', said[way][1]);
    else showToast('warn', rules.cannotStep[way](sourceLabel(outcome.source).short));
  } catch (error) {
    showToast('error', errorText(error));
  }
}

/** The drill of the page; the first template when there is none yet. */
async function runDrill(app: App): Promise<void> {
  goTo(app, 'drills');
  const [pool] = app.engine.getState().state?.pools ?? [];
  const { drills } = messages(app);
  const kept = app.drills.store.getState().draft;
  const draft = kept ?? (pool && draftFrom('oneDies', drills.template.oneDies, pool));
  if (draft) app.attempt(app.drills.textOf(draft).then(app.drills.start));
}

function messages(app: App) {
  return messagesFor(app.ui.getState().language);
}
