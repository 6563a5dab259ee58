import { useEffect, useRef, useState } from 'react';
import type { BodyWindow } from '../../../proxy-engine/contract/body-commands.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useEngine } from '../../app-context.tsx';
import { bytesFromBase64 } from '../body-bytes.ts';
import type { Side } from '../exchange-store.ts';

/** So much of a body is here at a time. */
export const WINDOW_BYTES = 1024 ** 2;

/** Between two questions about one that grows. */
const LEAST_GAP_MS = 200;

export interface LoadedBody {
  key: string;
  bytes: Uint8Array<ArrayBuffer>;
  window: BodyWindow;
}

interface Wanted {
  id: number;
  side: Side;
  decoded: boolean;
  offset: number;
  /** Grows while more of it comes; then it is asked for anew. */
  captured: number;
}

/** The part of a body that is looked at. What was shown stays until the next is here; an engine that is back is asked again. */
export function useBodyWindow({ id, side, decoded, offset, captured }: Wanted) {
  const app = useApp();
  const [loaded, setLoaded] = useState<LoadedBody | null>(null);
  const [error, setError] = useState<string | null>(null);
  const key = `${id} ${side} ${decoded} ${offset}`;
  const wanted = useRef(key);
  const generation = useEngine((view) => view.generation);

  const askedAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const isOther = wanted.current !== key || askedAt.current < 0;
    wanted.current = key;
    const wait = isOther ? 0 : Math.max(0, askedAt.current + LEAST_GAP_MS - performance.now());
    const timer = setTimeout(() => {
      askedAt.current = performance.now();
      load(app.detail.body(id, side, decoded, offset, WINDOW_BYTES), key).then(
        (read) => {
          if (wanted.current !== key) return;
          setLoaded((before) => newest(before, read));
          setError(null);
        },
        (reason: unknown) => {
          if (wanted.current === key) setError(errorText(reason));
        },
      );
    }, wait);
    return () => clearTimeout(timer);
  }, [app, key, id, side, decoded, offset, captured, generation]);

  return { loaded, error };
}

/** What is made of the bytes is another task than making them of the answer. */
async function load(asked: Promise<BodyWindow>, key: string): Promise<LoadedBody> {
  const window = await asked;
  const bytes = bytesFromBase64(window.data);
  await new Promise((resolve) => setTimeout(resolve));
  return { key, bytes, window };
}

/** Answers may overtake each other. */
function newest(before: LoadedBody | null, read: LoadedBody): LoadedBody {
  return before?.key === read.key && before.window.totalBytes > read.window.totalBytes ? before : read;
}
