import { clsx } from 'clsx';
import { Archive, Eraser, TriangleAlert } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { Button } from '../ui/button.tsx';
import { KeyHint } from '../ui/chip.tsx';
import { ExportMenu } from './export-menu.tsx';
import { ListenerAddresses } from './listener-addresses.tsx';

/** Reads the document, so it comes with what reads YAML: after the first picture. */
const ThrottleChoice = lazy(() => import('./throttle-choice.tsx').then((page) => ({ default: page.ThrottleChoice })));

export function TopBar() {
  const app = useApp();
  const messages = useMessages();
  const file = useEngine((view) => view.state?.configFile);
  const listeners = useEngine((view) => view.state?.listeners);
  return (
    <header className="top-bar">
      <RecordingButton />
      <Button title={messages.recordings.titles.list} onClick={() => runCommand(app, 'recordings.open')}>
        <Archive size={13} aria-hidden />
        <span className="button-label">{messages.recordings.button}</span>
      </Button>
      {file ? (
        <Button className="file-name" title={file} onClick={() => runCommand(app, 'page.rules')}>
          <span className="truncate">{file.split(/[\\/]/).at(-1)}</span>
        </Button>
      ) : null}
      <ListenerAddresses listeners={listeners} />
      <Suspense fallback={null}>
        <ThrottleChoice />
      </Suspense>
      <Button title={messages.commands['exchanges.clear']} onClick={() => runCommand(app, 'exchanges.clear')}>
        <Eraser size={13} aria-hidden />
        <span className="button-label">{messages.frame.clear}</span>
      </Button>
      <ExportMenu />
      <Button onClick={() => runCommand(app, 'palette.open')}>
        <span className="button-label">{messages.frame.commands}</span>{' '}
        <KeyHint keys={displayKeys('$mod+k', app.mac)} />
      </Button>
    </header>
  );
}

function RecordingButton() {
  const app = useApp();
  const { frame, connection, recordings } = useMessages();
  const recording = useEngine((view) => view.state?.capture.recording ?? false);
  const notRecorded = useEngine((view) => view.state?.capture.notRecorded ?? 0);
  const withoutBodies = useEngine((view) => view.state?.capture.withoutBodies ?? 0);
  const channel = useEngine((view) => view.connection);
  const isThere = channel === 'open';
  const missing = recordings.notKept(notRecorded, withoutBodies);
  return (
    <Button
      tone="quiet"
      className={clsx('recording', !(recording && isThere) && 'recording-paused')}
      aria-pressed={recording && isThere}
      disabled={!isThere}
      title={missing === '' ? frame.recordingHint : `${missing}. ${frame.recordingHint}`}
      onClick={() => runCommand(app, 'recording.toggle')}
    >
      <span className="recording-mark" aria-hidden />
      {channel === 'open' ? (recording ? frame.recording : frame.paused) : connection.short[channel]}
      {missing === '' ? null : <TriangleAlert size={12} className="tone-warn" aria-label={missing} />}
    </Button>
  );
}
