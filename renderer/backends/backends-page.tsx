import './backends.css';
import { Server } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Choice } from '../ui/menu.tsx';
import { BackendTable } from './backend-table.tsx';
import { LatencyCard, RequestsCard, ShareCard } from './charts.tsx';
import { POLICIES } from './policies.ts';

export function BackendsPage() {
  const app = useApp();
  const { backends } = useMessages();
  const pools = useEngine((view) => view.state?.pools);
  if (!pools) return null;
  return (
    <div className="page-scroll">
      <h1 className="visually-hidden">{backends.title}</h1>
      {pools.length === 0 ? (
        <EmptyState icon={Server} title={backends.emptyTitle}>
          <p className="empty-text">{backends.emptyText}</p>
          <Button tone="primary" onClick={() => app.ui.setState({ page: 'rules' })}>
            {backends.openConfig}
          </Button>
        </EmptyState>
      ) : null}
      {pools.map((pool) => (
        <Pool key={pool.name} pool={pool} />
      ))}
    </div>
  );
}

function Pool({ pool }: { pool: PoolState }) {
  const wanted = useUi((state) => state.pool === pool.name);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (wanted) section.current?.scrollIntoView({ block: 'start' });
  }, [wanted]);
  return (
    <section className="pool" ref={section} aria-label={pool.name}>
      <PoolHead pool={pool} />
      <div className="cards">
        <ShareCard pool={pool} />
        <RequestsCard pool={pool} />
        <LatencyCard pool={pool} />
      </div>
      <BackendTable pool={pool} />
    </section>
  );
}

function PoolHead({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends, backend } = useMessages();
  return (
    <header className="pool-head">
      <h2 className="page-title">{pool.name}</h2>
      <Choice
        label={backends.policy}
        value={pool.policy}
        options={POLICIES.map((value) => ({ value, label: backend.policy[value] }))}
        onChange={(policy) => app.setPolicy(pool.name, policy)}
      />
      <span className="fact">
        {backends.check} <b className="truncate">{pool.check ?? backends.noCheck}</b>
      </span>
      <span className="fact">
        {backends.retry} <b className="truncate">{pool.retry}</b>
      </span>
    </header>
  );
}
