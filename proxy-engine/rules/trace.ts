/** What rules leave on an exchange about themselves. What is the same for every exchange is made once; an exchange adds its values. */
import type { HeadChange } from '../contract/head-step.ts';

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
  phase: 'request' | 'response';
  /** null: no rule. */
  rule: string | null;
  action: string;
  line: string;
  /** Names and values in turn. */
  flat: readonly string[];
}

/** Between the lines of one header that was rewritten, within a recorded value. */
export const VALUE_LINE = '\u001e';
