/** What rules leave for the proxy to do: everything that takes time, needs files or ends the exchange. */
import { ProxyError } from '../errors.ts';
import type { StreamReplacement } from '../match/stream-replacement.ts';
import type { Answer } from './answer.ts';
import type { Link } from './link.ts';

/** How an exchange is given up. `reset`: TCP RST. `close`: the connection is closed. `hang`: nothing is ever said. */
export type AbortMode = 'reset' | 'close' | 'hang';

/** What an exchange that is given up so is recorded with. */
export function abortedByRule(mode: AbortMode): ProxyError {
  return new ProxyError('ABORTED_BY_RULE', `aborted by a rule (${mode})`);
}

/** The same, of one that a person gave up at a breakpoint: there may be no rule. */
export function abortedByPerson(mode: AbortMode): ProxyError {
  return new ProxyError('ABORTED_BY_RULE', `aborted at a breakpoint (${mode})`);
}

/** What is left out is not limited. */
export interface Throttle {
  down?: Link;
  up?: Link;
  latencyMs?: number;
}

export type BodyEdit =
  | { kind: 'set'; text: string }
  /** Absolute path. */
  | { kind: 'file'; path: string }
  | {
      kind: 'replace';
      /** In steps, so that a long body does not hold up other exchanges. */
      replace(this: void, text: string): Generator<void, string>;
      /** The pattern, when one search of it over a long text is no short step; else null. */
      source: string | null;
      /** `replace` where the matches are known already. */
      replaceAt(this: void, text: string, places: Int32Array): Generator<void, string>;
      /** The same while the body passes; null: a match may be of any length. */
      stream: ((this: void) => StreamReplacement) | null;
    }
  | { kind: 'json-patch'; operations: readonly Readonly<Record<string, unknown>>[] };

/** A file or a place in a directory that may answer, looked up when the request phase is over. */
export type LocalSource =
  | { kind: 'file'; path: string }
  /** `path` is what the request asked for below the directory, still percent-encoded; `index`: a directory answers with its index.html. */
  | { kind: 'directory'; root: string; path: string; index: boolean; missing: 'pass' | 404 };

/** Another origin than the route's: `host`, `scheme` and `mapRemote`. */
export interface OriginOverride {
  scheme: string;
  /** Without brackets and port. */
  host: string;
  port: number;
}

export interface ScriptCall {
  /** Absolute path. */
  file: string;
  rule: string;
}

/** One effect of one action, in either phase. */
export type Effect =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'abort'; mode: AbortMode }
  | { kind: 'delay'; ms: number }
  | { kind: 'throttle'; throttle: Throttle }
  | { kind: 'body'; edit: BodyEdit }
  | { kind: 'breakpoint' }
  | { kind: 'script'; call: ScriptCall }
  | { kind: 'pool'; pool: string }
  | { kind: 'backend'; pool: string; backend: string }
  | { kind: 'local'; source: LocalSource }
  | { kind: 'origin'; origin: OriginOverride };

/** What both phases can leave to do, in the order in which the proxy does it. */
export interface PhaseEffects {
  /** Waits, one after the other: their sum. */
  delayMs: number;
  /** Later ones override earlier ones, limit by limit. */
  throttle: Throttle | null;
  /** In order, over the decoded body. */
  body: BodyEdit[];
  scripts: ScriptCall[];
  breakpoint: boolean;
  /** Final: no rule after it acted. */
  abort: AbortMode | null;
}

export interface RequestEffects extends PhaseEffects {
  /** Tried in order before everything that follows here; the first that is found answers. */
  local: LocalSource[];
  /** Final: no rule after it acted. */
  answer: Answer | null;
  /** Overrides the route's choice. */
  pool: string | null;
  /** Overrides the route's and the pool's choice. */
  backend: { pool: string; backend: string } | null;
  /** Where it goes instead. */
  origin: OriginOverride | null;
}

export type ResponseEffects = PhaseEffects;

function noPhaseEffects(): PhaseEffects {
  return { delayMs: 0, throttle: null, body: [], scripts: [], breakpoint: false, abort: null };
}

/** Adds one effect to those of a request; `null` stands for none so far. Says nothing about order beyond the fields' own. */
export function addRequestEffect(effects: RequestEffects | null, effect: Effect): RequestEffects {
  const into = effects ?? { ...noPhaseEffects(), local: [], answer: null, pool: null, backend: null, origin: null };
  switch (effect.kind) {
    case 'answer':
      into.answer = effect.answer;
      return into;
    case 'pool':
      into.pool = effect.pool;
      into.backend = null;
      into.origin = null;
      return into;
    case 'backend':
      into.backend = { pool: effect.pool, backend: effect.backend };
      into.pool = effect.pool;
      into.origin = null;
      return into;
    case 'local':
      into.local.push(effect.source);
      return into;
    case 'origin':
      into.origin = effect.origin;
      into.pool = null;
      into.backend = null;
      return into;
    default:
      addPhaseEffect(into, effect);
      return into;
  }
}

/** Adds one effect to those of a response; effects of requests only do nothing here. */
export function addResponseEffect(effects: ResponseEffects | null, effect: Effect): ResponseEffects {
  const into = effects ?? noPhaseEffects();
  addPhaseEffect(into, effect);
  return into;
}

function addPhaseEffect(into: PhaseEffects, effect: Effect): void {
  switch (effect.kind) {
    case 'abort':
      into.abort = effect.mode;
      return;
    case 'delay':
      into.delayMs += effect.ms;
      return;
    case 'throttle':
      into.throttle = { ...into.throttle, ...effect.throttle };
      return;
    case 'body':
      into.body.push(effect.edit);
      return;
    case 'breakpoint':
      into.breakpoint = true;
      return;
    case 'script':
      into.scripts.push(effect.call);
      return;
    case 'answer':
    case 'pool':
    case 'backend':
    case 'local':
    case 'origin':
      return;
  }
}

/** How long the message waits before anything else happens to it, milliseconds. */
export function waitMs({ delayMs, throttle }: PhaseEffects): number {
  return delayMs + (throttle?.latencyMs ?? 0);
}

/** Whether nothing after this effect may act in its phase. */
export function isFinal(effect: Effect): boolean {
  return effect.kind === 'answer' || effect.kind === 'abort';
}
