import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/ui.css';
import { createRoot } from 'react-dom/client';
import type { Connection } from './api/connection.ts';
import { createApp } from './app.ts';
import { AppProvider } from './app-context.tsx';
import { bindCommands } from './commands/bind-keys.ts';
import { passFocusOn } from './commands/pass-focus-on.ts';
import { askBeforeLeaving } from './frame/ask-before-leaving.ts';
import { refuseFilesBeside } from './frame/files-beside.ts';
import { Frame } from './frame/frame.tsx';
import { tellLanguage } from './frame/tell-language.ts';
import { showTheme } from './frame/theme.ts';
import { keepPlace } from './store/place.ts';

/** Shows the window over `connection`. */
export function startWindow(connection: Connection): void {
  const platform = window.desktop?.platform ?? navigator.platform;
  const app = createApp({
    connection,
    storage: localStorage,
    languages: navigator.languages,
    mac: /mac|darwin/i.test(platform),
    desktop: window.desktop !== undefined,
  });
  keepPlace(app, sessionStorage);
  showTheme(app.ui);
  if (window.desktop) tellLanguage(app.ui, window.desktop);
  bindCommands(app, window);
  passFocusOn(document);
  askBeforeLeaving(app, window);
  refuseFilesBeside(window);
  const root = document.getElementById('root');
  if (root)
    createRoot(root).render(
      <AppProvider app={app}>
        <Frame />
      </AppProvider>,
    );
}
