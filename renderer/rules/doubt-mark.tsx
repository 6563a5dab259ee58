import { TriangleAlert } from 'lucide-react';
import { useMessages } from '../app-context.tsx';
import type { Doubt } from './doubts.ts';
import { doubtText } from './match-field.tsx';

/** A sign beside a name that there is something odd; what it is stands in the tooltip and for screen readers. */
export function DoubtMark({ doubt }: { doubt: Doubt | undefined }) {
  const { ruleActions: texts } = useMessages();
  if (!doubt) return null;
  const text = doubtText(doubt, texts);
  return (
    <span className="doubt-mark" title={text}>
      <TriangleAlert size={12} aria-hidden />
      <span className="visually-hidden">{`${texts.doubt}: ${text}`}</span>
    </span>
  );
}
