import './detail.css';
import { ListFilter, SearchX, SquareTerminal, Tag } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { runCommand } from '../../commands/run-commands.ts';
import { focusList } from '../../commands/walk.ts';
import { formatDuration, formatSize } from '../../format/quantities.ts';
import { formatMoment } from '../../format/time.ts';
import { FromExchange } from '../../rules/from-exchange-menu.tsx';
import { DETAIL_TABS, type DetailTab } from '../../store/ui-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Told } from '../../ui/told.tsx';
import { useNow } from '../../ui/use-now.ts';
import { CopyAsMenu } from '../copy-as/copy-as-menu.tsx';
import { Status } from '../status.tsx';
import { AttemptsTab } from './attempts-tab.tsx';
import { GrpcStatus } from './grpc-status.tsx';
import { RequestTab, ResponseTab } from './message-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RawTab } from './raw-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import { TimingTab } from './timing-tab.tsx';

export function Detail() {
  const app = useApp();
  const { detail } = useMessages();
  const { exchange, error } = useStore(app.detail.store, (state) => state);
  return (
    <section className="detail" aria-label={detail.label} onKeyDown={backToList}>
      {exchange ? (
        <ExchangeDetail exchange={exchange} />
      ) : error ? (
        <EmptyState icon={SearchX} title={detail.gone}>
          <p className="empty-text">
            <Told>{error}</Told>
          </p>
        </EmptyState>
      ) : (
        <EmptyState icon={ListFilter} title={detail.nothing}>
          <p className="empty-text">{detail.nothingText}</p>
        </EmptyState>
      )}
    </section>
  );
}

/** Esc goes back to the list, where the next Esc clears the selection. */
function backToList(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  focusList();
}

function ExchangeDetail({ exchange }: { exchange: Exchange }) {
  const app = useApp();
  const { detail } = useMessages();
  const tab = useUi((state) => state.detailTab);
  const counts: Partial<Record<DetailTab, number>> = {
    attempts: exchange.attempts.length,
    rules: exchange.rules.length,
  };
  return (
    <>
      <DetailHead exchange={exchange} />
      <Tabs
        label={detail.label}
        value={tab}
        tabs={DETAIL_TABS.map((value) => ({ value, label: detail.tab[value], count: counts[value] }))}
        onChange={(detailTab) => app.ui.setState({ detailTab })}
      >
        {panel(tab, exchange)}
      </Tabs>
    </>
  );
}

function panel(tab: DetailTab, exchange: Exchange): ReactNode {
  switch (tab) {
    case 'overview':
      return <OverviewTab exchange={exchange} />;
    case 'request':
      return <RequestTab exchange={exchange} />;
    case 'response':
      return <ResponseTab exchange={exchange} />;
    case 'attempts':
      return <AttemptsTab exchange={exchange} />;
    case 'rules':
      return <RulesTab exchange={exchange} />;
    case 'timing':
      return <TimingTab exchange={exchange} />;
    case 'raw':
      return <RawTab exchange={exchange} />;
  }
}

function DetailHead({ exchange }: { exchange: Exchange }) {
  const app = useApp();
  const { traffic, marks, copyAs } = useMessages();
  const now = useNow(false);
  return (
    <header className="detail-head">
      <h2 className="detail-title" title={exchange.path}>
        {exchange.method} {exchange.path}
      </h2>
      <IconButton tone="quiet" size="small" label={marks.edit} onClick={() => runCommand(app, 'traffic.mark')}>
        <Tag size={14} aria-hidden />
      </IconButton>
      <CopyAsMenu
        trigger={
          <IconButton tone="quiet" size="small" label={copyAs.menu}>
            <SquareTerminal size={14} aria-hidden />
          </IconButton>
        }
      />
      <FromExchange exchange={exchange} />
      <div className="detail-sub truncate">
        <Status row={exchange} /> {exchange.response?.reason} <GrpcStatus exchange={exchange} /> ·{' '}
        {exchange.durationMs === undefined ? traffic.inFlight : formatDuration(exchange.durationMs)} ·{' '}
        {formatSize(exchange.responseSizeBytes)} · {exchange.protocol} · {formatMoment(exchange.startedAt, now)}
      </div>
    </header>
  );
}
