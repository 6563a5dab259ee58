import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { secondsUntil } from '../format/time.ts';
import type { HealthShape } from '../ui/health-mark.tsx';

/** How a backend stands, in one word of the product's vocabulary. */
export type StandingWord = 'maint' | 'draining' | 'ejected' | 'unhealthy' | 'healthy' | 'unknown';

export interface Standing {
  word: StandingWord;
  shape: HealthShape;
  tone: 'ok' | 'warn' | 'bad' | 'dim';
  /** Seconds until an ejected backend is tried again. */
  backInSeconds?: number;
}

/** The operator's will comes first, then what live traffic said, then what probes said. */
export function standingOf(backend: BackendStatus, now: number): Standing {
  if (backend.state === 'maint') return { word: 'maint', shape: 'ring', tone: 'dim' };
  if (backend.state === 'drain') return { word: 'draining', shape: 'dashed', tone: 'warn' };
  if (backend.ejectedUntil !== undefined && !backend.available)
    return {
      word: 'ejected',
      shape: 'half',
      tone: 'bad',
      backInSeconds: backend.ejectedUntil > now ? secondsUntil(backend.ejectedUntil, now) : undefined,
    };
  if (backend.health === 'unhealthy') return { word: 'unhealthy', shape: 'cross', tone: 'bad' };
  if (backend.health === 'healthy') return { word: 'healthy', shape: 'full', tone: 'ok' };
  return { word: 'unknown', shape: 'dashed', tone: 'dim' };
}
