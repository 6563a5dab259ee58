import './transfer.css';
import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { useId, useState } from 'react';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { IMPORT_FORMATS, type ImportFormat, type ImportResult, OF_ALL } from '../../proxy-engine/contract/transfer.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorBox, Field } from '../ui/field.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { showToast } from '../ui/toast.tsx';
import { FileZone } from './file-zone.tsx';
import { entriesOfImport } from './report.ts';
import { ReportList } from './report-list.tsx';
import { usePreview } from './use-preview.ts';

/** A message to the engine has at most 8 MiB; what JSON escapes needs room. */
const MOST_BYTES = 4 * 1024 ** 2;

interface Source {
  text: string;
  /** Of the file; empty when it was typed. */
  name: string;
}

const NO_SOURCE: Source = { text: '', name: '' };
/** A text is read when nobody has typed for so long. */
const TYPING_MS = 300;
/** Windows ask for themselves alone. */
const VISIT = Math.random().toString(36);

/** Another program's file: what it would make, and why something would not come along, before anything changes. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { transfer } = useMessages();
  const [source, setSource] = useState(NO_SOURCE);
  const [format, setFormat] = useState<ImportFormat | 'auto'>('auto');
  const [refused, setRefused] = useState<string | null>(null);
  const asker = useId();
  const question = { text: source.text, asker: `${VISIT} ${asker}`, ...(format === 'auto' ? {} : { format }) };
  const { result, error, isCurrent } = usePreview(app.previewImport, source.text.trim() === '' ? null : question, {
    waitMs: source.name === '' ? TYPING_MS : 0,
  });

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    const isTooLarge = file.size > MOST_BYTES;
    setRefused(isTooLarge ? transfer.tooLarge(file.name) : null);
    setSource(isTooLarge ? NO_SOURCE : { text: await file.text(), name: file.name });
  }

  function type(next: Source): void {
    setRefused(null);
    setSource(next);
  }

  return (
    <Dialog open size="wide" onClose={onClose} title={transfer.importTitle}>
      <div className="transfer">
        <div className="transfer-choice">
          <FileZone name={source.name} hint={transfer.drop} onFiles={([chosen]) => void take(chosen?.file)} />
          <SourceField source={source} onChange={type} />
          <FormatChoice format={format} found={result?.format} onChange={setFormat} />
        </div>
        <div className="transfer-preview import-preview" aria-busy={!isCurrent}>
          {refused === null ? null : <ErrorBox>{refused}</ErrorBox>}
          {error === null ? null : <ErrorBox>{error}</ErrorBox>}
          {result ? (
            <ImportPreview result={result} />
          ) : error === null ? (
            <EmptyState icon={FileUp} title={isCurrent ? transfer.preview : transfer.reading}>
              <p className="empty-text">{transfer.importHint}</p>
            </EmptyState>
          ) : null}
        </div>
      </div>
      <ImportActions result={isCurrent ? result : null} isReading={!isCurrent} onClose={onClose} />
    </Dialog>
  );
}

function SourceField({ source, onChange }: { source: Source; onChange: (source: Source) => void }) {
  const { transfer } = useMessages();
  return (
    <Field label={transfer.paste}>
      {(props) => (
        <textarea
          {...props}
          className="input input-mono transfer-source"
          spellCheck={false}
          value={source.text}
          onChange={(event) => onChange({ text: event.target.value, name: '' })}
        />
      )}
    </Field>
  );
}

interface FormatChoiceProps {
  format: ImportFormat | 'auto';
  found: ImportFormat | undefined;
  onChange: (format: ImportFormat | 'auto') => void;
}

const FORMAT_NAMES: Record<ImportFormat, string> = {
  charles: 'Charles',
  requestly: 'Requestly',
  har: 'HAR',
  nginx: 'nginx',
};

function FormatChoice({ format, found, onChange }: FormatChoiceProps) {
  const { transfer } = useMessages();
  const formats = IMPORT_FORMATS.map((value) => ({ value, label: FORMAT_NAMES[value] }));
  return (
    <div className="field">
      <span className="field-label">{transfer.format}</span>
      <SegmentedControl
        size="small"
        label={transfer.format}
        value={format}
        options={[{ value: 'auto', label: transfer.auto }, ...formats]}
        onChange={onChange}
      />
      {found ? <span className="field-hint">{transfer.found(FORMAT_NAMES[found])}</span> : null}
    </div>
  );
}

function ImportPreview({ result }: { result: ImportResult }) {
  const { transfer } = useMessages();
  return (
    <>
      {result.issues.length === 0 ? null : <Issues issues={result.issues} />}
      <ReportList entries={entriesOfImport(result.items)} />
      <pre className="transfer-text mono" tabIndex={0} aria-label={transfer.adds}>
        {result.text}
      </pre>
    </>
  );
}

function Issues({ issues }: { issues: readonly ConfigIssue[] }) {
  const { engine, transfer } = useMessages();
  return (
    <ErrorBox>
      {transfer.wouldNotRun}
      {issues.map((issue, i) => (
        <div key={i} className="mono">
          {issue.path}: {engine(issue.message)}
        </div>
      ))}
    </ErrorBox>
  );
}

interface ImportActionsProps {
  /** null: nothing that could be added. */
  result: ImportResult | null;
  isReading: boolean;
  onClose: () => void;
}

function ImportActions({ result, isReading, onClose }: ImportActionsProps) {
  const app = useApp();
  const { engine, transfer, pools } = useMessages();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const count = result?.adds ?? 0;
  const warning = result?.items.find(({ at }) => at === OF_ALL);

  async function apply(): Promise<void> {
    if (!result) return;
    setBusy(true);
    // What others change after the preview was made is kept.
    const outcome = await app.config.apply(result.merged, result.document);
    setBusy(false);
    if (!outcome.ok) return setError(outcome.conflict ? transfer.changedMeanwhile : outcome.message);
    showToast('info', transfer.added(count));
    onClose();
  }

  return (
    <>
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      <div className="dialog-actions">
        <span className={clsx('dialog-note', warning && 'dialog-warning')} role="status">
          {isReading ? transfer.reading : warning && engine(`${warning.what}: ${warning.why}`)}
        </span>
        <Button onClick={onClose}>{pools.cancel}</Button>
        <Button
          tone="primary"
          disabled={busy || count === 0 || (result?.issues.length ?? 0) > 0}
          onClick={() => void apply()}
        >
          {transfer.add(count)}
        </Button>
      </div>
    </>
  );
}
