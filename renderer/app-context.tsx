import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { App } from './app.ts';
import { type Messages, messagesFor } from './i18n/messages.ts';
import type { EngineView } from './store/engine-store.ts';
import type { UiState } from './store/ui-store.ts';

const AppContext = createContext<App | null>(null);

export function AppProvider({ app, children }: { app: App; children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp outside of AppProvider');
  return app;
}

export function useEngine<T>(select: (view: EngineView) => T): T {
  return useStore(useApp().engine, select);
}

export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useApp().ui, select);
}

/** The texts of the chosen language. */
export function useMessages(): Messages {
  return messagesFor(useUi((state) => state.language));
}
