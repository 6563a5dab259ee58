/** A connection for one probe, made as those of the pool's traffic are: same ALPN, trust, certificate and server name. */
import type { Socket } from 'node:net';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { Dial, type Speaks } from '../upstream/dial.ts';
import type { LaneOptions } from '../upstream/lane-options.ts';

/** What a probe must know of how its pool connects. */
export type ProbeLane = Pick<LaneOptions, 'protocol' | 'tls'>;

export type Answer = { passed: boolean; detail: string };

/** Asks on `socket`; rejects with what breaks it. */
export type Asking = (socket: Socket, protocol: 'http1' | 'http2') => Promise<Answer>;

/** Connects and lets `ask` talk, all within the check's timeout; then the connection is closed. Rejects as `ask` does, or with what kept it from connecting. */
export function askOnce(
  backend: Backend,
  check: HealthCheckConfig,
  { tls }: ProbeLane,
  speaks: Speaks,
  ask: Asking,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host, secure } = backend;
    const target = { host, port: check.port ?? backend.port, secure, tls, hop: null, isLoop: () => false };
    let open: Socket | null = null;
    const dial = new Dial(
      target,
      { speaks, now: 0, waitMs: check.timeout },
      {
        onOver() {},
        onFailed(error) {
          clearTimeout(timer);
          reject(error);
        },
        onSocket(socket, protocol) {
          open = socket;
          ask(socket, protocol)
            .finally(() => {
              clearTimeout(timer);
              socket.destroy();
            })
            .then(resolve, reject);
        },
      },
    );
    const timer = setTimeout(() => {
      resolve({ passed: false, detail: `no answer within ${check.timeout} ms` });
      dial.destroy();
      open?.destroy();
    }, check.timeout);
  });
}

/** `host:port` as a request names it; the port only when it is not the scheme's own. */
export function probeAuthority(backend: Backend, check: HealthCheckConfig): string {
  const host = backend.host.includes(':') ? `[${backend.host}]` : backend.host;
  return new URL(`${backend.secure ? 'https' : 'http'}://${host}:${check.port ?? backend.port}`).host;
}
