import { useEffect, useState } from 'react';
import type { LocalPort } from '../../proxy-engine/contract/pool-commands.ts';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Chip } from '../ui/chip.tsx';

/** What listens on this machine, to be picked as a backend. */
export function LocalPortList({ pool, onPick }: { pool: PoolState; onPick: (port: LocalPort) => void }) {
  const { pools } = useMessages();
  const { ports, error } = useLocalPorts();
  const taken = new Set(pool.backends.map(({ url }) => url.replace(/\/$/, '')));
  return (
    <div className="field">
      <span className="field-label" id="local-ports">
        {pools.listening}
      </span>
      <div className="local-ports" role="group" aria-labelledby="local-ports">
        {error !== null || ports === null || ports.length === 0 ? (
          <p className="muted local-ports-none">{error ?? (ports ? pools.listeningNone : pools.looking)}</p>
        ) : (
          ports.map((port) => (
            <button type="button" key={port.port} className="local-port" onClick={() => onPick(port)}>
              <b>{port.process ?? '–'}</b>
              <span className="truncate muted">{port.directory}</span>
              {taken.has(port.url) ? <Chip>{pools.taken}</Chip> : <span />}
              <span className="mono">{port.url.replace('http://', '')}</span>
            </button>
          ))
        )}
      </div>
    </div>
  );
}

function useLocalPorts(): { ports: LocalPort[] | null; error: string | null } {
  const app = useApp();
  const [ports, setPorts] = useState<LocalPort[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    app.pools
      .localPorts()
      .then((answer) => setPorts(answer.ports))
      .catch((failure) => setError(errorText(failure)));
  }, [app]);
  return { ports, error };
}
