import { type CSSProperties, useEffect, useState } from 'react';
import type { PoolExplanation } from '../../proxy-engine/contract/pool-commands.ts';
import type { BackendStatus, PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { formatShare } from '../format/quantities.ts';
import { backendColor } from '../store/backend-color.ts';
import { CutName } from '../ui/cut-name.tsx';
import { Field, Input } from '../ui/field.tsx';
import { needsHash } from './pool-calls.ts';
import { Ring } from './ring.tsx';

/** As fine as the drawing can show. */
const SLOTS = 360;

/** How the pool's policy divides keys, and which backend a typed key gets; for policies that go by keys. */
export function KeyCard({ pool }: { pool: PoolState }) {
  return needsHash(pool.policy) || pool.policy === 'ip_hash' ? <KeyedCard pool={pool} /> : null;
}

function KeyedCard({ pool }: { pool: PoolState }) {
  const { pools } = useMessages();
  const [key, setKey] = useState('');
  const { explanation, ofKey } = useExplanation(pool, key);
  return (
    <section className="card key-card" aria-label={`${pool.name}: ${pools.whichBackend}`}>
      {explanation?.ring ? <Ring pool={pool} ring={explanation.ring} owner={explanation.backend} /> : null}
      <div className="key-question">
        <Field label={pools.whichBackend} hint={pool.policy === 'ip_hash' ? pools.ipHint : pools.keyHint}>
          {(props) => (
            <Input
              {...props}
              mono
              placeholder={pool.policy === 'ip_hash' ? '10.1.2.3' : pools.keyExample}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <output className="key-answer">
          {key === '' || ofKey !== key || !explanation ? null : <Answer pool={pool} explanation={explanation} />}
        </output>
      </div>
      {explanation?.ring ? <Shares pool={pool} ring={explanation.ring} /> : null}
    </section>
  );
}

function Answer({ pool, explanation }: { pool: PoolState; explanation: PoolExplanation }) {
  const { backend: name, insteadOf } = explanation;
  const { pools } = useMessages();
  const color = useEngine((view) => backendColor(view.state, pool.name, name));
  if (name === undefined) return <span className="tone-bad">{pools.keyNobody}</span>;
  return (
    <>
      {pools.keyGets}{' '}
      <span className="backend-chip" title={name} style={{ '--series': color } as CSSProperties}>
        <i className="swatch" />
        <b>
          <CutName name={name} />
        </b>
      </span>
      {insteadOf === undefined ? null : (
        <InsteadOf owner={pool.backends.find((backend) => backend.name === insteadOf)} />
      )}
    </>
  );
}

/** Why the one whose key it is does not get it. */
function InsteadOf({ owner }: { owner: BackendStatus | undefined }) {
  const { pools } = useMessages();
  if (owner === undefined) return null;
  const text = pools.keyInsteadOf(owner.name, owner.reason);
  return (
    <span className="truncate key-instead" title={text}>
      {text}
    </span>
  );
}

function Shares({ pool, ring }: { pool: PoolState; ring: NonNullable<PoolExplanation['ring']> }) {
  const { pools } = useMessages();
  const state = useEngine((view) => view.state);
  return (
    <div className="key-shares">
      <h3 className="section-title">{pools.ringShare}</h3>
      <ul>
        {pool.backends.map(({ name, backup, available }, index) =>
          backup ? null : (
            <li
              key={name}
              className={available ? undefined : 'key-share-out'}
              style={{ '--series': backendColor(state, pool.name, name) } as CSSProperties}
            >
              <span className="backend-chip" title={name}>
                <i className="swatch" />
                <CutName name={name} />
              </span>
              <span className="key-share-bar" aria-hidden>
                <i style={{ width: `${(ring.shares[index] ?? 0) * 100}%` }} />
              </span>
              <span>{formatShare(ring.shares[index] ?? 0, 1)}</span>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

interface Explained {
  explanation: PoolExplanation | null;
  /** The answer is to this one, which may not be what is typed by now. */
  ofKey: string;
}

/** Asked again whenever what decides has changed: policy, key, weights, who is available, and when the engine is back. */
function useExplanation(pool: PoolState, key: string): Explained {
  const app = useApp();
  const generation = useEngine((view) => view.generation);
  const [explained, setExplained] = useState<Explained>({ explanation: null, ofKey: '' });
  const decisive = JSON.stringify([
    pool.policy,
    pool.backends.map(({ name, weight, available, backup }) => [name, weight, available, backup]),
  ]);
  useEffect(() => {
    let current = true;
    app.pools
      .explain(pool.name, key === '' ? undefined : key, SLOTS)
      .then((answer) => {
        if (current) setExplained({ explanation: answer, ofKey: key });
      })
      .catch(() => {
        if (current) setExplained({ explanation: null, ofKey: key }); // gone, or not reachable
      });
    return () => {
      current = false;
    };
  }, [app, pool.name, key, decisive, generation]);
  return explained;
}
