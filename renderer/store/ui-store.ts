import { createStore } from 'zustand/vanilla';
import type { ColumnId } from '../traffic/columns.ts';

export type Page = 'traffic' | 'backends' | 'rules' | 'drills' | 'settings';
export type Theme = 'system' | 'light' | 'dark';
export type Language = 'en' | 'zh-TW';
export type RulesView = 'form' | 'test';
export type DetailTab = 'overview' | 'request' | 'response' | 'attempts' | 'rules' | 'timing' | 'raw';

/** A request for the test bench, and what it was answered when it is a recorded one. Headers: `name: value`, one a line. */
export interface BenchRequest {
  method: string;
  url: string;
  headers: string;
  response?: { status: number; headers: [name: string, value: string][] };
}

/** Choices that outlive the window. */
export interface Preferences {
  theme: Theme;
  language: Language;
  hiddenColumns: ColumnId[];
}

export interface UiState extends Preferences {
  page: Page;
  paletteOpen: boolean;
  detailTab: DetailTab;
  /** Pool shown on the backends page; the first when null or gone. */
  pool: string | null;
  /** The backend whose faults are being edited. */
  faultsOf: { pool: string; backend: string } | null;
  /** Where the page was asked to jump: the rules page scrolls to and opens this rule. */
  openRule: string | null;
  /** The route whose form is open instead of a rule's. */
  openRoute: string | null;
  /** The route or rule that was made a moment ago, until its form has the focus. */
  justMade: string | null;
  rulesView: RulesView;
  /** What the test bench begins with; null: an example. */
  benchRequest: BenchRequest | null;
  /** The dialog that is open. */
  transfer: 'export' | 'import' | null;
  /** Whether the dialog for marks is open. */
  markOpen: boolean;
  /** Ids of the two exchanges that are compared. */
  compare: readonly [number, number] | null;
  /** Whether held messages are shown, or only counted. */
  heldOpen: boolean;
}

const KEY = 'switchyard.preferences';

export function defaultPreferences(languages: readonly string[]): Preferences {
  const chinese = /^zh\b/i.test(languages[0] ?? '');
  return { theme: 'system', language: chinese ? 'zh-TW' : 'en', hiddenColumns: [] };
}

/** What was kept, over the defaults; anything unreadable counts as not kept. */
export function readPreferences(text: string | null, defaults: Preferences): Preferences {
  if (text === null) return defaults;
  try {
    const kept = JSON.parse(text) as Partial<Preferences>;
    return {
      theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
      language: kept.language === 'en' || kept.language === 'zh-TW' ? kept.language : defaults.language,
      hiddenColumns: Array.isArray(kept.hiddenColumns) ? kept.hiddenColumns : defaults.hiddenColumns,
    };
  } catch {
    return defaults;
  }
}

export function createUiStore(storage: Pick<Storage, 'getItem' | 'setItem'>, languages: readonly string[]) {
  const store = createStore<UiState>(() => ({
    ...readPreferences(storage.getItem(KEY), defaultPreferences(languages)),
    page: 'traffic',
    paletteOpen: false,
    detailTab: 'overview',
    pool: null,
    faultsOf: null,
    openRule: null,
    openRoute: null,
    justMade: null,
    rulesView: 'form',
    benchRequest: null,
    transfer: null,
    markOpen: false,
    compare: null,
    heldOpen: true,
  }));
  store.subscribe((now, before) => {
    if (now.theme === before.theme && now.language === before.language && now.hiddenColumns === before.hiddenColumns)
      return;
    const { theme, language, hiddenColumns } = now;
    storage.setItem(KEY, JSON.stringify({ theme, language, hiddenColumns }));
  });
  return store;
}

export type UiStore = ReturnType<typeof createUiStore>;
