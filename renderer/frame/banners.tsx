import { clsx } from 'clsx';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { RecordingBanner } from '../recordings/recording-banner.tsx';

/** What the person must know before trusting the rest of the window. */
export function Banners() {
  return (
    <div className="frame-banner" role="status">
      <ConnectionBanner />
      <ConfigBanner />
      <CaptureBanner />
      <RecordingBanner />
    </div>
  );
}

function Banner({ bad, children }: { bad?: boolean; children: ReactNode }) {
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <div className={clsx('banner', bad && 'banner-bad')}>
      <Icon size={14} aria-hidden />
      <span>{children}</span>
    </div>
  );
}

function ConnectionBanner() {
  const app = useApp();
  const { frame } = useMessages();
  const connection = useEngine((view) => view.connection);
  const reason = useEngine((view) => view.lostReason);
  if (connection === 'connecting' || connection === 'open') return null;
  const said = connection === 'stopped' ? frame.stopped : app.desktop ? frame.lostDesktop : frame.lost;
  return (
    <Banner bad>
      {said} {reason ? frame.lostBecause(reason) : ''}
    </Banner>
  );
}

function ConfigBanner() {
  const { frame } = useMessages();
  const error = useEngine((view) => view.state?.configError);
  return error ? <Banner bad>{frame.configError(error)}</Banner> : null;
}

function CaptureBanner() {
  const { frame } = useMessages();
  const capture = useEngine((view) => view.state?.capture);
  if (!capture || !capture.recording) return null;
  if (capture.level === 'full') return capture.note ? <Banner>{capture.note}</Banner> : null;
  return (
    <Banner>
      {frame.captureDegraded[capture.level]}
      {capture.reason ? `: ${capture.reason}` : ''}
    </Banner>
  );
}
