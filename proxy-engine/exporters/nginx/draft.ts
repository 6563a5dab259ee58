/** The parts of a file of nginx while it is made. */
import type { RequestActionConfig } from '../../contract/config.ts';
import type { Plan, PlannedRule } from '../plan.ts';
import type { RequestState } from './request-state.ts';

/** What rules leave for the server and its locations. */
export interface RuleEffects {
  /** Last first: rules whose answer is final. */
  answers: { holds: string | null; rule: PlannedRule; respond: RespondAction }[];
  closes: { holds: string | null }[];
  /** In the http block. */
  zones: string[];
  /** In the server block. */
  limits: string[];
}

type RespondAction = Extract<RequestActionConfig, { respond: unknown }>['respond'];

/** What is left of the parts of a file until they are put together. */
export interface Draft {
  plan: Plan;
  state: RequestState;
  effects: RuleEffects;
  /** Of the http block, besides maps. */
  http: string[];
  locations: string[][];
}
