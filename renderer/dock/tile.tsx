import { clsx } from 'clsx';
import { type CSSProperties, memo, useCallback } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { BackendStatus } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { faultWords } from '../backends/fault-words.ts';
import { shortBackendName } from '../format/backend-name.ts';
import { formatLatency, formatRate, formatShare } from '../format/quantities.ts';
import { backendColor, keyOf } from '../store/backend-color.ts';
import { recentRates, SPARKLINE_CAPACITY } from '../store/series.ts';
import { KeyHint } from '../ui/chip.tsx';
import { CutName } from '../ui/cut-name.tsx';
import { FaultMark } from '../ui/fault-mark.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { Switch } from '../ui/switch.tsx';
import { StandingLabel } from './standing-label.tsx';

interface TileProps {
  pool: string;
  backend: BackendStatus;
  poolRate: number;
}

export const Tile = memo(function Tile({ pool, backend, poolRate }: TileProps) {
  const app = useApp();
  const { backend: texts, pools, engine } = useMessages();
  const color = useEngine((view) => backendColor(view.state, pool, backend.name));
  const shortcut = useEngine((view) => keyOf(view.state, pool, backend.name));
  const name = shortBackendName(backend.name);
  const port = portOf(backend.url);
  const onSwitch = useCallback(
    (on: boolean, shift: boolean) => app.setBackendState(pool, backend.name, on ? 'ready' : shift ? 'drain' : 'maint'),
    [app, pool, backend.name],
  );
  const rates = useStore(
    app.series,
    useShallow((series) => recentRates(series, pool, backend.name)),
  );
  return (
    <article
      className={clsx('tile', !backend.available && 'tile-out')}
      style={{ '--series': color } as CSSProperties}
      aria-label={`${pool}/${backend.name}`}
      title={`${backend.url}\n${engine(backend.reason)}`}
    >
      <span className="tile-name">
        {shortcut ? <KeyHint keys={String(shortcut)} /> : null}
        <b>
          <CutName name={name} />
        </b>
        {name === port ? null : <span className="tile-port">{port}</span>}
      </span>
      <Switch
        checked={backend.state === 'ready'}
        label={texts.switch(`${pool}/${backend.name}`)}
        title={texts.switchHint}
        onChange={onSwitch}
      />
      <span className="tile-standing">
        <StandingLabel backend={backend} />
        <span className="truncate">{standingDetail(backend, texts.backup)}</span>
        {backend.fault ? <FaultMark /> : null}
        {backend.available ? null : <span className="truncate tile-why" data-why={engine(backend.reason)} />}
      </span>
      <Sparkline values={rates} capacity={SPARKLINE_CAPACITY} color={color} />
      <span className="tile-facts">
        {backend.fault ? <FaultMark words={faultWords(backend.fault, pools)} /> : null}
        {backend.available ? (
          <>
            <span>p95 {formatLatency(backend.p95Ms)}</span>
            <span>{texts.share(formatShare(backend.rate, poolRate))}</span>
            <span>{texts.inFlight(backend.inFlight)}</span>
          </>
        ) : (
          <span className="truncate">{engine(backend.reason)}</span>
        )}
      </span>
    </article>
  );
});

function standingDetail(backend: BackendStatus, backup: string): string {
  return [backend.available || backend.rate > 0 ? formatRate(backend.rate) : '', backend.backup ? backup : '']
    .filter(Boolean)
    .map((part) => `· ${part}`)
    .join(' ');
}

function portOf(url: string): string {
  const { port, hostname } = new URL(url);
  return port ? `:${port}` : hostname;
}
