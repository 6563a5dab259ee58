import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'accent';

export function Chip({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={clsx('chip', tone !== 'plain' && `chip-${tone}`)} title={title}>
      {children}
    </span>
  );
}

/** Keys as they stand on the keyboard of this machine: `$mod+K` is ⌘K or Ctrl K. */
export function KeyHint({ keys }: { keys: string }) {
  return <kbd className="key-hint">{keys}</kbd>;
}
