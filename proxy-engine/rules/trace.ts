/** What rules leave on an exchange about themselves. What is the same for every exchange is made once; an exchange adds its values. */
import type { InterimHead } from '../contract/exchange.ts';
import type { HeadChange } from '../contract/head-step.ts';
import { Headers } from '../http/headers.ts';

/** A change whose value is the same each time, or null: then each exchange records one of its own, in order. */
export interface TracedChange {
  readonly op: HeadChange['op'];
  readonly name: string;
  readonly values: readonly string[] | null;
}

/** One action of a rule. */
export interface TracedAction {
  /** In a few words, one for each thing that it does. */
  readonly words: readonly string[];
  readonly changes: readonly TracedChange[];
}

/** A rule that held in a phase and the actions that it carried out; one object for all exchanges. */
export interface TracedRule {
  readonly name: string;
  readonly phase: 'request' | 'response';
  /** Before there were any, recordings told the words alone: then there are no changes to be had. */
  readonly actions: readonly TracedAction[];
}

/** A head as it stood after something that happens seldom and may change all of it. */
export interface HeadSnapshot {
  /** `interim`: a response with 1xx that the backend gave first; nothing acts on those. */
  phase: 'request' | 'response' | 'interim';
  /** null: no rule. */
  rule: string | null;
  action: string;
  line: string;
  /** Names and values in turn. */
  flat: readonly string[];
}

/** So many responses with 1xx are kept of one exchange. */
const MAX_INTERIM = 20;

export function addInterim(snapshots: HeadSnapshot[], status: number, reason: string, flat: readonly string[]): void {
  if (snapshots.length < MAX_INTERIM)
    snapshots.push({ phase: 'interim', rule: null, action: '', line: `${status} ${reason}`, flat: [...flat] });
}

export function interimHeads(snapshots: readonly HeadSnapshot[]): InterimHead[] {
  return snapshots
    .filter(({ phase }) => phase === 'interim')
    .map(({ line, flat }) => ({
      status: Number.parseInt(line, 10),
      reason: line.slice(4),
      headers: new Headers([...flat]).lines(),
    }));
}

/** Between the lines of one header that was rewritten, within a recorded value. */
export const VALUE_LINE = '\u001e';
