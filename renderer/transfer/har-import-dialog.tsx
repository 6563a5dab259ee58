import './transfer.css';
import { useEffect, useRef, useState } from 'react';
import type { HarImportResult, HarProblem } from '../../proxy-engine/contract/har-commands.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatShare } from '../format/quantities.ts';
import { showRecorded } from '../traffic/show-traffic.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorBox } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { FileZone } from './file-zone.tsx';
import { nameOf } from './har-calls.ts';

/** A HAR of another program, or of ours, into the list; what was wrong with it is told. */
export function HarImportDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { har, common } = useMessages();
  const [name, setName] = useState('');
  const [progress, setProgress] = useState<string | null>(null);
  const [result, setResult] = useState<HarImportResult | null>(null);
  const [error, setError] = useState<string | null>(null);
  const goesOn = useRef(true);
  useEffect(() => {
    goesOn.current = true;
    return () => void (goesOn.current = false);
  }, []);

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    setName(nameOf(file));
    setResult(null);
    setError(null);
    try {
      const done = await app.har.import(file, (bytes) => {
        setProgress(har.read(formatShare(bytes, file.size)));
        return goesOn.current;
      });
      setResult(done);
      if (!goesOn.current) showToast('warn', har.brokenOff(nameOf(file), done.exchanges));
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      setProgress(null);
    }
  }

  function show(id: number | undefined): void {
    onClose();
    showRecorded(app, `note *= ${JSON.stringify(`imported from ${name}`)}`);
    if (id !== undefined) app.traffic.choose(id);
  }

  return (
    <Dialog open onClose={onClose} title={har.importTitle}>
      <div className="har-import">
        <FileZone name={name} hint={har.drop} onFiles={([chosen]) => void take(chosen?.file)} />
        {error === null ? null : <ErrorBox>{error}</ErrorBox>}
        <p role="status" aria-busy={progress !== null} className={result ? undefined : 'field-hint'}>
          {result ? har.imported(result.exchanges) : (progress ?? har.importHint)}
        </p>
        {result ? <Problems problems={result.problems} /> : null}
      </div>
      <div className="dialog-actions">
        <Button onClick={onClose}>{common.close}</Button>
        <Button tone="primary" disabled={!result?.exchanges} onClick={() => show(result?.firstId)}>
          {har.show}
        </Button>
      </div>
    </Dialog>
  );
}

function Problems({ problems }: { problems: readonly HarProblem[] }) {
  const { har } = useMessages();
  if (problems.length === 0) return null;
  return (
    <ul className="har-problems" tabIndex={0} aria-label={har.problems}>
      {worstFirst(problems).map((problem) => (
        <Problem key={`${problem.outcome} ${problem.why}`} problem={problem} />
      ))}
    </ul>
  );
}

function worstFirst(problems: readonly HarProblem[]): HarProblem[] {
  const rank = ({ outcome }: HarProblem) => (outcome === 'left-out' ? 0 : 1);
  return [...problems].sort((a, b) => rank(a) - rank(b));
}

function Problem({ problem: { at, outcome, why, times } }: { problem: HarProblem }) {
  const { engine, har } = useMessages();
  return (
    <li className="report-row" data-outcome={outcome === 'left-out' ? 'unmapped' : 'approximated'}>
      <span className="report-outcome">{har.outcome[outcome]}</span>
      <span className="report-text">
        <span className="report-what">{engine(why)}</span>{' '}
        <span className="report-at mono">{times > 1 ? har.first(engine(at), times) : engine(at)}</span>
      </span>
    </li>
  );
}
