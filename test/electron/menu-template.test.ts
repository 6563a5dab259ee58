import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { acceleratorOf, type MenuOptions, menuTemplate, textMenuTemplate } from '../../electron/menu-template.ts';
import { textsIn } from '../../electron/texts.ts';
import { commandDefinitions } from '../../renderer/commands/registry.ts';

const options: MenuOptions = {
  commands: commandDefinitions,
  texts: textsIn('en'),
  mac: false,
  development: false,
  run: () => {},
  restartEngine: () => {},
};

function itemsOf(given: MenuOptions) {
  const below = ({ submenu }: MenuItemConstructorOptions) => (Array.isArray(submenu) ? submenu : []);
  return menuTemplate(given)
    .flatMap(below)
    .flatMap((item) => [item, ...below(item)]);
}

test.each([true, false])('every command of the registry is in the menu once (macOS: %j)', (mac) => {
  const labels = itemsOf({ ...options, mac }).map(({ label }) => label);
  for (const { title } of commandDefinitions) expect(labels.filter((label) => label === title)).toEqual([title]);
});

test('no menu is empty', () => {
  for (const { submenu } of menuTemplate({ ...options, commands: [] })) expect(submenu).not.toEqual([]);
});

test('a chosen command runs by its id', () => {
  const run = vi.fn();
  const item = itemsOf({ ...options, run }).find(({ label }) => label === 'Go to Rules') as { click(): void };
  item.click();
  expect(run).toHaveBeenCalledExactlyOnceWith('page.rules');
});

test.each(['Undo', 'Redo'])(
  '%s of Edit steps back in the page, which knows the history of what has the focus',
  (label) => {
    const run = vi.fn();
    const item = itemsOf({ ...options, run }).find((one) => one.label === label) as { click(): void; role?: string };
    item.click();
    expect(item.role).toBeUndefined();
    expect(run).toHaveBeenCalledExactlyOnceWith(label.toLowerCase());
  },
);

test.each([
  ['the key the page listens to is only shown', 'Command palette', 'CmdOrCtrl+K', false],
  ['a key of the menu alone is listened to', 'Go to Traffic', 'CmdOrCtrl+1', true],
  ['a key without an accelerator of its own is shown too', 'Undo the last change of the config', 'CmdOrCtrl+Z', false],
])('%s', (_what, label, accelerator, registerAccelerator) => {
  expect(itemsOf(options).find((item) => item.label === label)).toMatchObject({ accelerator, registerAccelerator });
});

test('on macOS the keys of text fields stay theirs', () => {
  const items = itemsOf({ ...options, mac: true });
  for (const label of ['Undo the last change of the config', 'Redo the change of the config'])
    expect(items.find((item) => item.label === label)).not.toHaveProperty('accelerator');
});

test.each([
  ['$mod+k', 'CmdOrCtrl+K'],
  ['$mod+Shift+z', 'CmdOrCtrl+Shift+Z'],
  ['g t', null],
  ['/', null],
  ['Shift+T', null],
])('the page key %s is the accelerator %j', (key, accelerator) => {
  expect(acceleratorOf(key)).toBe(accelerator);
});

test.each([true, false])('in Chinese every item is Chinese (macOS: %j)', (mac) => {
  const inChinese: MenuOptions = { ...options, mac, development: true, texts: textsIn('zh-TW') };
  const items = [...menuTemplate(inChinese), ...itemsOf(inChinese)];
  const shown = items.filter(
    ({ type, role, visible }) => type !== 'separator' && role !== 'appMenu' && visible !== false,
  );
  expect(shown.filter(({ label = '' }) => !/\p{Script=Han}/u.test(label))).toEqual([]);
});

test('what only the zoom of browsers listens to is not seen', () => {
  const hidden = itemsOf(options).filter(({ visible }) => visible === false);
  expect(hidden.map(({ role, accelerator }) => `${role} ${accelerator}`)).toEqual([
    'zoomIn CmdOrCtrl+=',
    'zoomIn CmdOrCtrl+numadd',
    'zoomOut CmdOrCtrl+numsub',
    'resetZoom CmdOrCtrl+num0',
  ]);
});

const nothing = { canUndo: false, canRedo: false, canCut: false, canCopy: false, canPaste: false, canDelete: false };
const editFlags = { ...nothing, canSelectAll: false, canEditRichly: false };

test.each([
  ['nothing', { isEditable: false, selectionText: ' \n' }, []],
  ['a selected text', { isEditable: false, selectionText: 'GET /' }, ['copy']],
  ['an empty field', { isEditable: true, selectionText: '' }, ['paste', 'selectAll']],
])('a right click on %s offers %j', (_what, on, offered) => {
  const flags = { ...editFlags, canPaste: true, canSelectAll: true };
  const items = textMenuTemplate({ ...on, editFlags: flags }, textsIn('en'));
  expect(items.filter(({ role, enabled }) => role && enabled !== false).map(({ role }) => role)).toEqual(offered);
});

test('developer tools are for development', () => {
  const roles = (development: boolean) => itemsOf({ ...options, development }).map(({ role }) => role);
  expect(roles(true)).toContain('toggleDevTools');
  expect(roles(false)).not.toContain('toggleDevTools');
});
