import { ArrowRight, GitCompare } from 'lucide-react';
import { memo, type ReactNode, useEffect, useState } from 'react';
import type {
  ComparedRequests,
  ComparedSide,
  RecordingComparison,
} from '../../proxy-engine/contract/recording-commands.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { formatCount, formatLatency, formatShare } from '../format/quantities.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Choice } from '../ui/menu.tsx';
import { useGradually } from '../ui/use-gradually.ts';
import { type Change, failureChange, keyOf, latencyChange, statusText } from './comparison.ts';
import type { RecordingsProps } from './recordings-dialog.tsx';

/** What is recorded now, among the ids of saved recordings. */
const NOW = '';
/** More than there is room for. */
const ROWS_A_FRAME = 24;

/** Two recordings beside each other: the same requests, how many, how many failed, how long they took. */
export function Compare({ saved, onError }: RecordingsProps) {
  const app = useApp();
  const { recordings } = useMessages();
  const chosen = useUi((state) => state.compareRecordings);
  const before = chosen?.before ?? saved.recordings.at(0)?.recording ?? null;
  const after = chosen?.after ?? null;
  const options = [
    { value: NOW, label: recordings.now },
    ...saved.recordings.map(({ recording, name }) => ({ value: recording, label: name })),
  ];
  const choose = (sides: { before?: string; after?: string }): void =>
    app.ui.setState({
      compareRecordings: {
        before: (sides.before ?? before ?? NOW) || null,
        after: (sides.after ?? after ?? NOW) || null,
      },
    });
  return (
    <>
      <div className="compare-choice">
        <Choice
          label={recordings.before}
          value={before ?? NOW}
          options={options}
          onChange={(id) => choose({ before: id })}
        />
        <ArrowRight size={14} aria-hidden />
        <Choice
          label={recordings.after}
          value={after ?? NOW}
          options={options}
          onChange={(id) => choose({ after: id })}
        />
      </div>
      <LoadedComparison key={`${before}→${after}`} before={before} after={after} onError={onError} />
      <div className="dialog-actions">
        <Button onClick={() => app.ui.setState({ recordingsView: 'list' })}>{recordings.back}</Button>
      </div>
    </>
  );
}

interface LoadedProps {
  before: string | null;
  after: string | null;
  onError: (error: unknown) => void;
}

function LoadedComparison({ before, after, onError }: LoadedProps) {
  const app = useApp();
  const { common } = useMessages();
  const [result, setResult] = useState<RecordingComparison | null>(null);
  useEffect(() => {
    app.recordings.compare({ before, after }).then(setResult, onError);
  }, [app, before, after, onError]);
  return result ? <Comparison result={result} /> : <p className="muted compare-wait">{common.loading}</p>;
}

function Comparison({ result }: { result: RecordingComparison }) {
  const { recordings } = useMessages();
  const shown = useGradually(result.requests.length, ROWS_A_FRAME);
  if (result.requests.length === 0)
    return (
      <EmptyState icon={GitCompare} title={recordings.nothingToCompare}>
        <p className="empty-text">{recordings.nothingToCompareText}</p>
      </EmptyState>
    );
  return (
    <div className="compare-table" tabIndex={0} role="region" aria-label={recordings.titles.compare}>
      <table>
        <thead>
          <tr>
            <th>{recordings.column.requests}</th>
            <th>{recordings.column.count}</th>
            <th>{recordings.column.failed}</th>
            <th>p50</th>
            <th>p95</th>
          </tr>
        </thead>
        <tbody>
          <ComparedRow name={<b>{recordings.all}</b>} before={result.before} after={result.after} />
          {result.requests.slice(0, shown).map((requests) => (
            <RequestsRow key={keyOf(requests)} requests={requests} />
          ))}
        </tbody>
      </table>
      {result.more > 0 ? <p className="field-hint">{recordings.moreKinds(result.more)}</p> : null}
    </div>
  );
}

const RequestsRow = memo(function RequestsRow({ requests }: { requests: ComparedRequests }) {
  return <ComparedRow name={<RequestName {...requests} />} before={requests.before} after={requests.after} />;
});

function RequestName({ method, host, path }: ComparedRequests) {
  return (
    <span className="compare-name" title={`${method} ${host}${path}`}>
      <span className="muted">{method}</span>
      <span className="muted truncate compare-host">{host}</span>
      <bdi className="truncate">{path}</bdi>
    </span>
  );
}

interface RowProps {
  name: ReactNode;
  before: ComparedSide | undefined;
  after: ComparedSide | undefined;
}

function ComparedRow({ name, before, after }: RowProps) {
  const both = before && before.count > 0 && after && after.count > 0;
  const latency = (ms: number | undefined): string => (ms === undefined ? '–' : formatLatency(ms));
  const failed = (side: ComparedSide | undefined): string => (side ? formatShare(side.failed, side.count) : '–');
  return (
    <tr>
      <th scope="row">{name}</th>
      <Pair before={formatCount(before?.count ?? 0)} after={formatCount(after?.count ?? 0)} />
      <Pair
        before={failed(before)}
        after={failed(after)}
        change={both ? failureChange(before, after) : 'same'}
        title={[before, after].map((side) => (side ? statusText(side, formatCount) : '–')).join(' → ')}
      />
      <Pair
        before={latency(before?.p50Ms)}
        after={latency(after?.p50Ms)}
        change={both ? latencyChange(before.p50Ms, after.p50Ms) : 'same'}
      />
      <Pair
        before={latency(before?.p95Ms)}
        after={latency(after?.p95Ms)}
        change={both ? latencyChange(before.p95Ms, after.p95Ms) : 'same'}
      />
    </tr>
  );
}

function Pair({
  before,
  after,
  change = 'same',
  title,
}: {
  before: string;
  after: string;
  change?: Change;
  title?: string;
}) {
  const { recordings } = useMessages();
  const shown = before === after ? 'same' : change;
  return (
    <td title={title}>
      <span className="muted">{before}</span>
      <ArrowRight size={11} aria-label={recordings.became} className="muted" />
      <span className={`compare-${shown}`}>
        {after}
        {shown === 'same' ? null : <span className="visually-hidden"> {recordings.changes[shown]}</span>}
        {shown === 'same' ? null : <CompareMark worse={shown === 'worse'} />}
      </span>
    </td>
  );
}

function CompareMark({ worse }: { worse: boolean }) {
  return (
    <span className="compare-mark" aria-hidden>
      {worse ? '▲' : '▼'}
    </span>
  );
}
