/** What main says itself, in the languages of the window: the native menu and the dialogs. No Electron in here. */
import type { MenuItemConstructorOptions } from 'electron';
import type { CommandDefinition } from '../renderer/commands/registry.ts';
import type { Language } from '../renderer/i18n/language.ts';
import { zhTwCommands } from '../renderer/i18n/zh-tw/commands.ts';

/** What a message box says. */
export interface Told {
  message: string;
  detail: string;
}

export interface Texts {
  titleOf(command: Pick<CommandDefinition, 'id' | 'title'>): string;
  menus: Record<CommandDefinition['section'] | 'edit' | 'window', string>;
  submenuOf(name: string): string;
  restartEngine: string;
  /** Absent: what Electron calls it on this system. */
  roles: { readonly [R in NonNullable<MenuItemConstructorOptions['role']>]?: string };
  save(name: string): string;
  notSaved(name: string, path: string): Told;
  leave: Told & { buttons: [leave: string, stay: string] };
  openAddress: { message: string; buttons: [open: string, cancel: string] };
  runsAlready(config: string, other: string): Told;
  standsIn(reason: string, directory: string): Told;
}

const en: Texts = {
  titleOf: ({ title }) => title,
  menus: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    traffic: 'Traffic',
    backends: 'Backends',
    rules: 'Rules',
    window: 'Window',
    help: 'Help',
  },
  submenuOf: (name) => name,
  restartEngine: 'Restart engine',
  roles: { undo: 'Undo', redo: 'Redo' },
  save: (name) => `Save ${name}`,
  notSaved: (name, path) => ({
    message: `${name} was not saved.`,
    detail: `${path} could not be written. Choose a directory that can be written and has room.`,
  }),
  leave: {
    message: 'Close without saving?',
    detail: 'What is typed in the window and not saved will be lost.',
    buttons: ['Close', 'Cancel'],
  },
  openAddress: { message: 'Open this address in the browser?', buttons: ['Open', 'Cancel'] },
  runsAlready: (config, other) => ({
    message: 'Switchyard runs already, with another config.',
    detail: `It runs with ${config}. Quit it to open ${other}, or start a second one beside it with a --user-data-dir of its own.`,
  }),
  standsIn: (reason, directory) => ({
    message: 'What you do here will not be found at the next start.',
    detail: `The app's own directory cannot be written (${reason}); ${directory} stands in.`,
  }),
};

const zhTw: Texts = {
  titleOf: ({ id, title }) => (zhTwCommands as Readonly<Record<string, string>>)[id] ?? title,
  menus: {
    file: '檔案',
    edit: '編輯',
    view: '檢視',
    traffic: '流量',
    backends: '後端',
    rules: '規則',
    window: '視窗',
    help: '說明',
  },
  submenuOf: (name) => SUBMENUS[name] ?? name,
  restartEngine: '重新啟動引擎',
  roles: {
    about: '關於 Switchyard',
    services: '服務',
    hide: '隱藏 Switchyard',
    hideOthers: '隱藏其他',
    unhide: '全部顯示',
    quit: '結束',
    undo: '復原',
    redo: '重做',
    cut: '剪下',
    copy: '複製',
    paste: '貼上',
    delete: '刪除',
    selectAll: '全選',
    resetZoom: '實際大小',
    zoomIn: '放大',
    zoomOut: '縮小',
    togglefullscreen: '切換全螢幕',
    reload: '重新載入',
    toggleDevTools: '切換開發人員工具',
    minimize: '最小化',
    zoom: '縮放',
    front: '全部移至最前',
    close: '關閉視窗',
  },
  save: (name) => `儲存 ${name}`,
  notSaved: (name, path) => ({
    message: `${name} 沒有儲存。`,
    detail: `無法寫入 ${path}。請選擇可以寫入且有空間的目錄。`,
  }),
  leave: {
    message: '不儲存就關閉？',
    detail: '視窗中已輸入但未儲存的內容將會遺失。',
    buttons: ['關閉', '取消'],
  },
  openAddress: { message: '在瀏覽器中開啟這個網址？', buttons: ['開啟', '取消'] },
  runsAlready: (config, other) => ({
    message: 'Switchyard 已在執行，使用另一份設定檔。',
    detail: `它使用 ${config}。請先結束它再開啟 ${other}，或以另一個 --user-data-dir 同時啟動第二個。`,
  }),
  standsIn: (reason, directory) => ({
    message: '你在這裡所做的，下次啟動時不會保留。',
    detail: `無法寫入應用程式自己的目錄（${reason}）；改用 ${directory}。`,
  }),
};

/** By the name that the registry has. */
const SUBMENUS: Readonly<Record<string, string>> = { 'Copy as': '複製為', Sort: '排序' };

const TEXTS: Record<Language, Texts> = { en, 'zh-TW': zhTw };

export function textsIn(language: Language): Texts {
  return TEXTS[language];
}
