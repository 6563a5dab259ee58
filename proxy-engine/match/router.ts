/** Routes in their order; the first that holds decides where an exchange goes. */
import type { Config, RouteConfig } from '../contract/config.ts';
import type { Expression } from '../contract/expression/syntax.ts';
import type { EngineState } from '../contract/state.ts';
import { Headers } from '../http/headers.ts';
import { type Answer, compileAnswer } from '../rules/answer.ts';
import { CandidateIndex } from './candidate-index.ts';
import { compileExpression } from './compile.ts';
import { type Candidate, type Guard, guardOf } from './guard.ts';
import { compilePattern, isMistake, type Pattern } from './pattern.ts';
import { compileSplit, type Share } from './split.ts';
import type { RequestSubject } from './subject.ts';
import { compileKey, compileTemplate, type VariableSubject } from './template.ts';

export type Destination =
  | { kind: 'pool'; pool: string }
  | {
      kind: 'split';
      shares: readonly Share[];
      choose(this: void, subject: VariableSubject): string;
      /** Whether not the request decides, but whose turn it is. */
      takesTurns(this: void, subject: VariableSubject): boolean;
    }
  /** A `respond` or a `redirect`. */
  | { kind: 'answer'; answer(this: void, subject: VariableSubject): Answer }
  | { kind: 'original' };

export interface CompiledRoute {
  readonly name: string;
  /** How often it has won, kept by name when a config is applied. */
  hits: number;
  readonly to: Destination;
  /** Where copies go; `percent` of the exchanges. */
  readonly mirror: { readonly pool: string; readonly percent: number } | null;
}

interface Entry extends CompiledRoute, Candidate {
  readonly config: RouteConfig;
  holds(this: void, subject: RequestSubject): boolean;
}

export class Router {
  readonly #routes: readonly Entry[];
  readonly #index: CandidateIndex<Entry>;

  constructor(routes: readonly Entry[]) {
    this.#routes = routes;
    this.#index = new CandidateIndex(routes);
  }

  /** The first route that holds, counted; null when none does. */
  find(subject: RequestSubject): CompiledRoute | null {
    const route = this.peek(subject);
    if (route) route.hits++;
    return route;
  }

  /** The first route that holds, without counting it. */
  peek(subject: RequestSubject): CompiledRoute | null {
    for (const route of this.#index.find(subject)) if (route.holds(subject)) return route;
    return null;
  }

  /** Every route with whether it holds by itself, in order: for the test bench. */
  explain(subject: RequestSubject): { name: string; held: boolean }[] {
    return this.#routes.map(({ name, holds }) => ({ name, held: holds(subject) }));
  }

  hitsOf(name: string): number {
    return this.#routes.find((route) => route.name === name)?.hits ?? 0;
  }

  /** In the order of the config. */
  hits(): number[] {
    return this.#routes.map(({ hits }) => hits);
  }

  state(): EngineState['routes'] {
    return this.#routes.map(({ name, config, hits }) => ({
      name,
      match: config.match,
      to: destinationText(config),
      hits,
    }));
  }
}

/** Notes on the exchange the route that it takes and the pool that it leads to: rules may ask for both. */
export function enterRoute(
  exchange: VariableSubject & { route: string | undefined; pool: string | undefined },
  { name, to }: CompiledRoute,
): void {
  exchange.route = name;
  if (to.kind === 'pool') exchange.pool = to.pool;
  else if (to.kind === 'split') exchange.pool = to.choose(exchange);
}

/** Compiles the routes of a validated config; a route whose expression is refused never holds. `previous` carries hit counts. */
export function compileRoutes(
  config: Pick<Config, 'routes'>,
  options: { baseDir?: string; previous?: Router } = {},
): Router {
  const { baseDir = '.', previous } = options;
  return new Router(
    config.routes.map((route, order) => compileRoute(route, order, baseDir, previous?.hitsOf(route.name) ?? 0)),
  );
}

function compileRoute(config: RouteConfig, order: number, baseDir: string, hits: number): Entry {
  const { expression, guard, holds } = compileMatch(config);
  return {
    name: config.name,
    hits,
    order,
    guard,
    config,
    holds,
    to: compileDestination(config, expression, baseDir),
    mirror: config.mirror ?? null,
  };
}

function compileMatch(config: RouteConfig): { expression: Expression | null; guard: Guard; holds: Entry['holds'] } {
  const listeners = config.listeners ? new Set(config.listeners) : null;
  const atListener = (subject: RequestSubject) => listeners === null || listeners.has(subject.listener);
  if (config.match === undefined) return { expression: null, guard: guardOf(null), holds: atListener };
  const compiled = compileExpression(config.match, 'request');
  if (!compiled.ok) return { expression: null, guard: guardOf(null), holds: () => false };
  const { expression } = compiled;
  return { expression, guard: guardOf(expression), holds: (subject) => atListener(subject) && compiled.holds(subject) };
}

function compileDestination(config: RouteConfig, expression: Expression | null, baseDir: string): Destination {
  if (config.pool !== undefined) return { kind: 'pool', pool: config.pool };
  if (config.split) {
    const key = config.stickyBy === undefined ? null : compileKey(config.stickyBy);
    const takesTurns = (subject: VariableSubject) => key === null || key.render(subject) === '';
    return { kind: 'split', shares: config.split, choose: compileSplit(config.split, key), takesTurns };
  }
  if (config.respond) return { kind: 'answer', answer: compileAnswer(config.respond, baseDir) };
  if (config.redirect) return compileRedirect(config.redirect, expression);
  return { kind: 'original' };
}

function compileRedirect(config: NonNullable<RouteConfig['redirect']>, expression: Expression | null): Destination {
  const pattern = expression && pathPattern(expression);
  const template = compileTemplate(config.location, { groups: pattern?.groupCount ?? 0 });
  return {
    kind: 'answer',
    answer(subject) {
      const location = template.render(subject, pattern?.match(subject.path) ?? []);
      const headers = new Headers(['Location', location]);
      return { status: config.status, headers, body: null, bodyFile: null, error: null };
    },
  };
}

/** The first `path ~` that must hold for the expression to hold: its groups are `$1` and so on. */
export function pathPattern(term: Expression): Pattern | null {
  if (term.kind === 'and') return term.terms.map(pathPattern).find((pattern) => pattern !== null) ?? null;
  if (term.kind !== 'text' || term.field.name !== 'path') return null;
  if (term.operator !== '~' && term.operator !== '~i') return null;
  const pattern = compilePattern(term.value, term.operator === '~i');
  return isMistake(pattern) ? null : pattern;
}

/** Where a route goes, in a few words: `pool api`, `95 % shop, 5 % shop-next`. */
function destinationText(config: RouteConfig): string {
  if (config.pool !== undefined) return `pool ${config.pool}`;
  if (config.split) {
    const total = config.split.reduce((sum, { weight }) => sum + weight, 0) || 1;
    return config.split.map(({ pool, weight }) => `${Math.round((weight / total) * 1000) / 10} % ${pool}`).join(', ');
  }
  if (config.respond) return `answer ${config.respond.status}`;
  if (config.redirect) return `redirect ${config.redirect.status} to ${config.redirect.location}`;
  return 'the origin asked for';
}
