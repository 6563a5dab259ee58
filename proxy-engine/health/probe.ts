/** One execution of a check. Resolves to what was seen; never rejects. */
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import type { ProbeLane } from './probe-connection.ts';
import { probeGrpc } from './probe-grpc.ts';
import { probeHttp } from './probe-http.ts';
import { type ProbeResult, probeTcp } from './probe-tcp.ts';

export function probe(backend: Backend, check: HealthCheckConfig, lane: ProbeLane): Promise<ProbeResult> {
  switch (check.type) {
    case 'tcp':
      return probeTcp(backend.host, check.port ?? backend.port, check.timeout);
    case 'http':
      return probeHttp(backend, check, lane);
    case 'grpc':
      return probeGrpc(backend, check, lane);
  }
}

/** The check in words: `GET /healthz every 5 s`. */
export function describeCheck({ type, method, path, interval }: HealthCheckConfig): string {
  const what = { tcp: 'TCP connect', http: `${method} ${path}`, grpc: 'grpc.health.v1' }[type];
  return `${what} every ${interval % 1000 === 0 ? `${interval / 1000} s` : `${interval} ms`}`;
}
