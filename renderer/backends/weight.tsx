import { type KeyboardEvent, useState } from 'react';
import type { BackendStatus, PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatShare } from '../format/quantities.ts';
import { weightShare } from '../store/pool-totals.ts';
import { Input } from '../ui/field.tsx';

const HEAVIEST = 256;

/** The weight typed, or null when it is not a whole number from 0 to 256. */
export function parseWeight(text: string): number | null {
  const weight = Number(text);
  return /^\d+$/.test(text.trim()) && weight <= HEAVIEST ? weight : null;
}

/** A backend's weight, editable, with the share of traffic that it means. */
export function Weight({ pool, backend }: { pool: PoolState; backend: BackendStatus }) {
  const app = useApp();
  const { backends } = useMessages();
  // Null while nobody types: then it shows what the engine says.
  const [draft, setDraft] = useState<string | null>(null);
  const share = weightShare(pool, backend.name);

  function commit(text: string): void {
    const weight = parseWeight(text);
    if (weight !== null && weight !== backend.weight) app.setWeight(pool.name, backend.name, weight);
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (event.key === 'Enter') commit(event.currentTarget.value);
    else if (event.key === 'Escape') setDraft(null);
    else if (step !== 0) app.setWeight(pool.name, backend.name, Math.min(HEAVIEST, Math.max(0, backend.weight + step)));
    else return;
    event.preventDefault();
  }

  return (
    <span className="weight" title={backends.weightShare(formatShare(share, 1))}>
      <span className="weight-bar" aria-hidden>
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <Input
        className="weight-input"
        inputMode="numeric"
        aria-label={backends.weightOf(backend.name)}
        value={draft ?? String(backend.weight)}
        invalid={draft !== null && parseWeight(draft) === null}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={(event) => commit(event.target.value)}
      />
    </span>
  );
}
