import { setTimeout as sleep } from 'node:timers/promises';

/** A text that lives in a key of a database which several people share. */
export interface SharedSource {
  /** null: there is no such key. Rejects when the database does not answer, with `NO_TEXT` when the key has no text. */
  read(): Promise<string | null>;
  /**
   * Tells every later text (null: the key is gone), and what is wrong with the connection (null: nothing any more), until
   * the source is closed. A lost connection is taken up again.
   */
  watch(onText: (text: string | null) => void, onTrouble: (reason: string | null) => void): void;
  /** Writes only over `before`; false: it has changed in the meantime. */
  replace(before: string, text: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Milliseconds until an unanswered call counts as failed. */
export const ANSWER_MS = 5000;
/** `call`, unless it has no answer by then; it is not taken back. `late`: what is told then. */
export async function answerTo<T>(call: Promise<T>, late = 'no answer within 5 s'): Promise<T> {
  const answered = new AbortController();
  const { signal } = answered;
  const timeout = sleep(ANSWER_MS, null, { signal }).then(() => {
    throw new Error(late);
  });
  timeout.catch(() => {});
  try {
    return await Promise.race([call, timeout]);
  } finally {
    answered.abort();
  }
}

/** Milliseconds between attempts to connect again. */
export const AGAIN_MS = 1000;

/** Why a key that has something else than a text is not read; the database answers. */
export const NO_TEXT = 'the key has a list, a set or a hash, not a text';
