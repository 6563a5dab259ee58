/** The native menu as data, made from the registry of commands. No Electron at run time: a pure function. */
import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron';
import type { CommandDefinition } from '../renderer/commands/registry.ts';
import type { Texts } from './texts.ts';

export interface MenuOptions {
  commands: readonly CommandDefinition[];
  texts: Texts;
  mac: boolean;
  /** Reload and developer tools. */
  development: boolean;
  run(id: string): void;
  restartEngine(): void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const { mac, restartEngine, texts } = options;
  const { menus: names } = texts;
  const section = (name: CommandDefinition['section']): MenuItemConstructorOptions[] =>
    withSubmenus(
      options.commands.filter((command) => command.section === name),
      options,
    );
  const engine: MenuItemConstructorOptions = { label: texts.restartEngine, click: restartEngine };
  const menus: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu', submenu: roleItems(APP_ROLES, texts) } as const] : []),
    {
      label: names.file,
      submenu: [...grouped(section('file'), [engine]), separator, ...roleItems([mac ? 'close' : 'quit'], texts)],
    },
    { role: 'editMenu', label: names.edit, submenu: editItems(options) },
    { label: names.view, submenu: grouped(section('view'), viewItems(options)) },
    { label: names.traffic, submenu: section('traffic') },
    { label: names.backends, submenu: section('backends') },
    { label: names.rules, submenu: section('rules') },
    { role: 'windowMenu', label: names.window, submenu: roleItems(mac ? WINDOW_ROLES_OF_MAC : WINDOW_ROLES, texts) },
    { role: 'help', label: names.help, submenu: section('help') },
  ];
  return menus.filter(hasItems);
}

/** Commands of one submenu, which follow one another, stand in it. */
function withSubmenus(commands: readonly CommandDefinition[], options: MenuOptions): MenuItemConstructorOptions[] {
  const items: MenuItemConstructorOptions[] = [];
  for (const command of commands) {
    const item = commandItem(command, options);
    const last = items.at(-1);
    const submenu = command.submenu && options.texts.submenuOf(command.submenu);
    if (submenu === undefined) items.push(item);
    else if (last?.label === submenu && Array.isArray(last.submenu)) last.submenu.push(item);
    else items.push({ label: submenu, submenu: [item] });
  }
  return items;
}

/** Two groups with a line between them, unless one is empty. */
function grouped(
  first: MenuItemConstructorOptions[],
  second: MenuItemConstructorOptions[],
): MenuItemConstructorOptions[] {
  return first.length > 0 && second.length > 0 ? [...first, separator, ...second] : [...first, ...second];
}

function hasItems({ submenu }: MenuItemConstructorOptions): boolean {
  return !Array.isArray(submenu) || submenu.length > 0;
}

function viewItems({ development, texts }: MenuOptions): MenuItemConstructorOptions[] {
  const items = [...roleItems(['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'], texts), ...MORE_ZOOM_KEYS];
  return development ? [...items, separator, ...roleItems(['reload', 'toggleDevTools'], texts)] : items;
}

/** The keys without Shift and of the number pad, which browsers have as well; an item shows one key only. */
const MORE_ZOOM_KEYS: readonly MenuItemConstructorOptions[] = (
  [
    ['zoomIn', 'CmdOrCtrl+='],
    ['zoomIn', 'CmdOrCtrl+numadd'],
    ['zoomOut', 'CmdOrCtrl+numsub'],
    ['resetZoom', 'CmdOrCtrl+num0'],
  ] as const
).map(([role, accelerator]) => ({ role, accelerator, visible: false }));

type Role = keyof Texts['roles'];

const APP_ROLES = ['about', '-', 'services', '-', 'hide', 'hideOthers', 'unhide', '-', 'quit'] as const;
const EDIT_ROLES = ['undo', 'redo', '-', 'cut', 'copy', 'paste', 'delete', '-', 'selectAll'] as const;
const WINDOW_ROLES = ['minimize', 'zoom', 'close'] as const;
const WINDOW_ROLES_OF_MAC = ['minimize', 'zoom', '-', 'front'] as const;

function roleItems(roles: readonly (Role | '-')[], { roles: labels }: Texts): MenuItemConstructorOptions[] {
  return roles.map((role) => (role === '-' ? separator : { role, ...(labels[role] && { label: labels[role] }) }));
}

/** The page steps back itself: its editor of the YAML, and the config, have histories that Chromium's roles know nothing of. */
function editItems({ mac, texts, run }: MenuOptions): MenuItemConstructorOptions[] {
  return roleItems(EDIT_ROLES, texts).map((item) => {
    const accelerator = STEP_KEYS[item.role ?? ''];
    if (item.role === undefined || accelerator === undefined) return item;
    const { role, label = role } = item;
    return { label, accelerator, registerAccelerator: mac, click: () => run(role) };
  });
}

const STEP_KEYS: Readonly<Record<string, string>> = { undo: 'CmdOrCtrl+Z', redo: 'CmdOrCtrl+Shift+Z' };

/** What a right click offers on a text: in a field all that can be done there, elsewhere to copy what is selected. */
export function textMenuTemplate(on: TextUnderPointer, texts: Texts): MenuItemConstructorOptions[] {
  if (!on.isEditable) return on.selectionText.trim() === '' ? [] : roleItems(['copy'], texts);
  const can: Readonly<Record<string, boolean>> = {
    undo: on.editFlags.canUndo,
    redo: on.editFlags.canRedo,
    cut: on.editFlags.canCut,
    copy: on.editFlags.canCopy,
    paste: on.editFlags.canPaste,
    delete: on.editFlags.canDelete,
    selectAll: on.editFlags.canSelectAll,
  };
  return roleItems(EDIT_ROLES, texts).map((item) => (item.role ? { ...item, enabled: can[item.role] === true } : item));
}

export type TextUnderPointer = Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'editFlags'>;

/** On macOS they are those of text fields; the page hears them first. */
const OF_EDIT_MENU: ReadonlySet<string> = new Set(['CmdOrCtrl+Z', 'CmdOrCtrl+Shift+Z']);

function commandItem(command: CommandDefinition, { mac, texts, run }: MenuOptions): MenuItemConstructorOptions {
  const item: MenuItemConstructorOptions = { label: texts.titleOf(command), click: () => run(command.id) };
  const ofPage = command.key === undefined ? null : acceleratorOf(command.key);
  const accelerator = command.accelerator ?? ofPage;
  if (!accelerator || (mac && OF_EDIT_MENU.has(accelerator))) return item;
  // The page listens to its own keys and knows when a text is being edited: the menu only shows them. macOS always listens itself.
  return { ...item, accelerator, registerAccelerator: mac || accelerator !== ofPage };
}

/** `$mod+Shift+z` → `CmdOrCtrl+Shift+Z`. null for sequences and plain keys: they would be taken from every text field. */
export function acceleratorOf(key: string): string | null {
  if (key.includes(' ') || !key.includes('$mod')) return null;
  const parts = key
    .split('+')
    .map((part) => (part === '$mod' ? 'CmdOrCtrl' : part.length === 1 ? part.toUpperCase() : part));
  return parts.join('+');
}
