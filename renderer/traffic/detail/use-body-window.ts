import { useEffect, useRef, useState } from 'react';
import type { BodyWindow } from '../../../proxy-engine/contract/api.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp } from '../../app-context.tsx';
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

/** The part of a body that is looked at. What was shown stays until the next is here. */
export function useBodyWindow({ id, side, decoded, offset, captured }: Wanted) {
  const app = useApp();
  const [loaded, setLoaded] = useState<LoadedBody | null>(null);
  const [error, setError] = useState<string | null>(null);
  const key = `${id} ${side} ${decoded} ${offset}`;
  const wanted = useRef(key);

  const askedAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const isOther = wanted.current !== key || askedAt.current < 0;
    wanted.current = key;
    const wait = isOther ? 0 : Math.max(0, askedAt.current + LEAST_GAP_MS - performance.now());
    const timer = setTimeout(() => {
      askedAt.current = performance.now();
      app.detail.body(id, side, decoded, offset, WINDOW_BYTES).then(
        (window) => {
          if (wanted.current === key) setLoaded((before) => newest(before, key, window));
        },
        (reason: unknown) => {
          if (wanted.current === key) setError(errorText(reason));
        },
      );
    }, wait);
    return () => clearTimeout(timer);
  }, [app, key, id, side, decoded, offset, captured]);

  return { loaded, error };
}

/** Answers may overtake each other. */
function newest(before: LoadedBody | null, key: string, window: BodyWindow): LoadedBody {
  if (before?.key === key && before.window.totalBytes > window.totalBytes) return before;
  return { key, bytes: bytesFromBase64(window.data), window };
}
