import './frame.css';
import { clsx } from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { type ComponentType, lazy, Suspense } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { BackendsPage } from '../backends/backends-page.tsx';
import { FaultsDialog } from '../backends/faults-dialog.tsx';
import { BreakpointPanel } from '../breakpoints/breakpoint-panel.tsx';
import { Dock } from '../dock/dock.tsx';
import type { Page } from '../store/ui-store.ts';
import { TrafficPage } from '../traffic/traffic-page.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ToastHost } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Banners } from './banners.tsx';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import { TopBar } from './top-bar.tsx';

/** With its editor it is the heaviest page, and not the first one seen. */
const RulesPage = lazy(async () => ({ default: (await import('../rules/rules-page.tsx')).RulesPage }));

/** Reads the document as the rules page does. */
const SettingsPage = lazy(async () => ({ default: (await import('../settings/settings-page.tsx')).SettingsPage }));

const DrillsPage = lazy(async () => ({ default: (await import('../drills/drills-page.tsx')).DrillsPage }));
const ComposePage = lazy(async () => ({ default: (await import('../compose/compose-page.tsx')).ComposePage }));

/** Opened now and then. */
const TransferDialogs = lazy(async () => ({
  default: (await import('../transfer/transfer-dialogs.tsx')).TransferDialogs,
}));

const RecordingsDialog = lazy(async () => ({
  default: (await import('../recordings/recordings-dialog.tsx')).RecordingsDialog,
}));

const PAGES: Record<Page, ComponentType> = {
  traffic: TrafficPage,
  backends: BackendsPage,
  rules: RulesPage,
  drills: DrillsPage,
  compose: ComposePage,
  settings: SettingsPage,
};

/** Top bar, navigation, one page, and the dock that is always there. */
export function Frame() {
  const app = useApp();
  const messages = useMessages();
  const page = useUi((state) => state.page);
  const isLost = useEngine(({ connection }) => connection === 'lost' || connection === 'stopped');
  const PageContent = PAGES[page];
  return (
    <ToastHost closeLabel={messages.common.close}>
      <TooltipProvider delay={500}>
        <div className={clsx('frame', app.desktop && app.mac && 'desktop-mac', isLost && 'frame-lost')}>
          <TopBar />
          <Banners />
          <Navigation />
          <main className="page" aria-label={messages.pages[page]}>
            <ErrorBoundary key={page} FallbackComponent={PageFailed}>
              <Suspense>
                <PageContent />
              </Suspense>
            </ErrorBoundary>
          </main>
          <BreakpointPanel />
          <Dock />
          <Palette />
          <FaultsDialog />
          <Suspense fallback={null}>
            <RecordingsDialog />
          </Suspense>
          <Suspense fallback={null}>
            <TransferDialogs />
          </Suspense>
        </div>
      </TooltipProvider>
    </ToastHost>
  );
}

function PageFailed({ error }: { error: unknown }) {
  const messages = useMessages();
  return (
    <EmptyState icon={TriangleAlert} title={messages.frame.renderFailed}>
      <p className="empty-text mono">{String(error)}</p>
    </EmptyState>
  );
}
