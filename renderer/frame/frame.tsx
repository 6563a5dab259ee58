import './frame.css';
import { clsx } from 'clsx';
import { type ComponentType, lazy, type MouseEvent, Suspense, useEffect } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { BreakpointPanel } from '../breakpoints/breakpoint-panel.tsx';
import { skipToPage } from '../commands/walk.ts';
import { Dock } from '../dock/dock.tsx';
import type { EngineView } from '../store/engine-store.ts';
import type { Page } from '../store/ui-store.ts';
import { TrafficPage } from '../traffic/traffic-page.tsx';
import { PageFailed } from '../ui/failed.tsx';
import { ToastHost } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Banners } from './banners.tsx';
import { Navigation } from './navigation.tsx';
import { NoEngine } from './no-engine.tsx';
import { Palette } from './palette.tsx';
import { TopBar } from './top-bar.tsx';

/** Loaded when they are opened, or before, when nothing else is to be done. */
const LATER = {
  backends: async () => (await import('../backends/backends-page.tsx')).BackendsPage,
  rules: async () => (await import('../rules/rules-page.tsx')).RulesPage,
  drills: async () => (await import('../drills/drills-page.tsx')).DrillsPage,
  compose: async () => (await import('../compose/compose-page.tsx')).ComposePage,
  settings: async () => (await import('../settings/settings-page.tsx')).SettingsPage,
  faults: async () => (await import('../backends/faults-dialog.tsx')).FaultsDialog,
  recordings: async () => (await import('../recordings/recordings-dialog.tsx')).RecordingsDialog,
  transfer: async () => (await import('../transfer/transfer-dialogs.tsx')).TransferDialogs,
};

interface Attempt {
  /** Of the connection to the engine. */
  generation: number;
  hasFailed: boolean;
  Content: ComponentType;
}

/** Its files come from the engine: what could not be had while it was away is asked for again when it is back. */
function later(load: () => Promise<ComponentType>, Meanwhile: ComponentType = Nothing): ComponentType {
  let last: Attempt | null = null;
  return function Later() {
    const generation = useEngine((view) => view.generation);
    if (last === null || (last.hasFailed && last.generation !== generation))
      last = attemptAt(generation, load, Meanwhile);
    return <last.Content />;
  };
}

function attemptAt(generation: number, load: () => Promise<ComponentType>, Meanwhile: ComponentType): Attempt {
  const attempt: Attempt = { generation, hasFailed: false, Content: lazy(async () => ({ default: await loaded() })) };
  function loaded(): Promise<ComponentType> {
    return load().catch((error: unknown) => {
      attempt.hasFailed = true;
      return missing(error, Meanwhile);
    });
  }
  return attempt;
}

function missing(error: unknown, Meanwhile: ComponentType): ComponentType {
  return function Missing() {
    if (!useEngine(isAway)) throw error;
    return <Meanwhile />;
  };
}

function isAway({ loss }: EngineView): boolean {
  return loss !== null;
}

function Nothing() {
  return null;
}

const FaultsDialog = later(LATER.faults);
const RecordingsDialog = later(LATER.recordings);
const TransferDialogs = later(LATER.transfer);

const PAGES: Record<Page, ComponentType> = {
  traffic: TrafficPage,
  backends: later(LATER.backends, Unfilled),
  rules: later(LATER.rules, Unfilled),
  drills: later(LATER.drills, Unfilled),
  compose: later(LATER.compose, Unfilled),
  settings: later(LATER.settings, Unfilled),
};

/** A page that is opened later is there at once. */
function loadTheRest(): () => void {
  const request = requestIdleCallback(() => {
    for (const load of Object.values(LATER)) load().catch(() => {});
  });
  return () => cancelIdleCallback(request);
}

/** Top bar, navigation, one page, and the dock that is always there. */
export function Frame() {
  const app = useApp();
  const messages = useMessages();
  const page = useUi((state) => state.page);
  const isLost = useEngine(isAway);
  const isKnown = useEngine(({ state }) => state !== null);
  const PageContent = PAGES[page];
  useEffect(loadTheRest, []);
  return (
    <ToastHost>
      <TooltipProvider delay={500}>
        <div className={clsx('frame', app.desktop && app.mac && 'desktop-mac', isLost && 'frame-lost')}>
          <SkipLink />
          <TopBar />
          <Banners />
          <Navigation />
          <main id="page" className="page" aria-label={messages.pages[page]}>
            <ErrorBoundary key={page} resetKeys={[isLost]} FallbackComponent={PageFailed}>
              <Suspense>{isLost && !isKnown ? <Unfilled /> : <PageContent />}</Suspense>
            </ErrorBoundary>
          </main>
          <BreakpointPanel />
          <Dock />
          <Palette />
          <Dialogs />
        </div>
      </TooltipProvider>
    </ToastHost>
  );
}

/** Opened while there is no engine: what a page would say of a config that it does not know is not true. */
function Unfilled() {
  const { pages } = useMessages();
  const page = useUi((state) => state.page);
  return (
    <>
      <h1 className="visually-hidden">{pages[page]}</h1>
      <NoEngine />
    </>
  );
}

/** The first stop of the Tab key, seen only there: past the bars that stand on every page. */
function SkipLink() {
  const { frame } = useMessages();
  function skip(event: MouseEvent): void {
    event.preventDefault();
    skipToPage();
  }
  return (
    <a className="button skip-link" href="#page" onClick={skip}>
      {frame.skip}
    </a>
  );
}

/** What opens on any page; each is there only while it is. */
function Dialogs() {
  const faults = useUi(({ faultsOf }) => faultsOf !== null);
  const recordings = useUi(({ recordingsView }) => recordingsView !== null);
  const transfer = useUi(({ transfer: open }) => open !== null);
  return (
    <Suspense fallback={null}>
      {faults ? <FaultsDialog /> : null}
      {recordings ? <RecordingsDialog /> : null}
      {transfer ? <TransferDialogs /> : null}
    </Suspense>
  );
}
