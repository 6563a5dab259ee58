import { createStore } from 'zustand/vanilla';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { SavedRecording } from '../../proxy-engine/contract/recording-commands.ts';
import { defaultPreferences, type Preferences, preferencesOf, readPreferences } from './preferences.ts';

export const PAGES = ['traffic', 'backends', 'rules', 'drills', 'compose', 'settings'] as const;
export type Page = (typeof PAGES)[number];
export type RulesView = 'form' | 'test' | 'yaml';
export const DETAIL_TABS = ['overview', 'request', 'response', 'attempts', 'rules', 'timing', 'raw'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

/** A request for the test bench, and of a recorded one who sent it and what it was answered. Headers: `name: value`, one a line. */
export interface BenchRequest
  extends Pick<CommandInput<'rule.test'>, 'listener' | 'clientIp' | 'protocol' | 'response'> {
  method: string;
  url: string;
  headers: string;
}

export interface UiState extends Preferences {
  page: Page;
  paletteOpen: boolean;
  detailTab: DetailTab;
  /** Where the list of exchanges was scrolled to when another page was opened, in pixels. */
  listTop: number;
  /** How many of the chosen columns find no room in the list. */
  hiddenColumns: number;
  /** The settings page is to show its keys. */
  showKeys: boolean;
  /** Pool shown on the backends page; the first when null or gone. */
  pool: string | null;
  /** The backend whose faults are being edited. */
  faultsOf: { pool: string; backend: string } | null;
  /** Where the page was asked to jump: the rules page scrolls to and opens this rule. */
  openRule: string | null;
  /** The route whose form is open instead of a rule's. */
  openRoute: string | null;
  /** The route or rule that is being saved under another name: as which of them it stands in the document is not known. */
  renaming: { from: string; to: string } | null;
  /** The route or rule that was made a moment ago, until its form has the focus. */
  justMade: string | null;
  rulesView: RulesView;
  /** What the test bench begins with; null: an example. */
  benchRequest: BenchRequest | null;
  /** The dialog that is open. */
  transfer: 'export' | 'import' | 'har-export' | 'har-import' | 'descriptors' | null;
  /** The dialog of the traffic page that is open. */
  trafficDialog: 'mark' | 'columns' | 'filters' | null;
  /** What stands in the filter bar while it is being written, and what of it is to be selected; null: the filter in force. */
  filterDraft: { text: string; selected?: { from: number; to: number } } | null;
  /** Ids of the two exchanges that are compared. */
  compare: readonly [number, number] | null;
  /** The saved recording that is shown; null: what is being recorded. */
  recording: SavedRecording | null;
  /** The dialog of saved recordings that is open. */
  recordingsView: 'list' | 'save' | 'compare' | null;
  /** Ids of the recordings that are compared, null in their place: what is being recorded; null: not chosen yet. */
  compareRecordings: { before: string | null; after: string | null } | null;
  /** Whether held messages are shown, or only counted. */
  heldOpen: boolean;
}

const KEY = 'switchyard.preferences';

export function createUiStore(storage: Pick<Storage, 'getItem' | 'setItem'>, languages: readonly string[]) {
  const store = createStore<UiState>(() => ({
    ...readPreferences(storage.getItem(KEY), defaultPreferences(languages)),
    page: 'traffic',
    paletteOpen: false,
    detailTab: 'overview',
    listTop: 0,
    hiddenColumns: 0,
    showKeys: false,
    pool: null,
    faultsOf: null,
    openRule: null,
    renaming: null,
    openRoute: null,
    justMade: null,
    rulesView: 'form',
    benchRequest: null,
    transfer: null,
    trafficDialog: null,
    filterDraft: null,
    compare: null,
    recording: null,
    recordingsView: null,
    compareRecordings: null,
    heldOpen: true,
  }));
  store.subscribe((now, before) => {
    const kept = preferencesOf(now);
    if (JSON.stringify(kept) !== JSON.stringify(preferencesOf(before))) storage.setItem(KEY, JSON.stringify(kept));
  });
  return store;
}

export type UiStore = ReturnType<typeof createUiStore>;
