/** How answers are spread over backends. Pure. */
import type { SentAnswer } from '../../proxy-engine/contract/sending.ts';

export interface Latencies {
  minMs: number;
  medianMs: number;
  maxMs: number;
}

export interface Share extends Latencies {
  pool: string | undefined;
  /** undefined: no backend answered. */
  backend: string | undefined;
  count: number;
  /** Status, or the code of the error where there was none, with how many had it; the most frequent first. */
  outcomes: { outcome: string; count: number; failed: boolean }[];
}

/** The one with the most answers first. */
export function distributionOf(answers: readonly SentAnswer[]): Share[] {
  const groups = new Map<string, SentAnswer[]>();
  for (const answer of answers) {
    const key = `${answer.pool ?? ''}/${answer.backend ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(answer);
    else groups.set(key, [answer]);
  }
  const shares = [...groups.values()].map(shareOf);
  return shares.sort((a, b) => b.count - a.count || (a.backend ?? '').localeCompare(b.backend ?? ''));
}

function shareOf(group: SentAnswer[]): Share {
  const [first] = group;
  return {
    pool: first?.pool,
    backend: first?.backend,
    count: group.length,
    outcomes: outcomesOf(group),
    ...latenciesOf(group),
  };
}

function outcomesOf(group: readonly SentAnswer[]): Share['outcomes'] {
  const counts = new Map<string, { count: number; failed: boolean }>();
  for (const { status, error } of group) {
    const outcome = String(status ?? error?.code ?? '–');
    const known = counts.get(outcome);
    if (known) known.count++;
    else counts.set(outcome, { count: 1, failed: status === undefined || status >= 500 });
  }
  const all = [...counts].map(([outcome, rest]) => ({ outcome, ...rest }));
  return all.sort((a, b) => b.count - a.count || a.outcome.localeCompare(b.outcome));
}

/** Zero without answers. The median of an even number is the lower of the two in the middle. */
export function latenciesOf(answers: readonly SentAnswer[]): Latencies {
  const sorted = answers.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? 0;
  return { minMs: at(0), medianMs: at(Math.floor((sorted.length - 1) / 2)), maxMs: at(sorted.length - 1) };
}

/** Answered with 5xx, or not at all. */
export function failedCount(answers: readonly SentAnswer[]): number {
  return answers.filter(({ status }) => status === undefined || status >= 500).length;
}
