import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';

export interface PagerStep<T> {
  label: string;
  to: T;
  disabled: boolean;
}

interface PagerButtonsProps<T> {
  /** To the first, the one before, the next and the last. */
  steps: readonly [PagerStep<T>, PagerStep<T>, PagerStep<T>, PagerStep<T>];
  onGo: (to: T) => void;
}

const ICONS = [ChevronFirst, ChevronLeft, ChevronRight, ChevronLast];

export function PagerButtons<T>({ steps, onGo }: PagerButtonsProps<T>) {
  return (
    <span>
      {steps.map(({ label, to, disabled }, index) => {
        const Icon = ICONS[index] ?? ChevronRight;
        return (
          <IconButton key={label} tone="quiet" size="small" label={label} disabled={disabled} onClick={() => onGo(to)}>
            <Icon size={14} aria-hidden />
          </IconButton>
        );
      })}
    </span>
  );
}
