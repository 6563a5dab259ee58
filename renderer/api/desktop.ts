import type { Language } from '../i18n/language.ts';

/** What the page's `message` event carries when the preload hands over a port to the engine. */
export const PORT_MESSAGE = 'engine-port';

/** What the desktop window's preload gives the page; absent in a browser. */
export interface Desktop {
  platform: string;
  /** Told of the engine process: `restarting` while a new one starts, `stopped` when it gave up. */
  onEngineStatus(callback: (status: EngineProcessStatus) => void): void;
  /** A command of the native menu was chosen; `undo` and `redo` of its *Edit*, too. */
  onCommand(callback: (id: string) => void): void;
  /** The native menu and dialogs speak as the window does. */
  setLanguage(language: Language): void;
  /** Set when the engine is a separate program: the channel is a WebSocket then. */
  channel?: { url: string; token: string };
}

export type EngineProcessStatus =
  | { state: 'running' }
  | { state: 'restarting'; attempt: number; reason?: string }
  | { state: 'stopped'; reason?: string };

declare global {
  interface Window {
    desktop?: Desktop;
  }
}
