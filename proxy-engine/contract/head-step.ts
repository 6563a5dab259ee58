/** How the head of an exchange came to be what it is: each action of each rule, and what Switchyard itself did, one after the other. */
import type { HeaderLines } from './exchange.ts';

/**
 * One change of a head, with its values. `set`, `append`: one value. `delete`: none; `name` may hold `*`. `rewrite`: a value
 * for each line of that name. `method`, `target`: the new one. `authority`: of the Host header, unless it is no authority.
 * `status`: the status and its reason. `head`: a whole one; its line, then names and values in turn.
 */
export interface HeadChange {
  op: 'set' | 'append' | 'delete' | 'rewrite' | 'method' | 'target' | 'authority' | 'status' | 'head';
  /** Of a header; '' otherwise. */
  name: string;
  values: string[];
}

/** A head as it stood: `GET /search?q=1` or `200 OK`, and its lines. */
export interface TracedHead {
  line: string;
  headers: HeaderLines;
}

/**
 * What Switchyard does to a head without a rule. `prepare`: a response of our own, or one that got a session cookie or lost
 * what is kept back (Alt-Svc), before rules see it; `frame`: after a body was edited; `hold`: by hand at a breakpoint; `forward`: the request as
 * it goes to the backend; `reply`: the response as it goes to the client.
 */
export const OWN_STEPS = ['prepare', 'frame', 'hold', 'forward', 'reply'] as const;
export type OwnStep = (typeof OWN_STEPS)[number];

export interface HeadStep {
  phase: 'request' | 'response';
  /** Absent: Switchyard itself; `action` is an `OwnStep` then. */
  rule?: string;
  /** In a few words: `set x-proxy-added, set user-agent`. */
  action: string;
  /** Empty: it did something else than change the head. */
  changes: HeadChange[];
  /** Absent when the head stayed as it was, and after the first `MAX_STEP_LINES` lines of an exchange; `changes` tell the rest. */
  before?: TracedHead;
  after?: TracedHead;
}

/** Lines of heads that the steps of one exchange hold in all. */
export const MAX_STEP_LINES = 20_000;
