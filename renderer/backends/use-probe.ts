import { useEffect, useState } from 'react';
import type { ProbeAnswer } from '../../proxy-engine/contract/pool-commands.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp } from '../app-context.tsx';

const TYPING_PAUSE_MS = 250;

export type ProbeState = { kind: 'none' } | { kind: 'running' } | { kind: 'done'; answer: ProbeAnswer };

/** Probes what is typed as soon as it is a URL and the typing pauses; null: it is none yet. */
export function useProbe(pool: string, url: string | null): ProbeState {
  const app = useApp();
  const [state, setState] = useState<ProbeState>({ kind: 'none' });
  useEffect(() => {
    let current = true;
    const tell = (next: ProbeState): void => {
      if (current) setState(next);
    };
    if (url === null) {
      tell({ kind: 'none' });
      return;
    }
    tell({ kind: 'running' });
    const timer = setTimeout(() => {
      app.pools
        .probe(pool, url)
        .then((answer) => tell({ kind: 'done', answer }))
        .catch((error) => tell({ kind: 'done', answer: { passed: false, detail: errorText(error), tookMs: 0 } }));
    }, TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [app, pool, url]);
  return state;
}
