/** What becomes of a location: routes that turn requests away or lead elsewhere, and one that answers. */
import type { DraftAction, DraftResponseAction, DraftRule } from '../draft.ts';
import type { KnownVariables } from './known-variables.ts';
import type { Site } from './site.ts';
import type { Directive } from './syntax.ts';
import type { Other } from './variants.ts';

/** Routes that answer by themselves, with the directives that are in effect for their heads. */
export interface Answer {
  routes: string[];
  directives: readonly Directive[];
}

/** What `rewrite`, `return` and `if` make. */
export interface Rewritten {
  answers: Answer[];
  /** Of the path. */
  actions: DraftAction[];
  /** Rules of their own, before. */
  before: DraftRule[];
  /** Nothing else is reached. */
  content: Content | null;
  /** Other contents, by conditions; null: nothing can be told apart by them here. */
  others: Other[] | null;
  /** Conditions of requests that are still in the phase. */
  left: string[];
  known: KnownVariables | null;
}

export const NO_STEPS: Rewritten = {
  answers: [],
  actions: [],
  before: [],
  content: null,
  others: null,
  left: [],
  known: null,
};

/** Where `proxy_pass` leads. */
export interface Passed {
  pool: string;
  /** `proxy_set_header` and its like are called after it. */
  prefix: 'proxy' | 'grpc';
  /** Of the path. */
  actions: DraftAction[];
  /** What the backend is told as Host, where that is not what its pool says. */
  host: string | undefined;
  /** What is done to redirects of backends. */
  redirects: DraftResponseAction[];
}

/** What a location answers with, once nothing has turned the request away. */
export interface Content {
  routes: string[];
  /** What answers before its route does. */
  files: DraftAction[];
  /** The location whose directives act on what the route answers: this one, or the one that `try_files` goes on to. */
  passing: Site;
  passed: Passed | null;
  /** What that location rewrites. */
  rewritten: Rewritten | null;
  /** What differs by the pool that a split picks. */
  perPool?: DraftRule[];
  /** By `return`, before anything is limited. */
  isReturned: boolean;
}
