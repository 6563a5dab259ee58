/** The table of all actions: their name in the config, and what compiles them. Leaving one out does not type-check. */
import type { RequestActionConfig, ResponseActionConfig } from '../contract/config.ts';
import type { Action, ActionContext } from './action.ts';
import { compileMapLocal, compileRespond } from './actions/answer.ts';
import { compileBody } from './actions/body.ts';
import { compileBackend, compileMapRemote, compilePool } from './actions/destination.ts';
import { compileAbort, compileBreakpoint, compileDelay, compileScript, compileThrottle } from './actions/flow.ts';
import { compileAppend, compileDelete, compileReplaceHeader, compileSet } from './actions/headers.ts';
import { compileMark, compileStatus } from './actions/outcome.ts';
import { compileHost, compileMethod, compilePath, compileQuery, compileScheme } from './actions/request-line.ts';

type Config = RequestActionConfig | ResponseActionConfig;
type ActionName = Config extends infer C ? (C extends unknown ? keyof C : never) : never;
type ConfigOf<N extends ActionName> = Config extends infer C ? (C extends Record<N, infer V> ? V : never) : never;
type Table = { readonly [N in ActionName]: (config: ConfigOf<N>, context: ActionContext) => Action };

const ACTIONS: Table = {
  set: compileSet,
  append: compileAppend,
  delete: compileDelete,
  replaceHeader: compileReplaceHeader,
  method: compileMethod,
  scheme: compileScheme,
  host: compileHost,
  path: compilePath,
  query: compileQuery,
  pool: compilePool,
  backend: compileBackend,
  respond: compileRespond,
  mapLocal: compileMapLocal,
  mapRemote: compileMapRemote,
  abort: compileAbort,
  delay: compileDelay,
  throttle: compileThrottle,
  body: compileBody,
  status: compileStatus,
  breakpoint: compileBreakpoint,
  script: compileScript,
  mark: compileMark,
};

/** Whether nothing after it acts in its phase: `isFinal` of its effect, known before. */
export function isFinalAction(config: Config): boolean {
  return 'respond' in config || 'abort' in config;
}

/** Compiles one entry of a rule's `request` or `response` list: an object with one key. */
export function compileAction(config: Config, context: ActionContext): Action {
  const [name] = Object.keys(config) as [ActionName];
  const compile = ACTIONS[name] as (value: unknown, context: ActionContext) => Action;
  return compile((config as Record<ActionName, unknown>)[name], context);
}
