import { useEffect, useState } from 'react';
import { errorText } from '../api/engine-api.ts';

export interface Preview<T> {
  result: T | null;
  error: string | null;
  /** Whether it answers the question that is asked now; until then what was said before stays to be looked at. */
  isCurrent: boolean;
}

const NOTHING = { result: null, error: null, answers: 'null' };

/**
 * The answer to the latest question; an earlier one that comes late is dropped. `question` null: there is nothing to ask. When `of`
 * changes, what the answer is about has changed, and the question is asked again.
 */
export function usePreview<Q, T>(ask: (question: Q) => Promise<T>, question: Q | null, of?: number): Preview<T> {
  const [preview, setPreview] = useState<{ result: T | null; error: string | null; answers: string }>(NOTHING);
  // Equal questions are the same question, whichever object they are in.
  const text = JSON.stringify(question);
  const answers = of === undefined || text === 'null' ? text : `${of} ${text}`;
  useEffect(() => {
    let isCurrent = true;
    const show = (next: Omit<typeof preview, 'answers'>): void => {
      if (isCurrent) setPreview({ ...next, answers });
    };
    if (text === 'null') show(NOTHING);
    else
      ask(JSON.parse(text) as Q).then(
        (result) => show({ result, error: null }),
        (failure: unknown) => show({ result: null, error: errorText(failure) }),
      );
    return () => {
      isCurrent = false;
    };
  }, [ask, text, answers]);
  return { result: preview.result, error: preview.error, isCurrent: preview.answers === answers };
}
