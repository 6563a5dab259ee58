import { clsx } from 'clsx';
import { type CSSProperties, type KeyboardEvent, useRef } from 'react';
import type { SentAnswer } from '../../proxy-engine/contract/sending.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { formatDuration, formatSize } from '../format/quantities.ts';
import { backendColor } from '../store/backend-color.ts';
import { Status } from '../traffic/status.tsx';
import { CutName } from '../ui/cut-name.tsx';
import { VirtualList, type VirtualListHandle } from '../ui/virtual-list.tsx';

const ROW_HEIGHT = 24;

/** Every answer, in the order in which they came. */
export function AnswerList({ answers, openId }: { answers: readonly SentAnswer[]; openId: number | null }) {
  const app = useApp();
  const { compose } = useMessages();
  const list = useRef<VirtualListHandle>(null);
  const openRow = answers.findIndex(({ id }) => id === openId);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = answers[openRow + step];
    if (step === 0 || !next) return;
    event.preventDefault();
    app.compose.openExchange(next.id);
    list.current?.scrollToRow(openRow + step);
  }

  return (
    <VirtualList
      className="answers"
      handle={list}
      total={answers.length}
      rowHeight={ROW_HEIGHT}
      role="listbox"
      tabIndex={0}
      aria-label={compose.answers}
      activeRow={openRow < 0 ? null : openRow}
      rowId={answerId}
      onKeyDown={onKeyDown}
      renderRow={(index) => {
        const answer = answers[index];
        return answer ? <AnswerRow key={answer.id} index={index} answer={answer} open={answer.id === openId} /> : null;
      }}
    />
  );
}

function answerId(index: number): string {
  return `answer-${index}`;
}

function AnswerRow({ index, answer, open }: { index: number; answer: SentAnswer; open: boolean }) {
  const { engine } = useMessages();
  const app = useApp();
  const color = useEngine((view) => backendColor(view.state, answer.pool, answer.backend));
  return (
    <div
      id={answerId(index)}
      role="option"
      aria-selected={open}
      className={clsx('answer', open && 'answer-open')}
      style={{ height: ROW_HEIGHT, '--series': color } as CSSProperties}
      onClick={() => app.compose.openExchange(answer.id)}
    >
      <span className="muted">#{answer.id}</span>
      <Status row={answer} />
      <span className="backend-chip">
        <i className="swatch" />
        <CutName name={answer.backend ?? '–'} />
      </span>
      <span className="answer-error truncate">{engine(answer.error?.message ?? '')}</span>
      <span className="muted">{formatSize(answer.sizeBytes)}</span>
      <span>{formatDuration(answer.durationMs)}</span>
    </div>
  );
}
