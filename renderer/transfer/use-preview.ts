import { useEffect, useState } from 'react';
import { errorText } from '../api/engine-api.ts';
import { useEngine } from '../app-context.tsx';

export interface Preview<T> {
  result: T | null;
  error: string | null;
  /** Whether it answers the question that is asked now; until then what was said before stays to be looked at. */
  isCurrent: boolean;
}

const NO_QUESTION = 'null';
const NOTHING = { result: null, error: null, answers: NO_QUESTION };

export interface PreviewOptions {
  /** When it changes, what the answer is about has changed, and the question is asked again. */
  of?: number | undefined;
  /** How long a question stands before it is asked; default: not at all. */
  waitMs?: number;
}

/** The answer to the latest question; an earlier one that comes late is dropped. An engine that is back is asked again. `question` null: there is nothing to ask. */
export function usePreview<Q, T>(
  ask: (question: Q) => Promise<T>,
  question: Q | null,
  { of, waitMs = 0 }: PreviewOptions = {},
): Preview<T> {
  const [preview, setPreview] = useState<{ result: T | null; error: string | null; answers: string }>(NOTHING);
  const generation = useEngine((view) => view.generation);
  // Equal questions are the same question, whichever object they are in.
  const text = JSON.stringify(question);
  const answers = of === undefined || text === NO_QUESTION ? text : `${of} ${text}`;
  useEffect(() => {
    if (text === NO_QUESTION) return;
    let isCurrent = true;
    const show = (next: Omit<typeof preview, 'answers'>): void => {
      if (isCurrent) setPreview({ ...next, answers });
    };
    const begin = (): void =>
      void ask(JSON.parse(text) as Q).then(
        (result) => show({ result, error: null }),
        (failure: unknown) => show({ result: null, error: errorText(failure) }),
      );
    const timer = waitMs === 0 ? void begin() : setTimeout(begin, waitMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [ask, text, answers, waitMs, generation]);
  const shown = text === NO_QUESTION ? NOTHING : preview;
  return { result: shown.result, error: shown.error, isCurrent: shown.answers === answers };
}
