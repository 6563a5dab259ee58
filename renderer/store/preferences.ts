import { isLanguage, type Language, languageFor } from '../i18n/language.ts';
import type { OwnPreset } from '../rules/throttle-presets.ts';
import { type ColumnId, DEFAULT_COLUMNS, knownColumns } from '../traffic/columns.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface SavedFilter {
  name: string;
  filter: string;
}

/** Choices that outlive the window. */
export interface Preferences {
  theme: Theme;
  language: Language;
  /** Of the traffic list, in their order. */
  columns: readonly ColumnId[];
  treeOpen: boolean;
  savedFilters: readonly SavedFilter[];
  /** Links with names of one's own, to slow traffic down to. */
  throttlePresets: readonly OwnPreset[];
  /** Types of protobuf messages that were chosen by hand: by `request example.test/path`, the latest last. */
  protobufTypes: Readonly<Record<string, string>>;
}

export function defaultPreferences(languages: readonly string[]): Preferences {
  return {
    theme: 'system',
    language: languageFor(languages),
    columns: DEFAULT_COLUMNS,
    treeOpen: false,
    savedFilters: [],
    throttlePresets: [],
    protobufTypes: {},
  };
}

/** What was kept, over the defaults; anything unreadable counts as not kept. */
export function readPreferences(text: string | null, defaults: Preferences): Preferences {
  if (text === null) return defaults;
  try {
    const kept = JSON.parse(text) as { [K in keyof Preferences]?: unknown };
    return {
      theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
      language: isLanguage(kept.language) ? kept.language : defaults.language,
      columns: Array.isArray(kept.columns) ? knownColumns(kept.columns) : defaults.columns,
      treeOpen: kept.treeOpen === true,
      savedFilters: Array.isArray(kept.savedFilters) ? kept.savedFilters.filter(isSavedFilter) : [],
      throttlePresets: Array.isArray(kept.throttlePresets) ? kept.throttlePresets.filter(isOwnPreset) : [],
      protobufTypes: texts(kept.protobufTypes),
    };
  } catch {
    return defaults;
  }
}

function texts(kept: unknown): Record<string, string> {
  const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
}

function isOwnPreset(kept: unknown): kept is OwnPreset {
  const { name, down, up, latency } = (kept ?? {}) as Partial<OwnPreset>;
  return [name, down, up, latency].every((one) => typeof one === 'string');
}

function isSavedFilter(kept: unknown): kept is SavedFilter {
  const { name, filter } = (kept ?? {}) as Partial<SavedFilter>;
  return typeof name === 'string' && typeof filter === 'string';
}

/** The part of a larger state that is kept. */
export function preferencesOf({
  theme,
  language,
  columns,
  treeOpen,
  savedFilters,
  throttlePresets,
  protobufTypes,
}: Preferences): Preferences {
  return { theme, language, columns, treeOpen, savedFilters, throttlePresets, protobufTypes };
}
