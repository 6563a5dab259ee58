import './backends.css';
import { memo, useEffect, useRef } from 'react';
import type { PolicyName } from '../../proxy-engine/contract/config.ts';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { FirstPool } from '../first-run/first-pool.tsx';
import { Chip } from '../ui/chip.tsx';
import { ErrorBox } from '../ui/field.tsx';
import { Choice } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { useAsSeen, useInSight } from '../ui/use-in-sight.ts';
import { AddBackend } from './add-backend.tsx';
import { BackendTable } from './backend-table.tsx';
import { ErrorsCard, LatencyCard, RequestsCard, ShareCard } from './charts.tsx';
import { HashChoice } from './hash-choice.tsx';
import { KeyCard } from './key-card.tsx';
import { POLICIES } from './policies.ts';

export function BackendsPage() {
  const { backends } = useMessages();
  const pools = useEngine((view) => view.state?.pools);
  if (!pools) return null;
  return (
    <div className="page-scroll">
      <h1 className="visually-hidden">{backends.title}</h1>
      {pools.length === 0 ? <FirstPool title={backends.emptyTitle} text={backends.emptyText} /> : null}
      {pools.map((pool) => (
        <Pool key={pool.name} pool={pool} />
      ))}
    </div>
  );
}

/** A pool as it is, or out of sight as it was: of many pools the ones that are seen are drawn several times a second. */
function Pool({ pool }: { pool: PoolState }) {
  const wanted = useUi((state) => state.pool === pool.name);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (wanted) section.current?.scrollIntoView({ block: 'start' });
  }, [wanted]);
  const inSight = useInSight(section);
  return (
    <section className="pool" ref={section} aria-label={pool.name}>
      <PoolParts pool={useAsSeen(pool, inSight)} inSight={inSight} />
    </section>
  );
}

/** Looked at again when something of it has changed, which the pools at rest have not. */
const PoolParts = memo(function PoolParts({ pool, inSight }: { pool: PoolState; inSight: boolean }) {
  return (
    <>
      <PoolHead pool={pool} />
      <DiscoveryNote pool={pool} />
      {pool.backends.length === 0 ? null : (
        <>
          <div className="cards">
            <ShareCard pool={pool} inSight={inSight} />
            <RequestsCard pool={pool} inSight={inSight} />
            <LatencyCard pool={pool} inSight={inSight} />
            <ErrorsCard pool={pool} inSight={inSight} />
          </div>
          <KeyCard pool={pool} />
          <BackendTable pool={pool} />
        </>
      )}
    </>
  );
});

/** Why the pool is empty, or no longer follows where its backends come from. */
function DiscoveryNote({ pool }: { pool: PoolState }) {
  const { backends } = useMessages();
  if (pool.problem !== undefined) return <ErrorBox>{pool.problem}</ErrorBox>;
  return pool.backends.length === 0 ? <p className="pool-note">{backends.noneDiscovered}</p> : null;
}

function PoolHead({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends, backend, pools, engine } = useMessages();

  async function setPolicy(policy: PolicyName): Promise<void> {
    const outcome = await app.pools.setPolicy(pool, policy);
    if (!outcome.ok) showToast('error', outcome.message);
  }

  return (
    <header className="pool-head">
      <h2 className="page-title">{pool.name}</h2>
      <Choice
        label={backends.policy}
        value={pool.policy}
        options={POLICIES.map((value) => ({ value, label: backend.policy[value] }))}
        onChange={(policy) => void setPolicy(policy)}
      />
      <HashChoice pool={pool} />
      {pool.discover === undefined ? null : (
        <span className="fact">
          {backends.discovery} <b className="truncate">{engine(pool.discover)}</b>
        </span>
      )}
      <span className="fact">
        {backends.check} <b className="truncate">{pool.check === undefined ? backends.noCheck : engine(pool.check)}</b>
      </span>
      <span className="fact">
        {backends.retry} <b className="truncate">{engine(pool.retry)}</b>
      </span>
      {pool.queued === undefined ? null : <Chip tone="warn">{pools.queued(pool.queued)}</Chip>}
      <span className="pool-space" />
      <AddBackend pool={pool} />
    </header>
  );
}
