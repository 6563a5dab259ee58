import { useEffect, useState } from 'react';
import { errorText } from '../api/engine-api.ts';

export interface Preview<T> {
  result: T | null;
  error: string | null;
}

const NOTHING: Preview<never> = { result: null, error: null };

/** The answer to the latest question; an earlier one that comes late is dropped. `question` null: there is nothing to ask. */
export function usePreview<Q, T>(ask: (question: Q) => Promise<T>, question: Q | null): Preview<T> {
  const [preview, setPreview] = useState<Preview<T>>(NOTHING);
  // Equal questions are the same question, whichever object they are in.
  const text = JSON.stringify(question);
  useEffect(() => {
    let isCurrent = true;
    const show = (next: Preview<T>): void => {
      if (isCurrent) setPreview(next);
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
  }, [ask, text]);
  return preview;
}
