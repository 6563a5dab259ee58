import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';
import { standingOf } from '../store/standing.ts';
import { HealthMark } from '../ui/health-mark.tsx';
import { useNow } from '../ui/use-now.ts';

/** A backend's standing: shape, word, and unless `wordOnly` the seconds until it is tried again. */
export function StandingLabel({ backend, wordOnly = false }: { backend: BackendStatus; wordOnly?: boolean }) {
  const { backend: texts } = useMessages();
  const standing = standingOf(backend, useNow(backend.ejectedUntil !== undefined));
  return (
    <span className={`standing tone-${standing.tone}`}>
      <HealthMark shape={standing.shape} />
      {texts.word[standing.word]}
      {wordOnly || standing.backInSeconds === undefined ? null : (
        <span className="tone-dim">· {texts.backIn(standing.backInSeconds)}</span>
      )}
    </span>
  );
}
