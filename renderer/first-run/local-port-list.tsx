import './local-port-list.css';
import { useEffect, useEffectEvent, useId, useState } from 'react';
import type { LocalPort } from '../../proxy-engine/contract/pool-commands.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Chip } from '../ui/chip.tsx';

interface LocalPortListProps {
  /** URLs that have been picked already. */
  taken: ReadonlySet<string>;
  /** What stands beside those. */
  takenLabel: string;
  onPick: (port: LocalPort) => void;
  /** Told once what listens here. */
  onFound?: (ports: readonly LocalPort[]) => void;
}

/** What listens on this machine, to be picked as a backend. */
export function LocalPortList({ taken, takenLabel, onPick, onFound }: LocalPortListProps) {
  const { pools } = useMessages();
  const { ports, error } = useLocalPorts(onFound);
  const id = useId();
  return (
    <div className="field">
      <span className="field-label" id={id}>
        {pools.listening}
      </span>
      <div className="local-ports" role="group" aria-labelledby={id}>
        {error !== null || ports === null || ports.length === 0 ? (
          <p className="muted local-ports-none">{error ?? (ports ? pools.listeningNone : pools.looking)}</p>
        ) : (
          ports.map((port) => (
            <button type="button" key={port.port} className="local-port" onClick={() => onPick(port)}>
              {port.process === undefined ? (
                <span className="muted">{pools.unknownProgram}</span>
              ) : (
                <b>{port.process}</b>
              )}
              <span className="truncate muted">{port.directory}</span>
              {taken.has(port.url) ? <Chip>{takenLabel}</Chip> : <span />}
              <span className="mono">{port.url.replace('http://', '')}</span>
            </button>
          ))
        )}
      </div>
    </div>
  );
}

function useLocalPorts(onFound: LocalPortListProps['onFound']): { ports: LocalPort[] | null; error: string | null } {
  const app = useApp();
  const [ports, setPorts] = useState<LocalPort[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const told = useEffectEvent((found: readonly LocalPort[]) => onFound?.(found));
  useEffect(() => {
    app.pools
      .localPorts()
      .then((answer) => {
        setPorts(answer.ports);
        told(answer.ports);
      })
      .catch((failure) => setError(errorText(failure)));
  }, [app]);
  return { ports, error };
}
