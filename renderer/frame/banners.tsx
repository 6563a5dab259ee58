import type { ConfigProblem } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { runCommand } from '../commands/run-commands.ts';
import { RecordingBanner } from '../recordings/recording-banner.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConnectionBanner } from './connection-banner.tsx';

/** What the person must know before trusting the rest of the window. */
export function Banners() {
  return (
    <div className="frame-banner" role="status">
      <ConnectionBanner />
      <ConfigBanner />
      <CaptureBanner />
      <RecordingBanner />
      <DrillBanner />
    </div>
  );
}

function ConfigBanner() {
  const { frame, engine } = useMessages();
  const problems = useEngine((view) => view.state?.configProblems) ?? NONE;
  return problems.map((problem) => (
    <Banner key={problem.kind === 'config' ? '' : problem.source} bad>
      {problem.kind === 'config'
        ? frame.configError(engine(problem.reason))
        : frame.sharedProblem[problem.kind](problem.source, engine(problem.reason))}
    </Banner>
  ));
}

const NONE: readonly ConfigProblem[] = [];

/** On every other page: why backends go away by themselves. */
function DrillBanner() {
  const app = useApp();
  const { drills } = useMessages();
  const isElsewhere = useUi((state) => state.page !== 'drills');
  const running = useEngine((view) => (view.state?.drill?.outcome === 'running' ? view.state.drill.name : null));
  if (running === null || !isElsewhere) return null;
  return (
    <Banner>
      {drills.underWay(running)}{' '}
      <Button size="small" onClick={() => runCommand(app, 'page.drills')}>
        {drills.watch}
      </Button>{' '}
      <Button size="small" tone="danger" onClick={() => runCommand(app, 'drill.stop')}>
        {drills.stop}
      </Button>
    </Banner>
  );
}

function CaptureBanner() {
  const { frame, engine } = useMessages();
  const capture = useEngine((view) => view.state?.capture);
  if (!capture || !capture.recording) return null;
  if (capture.level === 'full') return capture.note ? <Banner>{engine(capture.note)}</Banner> : null;
  return (
    <Banner>
      {frame.captureDegraded[capture.level]}
      {capture.reason ? `: ${engine(capture.reason)}` : ''}
    </Banner>
  );
}
