import { type CopyTarget, LIBRARY_TARGETS, OWN_TARGETS, TARGET_NAMES } from '../traffic/copy-as/targets.ts';
import { SORT_IDS, SORT_TITLES, sortCommand } from '../traffic/sorts.ts';

/**
 * Every command of the window as plain data: the palette, the shortcuts, the list of keys and the native menu are made from it.
 * What a command does stands in `run-commands.ts`; this file imports only names, so that any process can read it.
 */
export interface CommandDefinition {
  id: string;
  /** English; other languages have it by id in their table. */
  title: string;
  section: 'file' | 'view' | 'traffic' | 'backends' | 'rules' | 'help';
  /** tinykeys syntax; `$mod` is ⌘ on macOS, Ctrl elsewhere. */
  key?: string;
  /** Does the same: what other programs have for it. */
  otherKey?: string;
  /** Electron accelerator, where the native menu shows another key than the page listens to. */
  accelerator?: string;
  /** The native menu has it below this name, not at its first level. */
  submenu?: string;
  /** Works while a text is being edited. */
  whileTyping?: boolean;
}

const COPY_MENU = { section: 'traffic', submenu: 'Copy as' } as const;
const copyCommands = [...OWN_TARGETS, ...LIBRARY_TARGETS]
  .filter((target) => target !== 'curl')
  .map((target) => ({ id: copyCommand(target), title: `Copy as ${TARGET_NAMES[target]}`, ...COPY_MENU }));

const SORT_MENU = { section: 'traffic', submenu: 'Sort' } as const;
const sortCommands = SORT_IDS.map((id) => ({ id: sortCommand(id), title: `Sort by ${SORT_TITLES[id]}`, ...SORT_MENU }));

/** The id of the command that copies requests as `target`. */
export function copyCommand<T extends CopyTarget>(target: T): `traffic.copyAs.${T}` {
  return `traffic.copyAs.${target}`;
}

export const commandDefinitions = [
  {
    id: 'palette.open',
    title: 'Command palette',
    section: 'view',
    key: '$mod+k',
    accelerator: 'CmdOrCtrl+K',
    whileTyping: true,
  },
  { id: 'page.traffic', title: 'Go to Traffic', section: 'view', key: 'g t', accelerator: 'CmdOrCtrl+1' },
  { id: 'page.backends', title: 'Go to Backends', section: 'view', key: 'g b', accelerator: 'CmdOrCtrl+2' },
  { id: 'page.rules', title: 'Go to Rules', section: 'view', key: 'g r', accelerator: 'CmdOrCtrl+3' },
  { id: 'page.drills', title: 'Go to Drills', section: 'view', key: 'g d', accelerator: 'CmdOrCtrl+4' },
  { id: 'page.compose', title: 'Go to Compose', section: 'view', key: 'g c', accelerator: 'CmdOrCtrl+5' },
  { id: 'page.settings', title: 'Go to Settings', section: 'view', key: 'g s', accelerator: 'CmdOrCtrl+,' },
  { id: 'theme.next', title: 'Switch between light and dark', section: 'view', key: 'Shift+T' },
  { id: 'language.next', title: 'Switch language / 切換語言', section: 'view' },
  { id: 'recording.toggle', title: 'Start or stop recording', section: 'traffic', key: 'Shift+R' },
  {
    id: 'recordings.save',
    title: 'Save what is recorded…',
    section: 'file',
    key: '$mod+s',
    accelerator: 'CmdOrCtrl+S',
  },
  {
    id: 'recordings.open',
    title: 'Saved recordings…',
    section: 'file',
    key: '$mod+o',
    accelerator: 'CmdOrCtrl+O',
  },
  { id: 'recordings.compare', title: 'Compare recordings…', section: 'file' },
  { id: 'recordings.close', title: 'Back to what is being recorded', section: 'file' },
  {
    id: 'exchanges.clear',
    title: 'Clear the list',
    section: 'traffic',
    key: '$mod+Backspace',
    accelerator: 'CmdOrCtrl+Backspace',
  },
  { id: 'browser.open', title: 'Open a browser that uses the proxy', section: 'traffic' },
  { id: 'traffic.filter', title: 'Filter exchanges', section: 'traffic', key: '/' },
  {
    id: 'traffic.findInBodies',
    title: 'Find in bodies',
    section: 'traffic',
    key: '$mod+Shift+f',
    accelerator: 'CmdOrCtrl+Shift+F',
    whileTyping: true,
  },
  { id: 'traffic.savedFilters', title: 'Save this filter, remove saved ones…', section: 'traffic', key: 's' },
  { id: 'traffic.clearFilter', title: 'Clear the filter', section: 'traffic' },
  { id: 'traffic.showAlike', title: 'Show only requests like this', section: 'traffic' },
  { id: 'traffic.columns', title: 'Columns of the list…', section: 'traffic' },
  ...sortCommands,
  { id: 'traffic.sort.none', title: 'Do not sort: as they came', section: 'traffic', submenu: 'Sort' },
  { id: 'traffic.follow', title: 'Follow the newest exchange', section: 'traffic', key: 'f' },
  { id: 'traffic.copyAs.curl', title: 'Copy as cURL', key: 'c', ...COPY_MENU },
  ...copyCommands,
  { id: 'traffic.mark', title: 'Colour, note and pin of what is chosen', section: 'traffic', key: 'n' },
  { id: 'traffic.pin', title: 'Pin or unpin what is chosen', section: 'traffic', key: 'p' },
  { id: 'traffic.tree', title: 'Hosts and paths beside the list', section: 'traffic', key: 'h' },
  { id: 'traffic.pinned', title: 'Show pinned exchanges', section: 'traffic' },
  { id: 'traffic.compare', title: 'Compare the two that are chosen', section: 'traffic', key: 'd' },
  { id: 'traffic.replay', title: 'Replay what is chosen', section: 'traffic', key: 'r' },
  { id: 'traffic.replayInTime', title: 'Replay with the original spacing', section: 'traffic' },
  { id: 'traffic.editAndSend', title: 'Edit and send', section: 'traffic', key: 'e' },
  { id: 'traffic.breakNext', title: 'Break on the next request like this', section: 'traffic', key: 'b' },
  { id: 'traffic.breakNextResponse', title: 'Break on the next response like this', section: 'traffic' },
  { id: 'traffic.makeRule', title: 'New rule for requests like this', section: 'traffic', key: 'm' },
  { id: 'traffic.answerLike', title: 'New rule that answers like this', section: 'traffic' },
  { id: 'traffic.tryInBench', title: 'Try it in the test bench', section: 'traffic' },
  {
    id: 'breakpoints.continueAll',
    title: 'Continue everything that is held',
    section: 'traffic',
    key: '$mod+Shift+Enter',
  },
  { id: 'traffic.failed', title: 'Show failed exchanges', section: 'traffic' },
  { id: 'traffic.retried', title: 'Show exchanges with more than one attempt', section: 'traffic' },
  { id: 'har.export', title: 'Export exchanges as HAR…', section: 'traffic' },
  { id: 'har.import', title: 'Import a HAR…', section: 'traffic' },
  { id: 'descriptors.open', title: 'Types of protobuf messages…', section: 'traffic' },
  { id: 'detail.previousTab', title: 'Previous detail tab', section: 'traffic', key: '[' },
  { id: 'detail.nextTab', title: 'Next detail tab', section: 'traffic', key: ']' },
  { id: 'rules.new', title: 'New rule', section: 'rules' },
  { id: 'rules.export', title: 'Export the rule set…', section: 'rules', key: 'Shift+E' },
  { id: 'rules.import', title: 'Import rules…', section: 'rules', key: 'Shift+I' },
  { id: 'config.undo', title: 'Undo the last change of the config', section: 'rules', key: '$mod+z' },
  {
    id: 'config.redo',
    title: 'Redo the change of the config',
    section: 'rules',
    key: '$mod+Shift+z',
    otherKey: '$mod+y',
  },
  { id: 'drill.run', title: 'Run the drill', section: 'backends', key: 'Shift+D' },
  { id: 'drill.stop', title: 'Stop the drill', section: 'backends' },
  { id: 'help.keys', title: 'Keyboard shortcuts', section: 'help', key: 'Shift+?' },
] as const satisfies readonly CommandDefinition[];

export type CommandId = (typeof commandDefinitions)[number]['id'];

/** As in its definition; undefined: it has none. */
export function commandKey(id: CommandId): string | undefined {
  const definition: CommandDefinition | undefined = commandDefinitions.find((one) => one.id === id);
  return definition?.key;
}

/** The nine backend keys: a digit switches between ready and maint, Shift with it drains, Alt opens the faults. */
export const BACKEND_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Keys that act inside the traffic list, for the list of keys. */
export const listKeys = [
  { id: 'next', keys: 'J ↓' },
  { id: 'previous', keys: 'K ↑' },
  { id: 'page', keys: 'PgUp PgDn' },
  { id: 'ends', keys: 'Home End' },
  { id: 'extend', keys: 'Shift ↑ ↓' },
  { id: 'all', keys: 'Ctrl A' },
  { id: 'open', keys: 'Enter' },
  { id: 'close', keys: 'Esc' },
] as const;

/** `$mod+Shift+z` as it stands on the keyboard: `⇧⌘Z` or `Ctrl Shift Z`. */
export function displayKeys(key: string, mac: boolean): string {
  const presses = key.split(' ').map((press) => displayPress(press, mac));
  return presses.join(' ');
}

function displayPress(press: string, mac: boolean): string {
  const parts = press.split('+');
  const last = parts.pop() ?? '';
  if (last === '?') return last; // its Shift is part of typing it
  const name = last === 'Backspace' && mac ? '⌫' : last.length === 1 ? last.toUpperCase() : last;
  const modifiers = parts.map((part) => displayModifier(part, mac));
  return mac ? [...modifiers, name].join('') : [...modifiers, name].join(' ');
}

function displayModifier(modifier: string, mac: boolean): string {
  if (modifier === '$mod') return mac ? '⌘' : 'Ctrl';
  if (modifier === 'Shift') return mac ? '⇧' : 'Shift';
  return mac ? '⌥' : modifier;
}
