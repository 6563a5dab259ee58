/** Probes the backends of one pool at their interval, jittered ±10 %, the first at once; only flips are told. */
import type { Backend } from '../balancer/backend.ts';
import type { Clock } from '../clock.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { nextStreak, type Streak } from './outcome.ts';
import { type ProbeResult, probeHttp, probeTcp } from './probe.ts';

export interface CheckerDeps {
  clock: Clock;
  onFlip(backend: Backend): void;
}

/** Starts checking; the returned function ends it. */
export function startChecks(backends: readonly Backend[], check: HealthCheckConfig, deps: CheckerDeps): () => void {
  const stops = backends.map((backend) => checkOne(backend, check, deps));
  return () => {
    for (const stop of stops) stop();
  };
}

function checkOne(backend: Backend, check: HealthCheckConfig, { clock, onFlip }: CheckerDeps): () => void {
  let streak: Streak = { health: backend.health, passes: 0, failures: 0 };
  let stopped = false;
  let cancel = () => {};
  const round = async () => {
    const result = await probe(backend, check);
    if (stopped) return;
    const before = streak.health;
    streak = nextStreak(streak, result.passed, check);
    tell(backend, streak, result, check);
    if (streak.health !== before) onFlip(backend);
    cancel = clock.after(check.interval * (0.9 + Math.random() * 0.2), () => void round());
  };
  void round();
  return () => {
    stopped = true;
    cancel();
  };
}

function probe(backend: Backend, check: HealthCheckConfig): Promise<ProbeResult> {
  return check.type === 'tcp'
    ? probeTcp(backend.host, check.port ?? backend.port, check.timeout)
    : probeHttp(backend, check);
}

function tell(backend: Backend, streak: Streak, result: ProbeResult, check: HealthCheckConfig): void {
  backend.health = streak.health;
  backend.stats.note(result.passed ? 'ok' : 'fail');
  backend.healthReason =
    streak.health === 'unhealthy'
      ? result.passed
        ? `rise ${streak.passes}/${check.rise}: ${result.detail}`
        : `fall ${Math.min(streak.failures, check.fall)}/${check.fall}: ${result.detail}`
      : result.passed
        ? result.detail
        : `fall ${streak.failures}/${check.fall}: ${result.detail}`;
}
