/** nginx's rewrite phase: `return`, `rewrite` and `if`, in the order in which they are written. */

import { compilePattern, isMistake } from '../../match/pattern.ts';
import { allOf, anyOf, test } from '../expressions.ts';
import { conditionOf, withoutParentheses } from './conditions.ts';
import type { Rewritten } from './content.ts';
import { effectOf, isClientHidden } from './guards.ts';
import { inEffect } from './inheritance.ts';
import { sourceOf } from './maps.ts';
import { isMoving } from './odd-paths.ts';
import { pathPattern } from './path-patterns.ts';
import { rewriteOf } from './path-rewrites.ts';
import { addRedirect, addReturn, isRedirect } from './returns.ts';
import { addRoute, NOT_IMPORTED, type Site } from './site.ts';
import type { Directive } from './syntax.ts';

const PHASE = new Set(['rewrite', 'return', 'if', 'set', 'break']);

/** What `break` ends for the requests of which `match` holds: the content comes, with what was rewritten until then. */
type End = (match: string, rewritten: Rewritten) => void;

/** `end`: absent where nothing can be told apart by it; then what follows acts on all. */
export function readRewrites(block: readonly Directive[], site: Site, end?: End): Rewritten {
  const rewritten: Rewritten = { answers: [], actions: [], before: [], content: null };
  const steps = block.filter(({ name }) => PHASE.has(name));
  for (const [i, step] of steps.entries()) {
    const isFollowed =
      steps.slice(i + 1).some(({ name }) => name !== 'set' && name !== 'break') || block.some(isMoving);
    const isEnded = isFollowed && end && step.name !== 'break' && readEnd(step, rewritten, site, end);
    if (!isEnded) readStep(step, rewritten, site);
    if (!isEnded && isFollowed && step.name === 'rewrite' && isEnd(step)) noteFollowed(step, rewritten, site);
    if (!rewritten.content && step.name !== 'break') continue;
    // Nothing reaches these.
    site.ledger.settle(...steps.slice(i).filter(({ name }) => name !== 'if'));
    break;
  }
  return rewritten;
}

function noteFollowed(step: Directive, { actions, before }: Rewritten, { ledger }: Site): void {
  if (actions.length + before.length > 0)
    ledger.approximate(step, 'break ends the rewriting in nginx: here what follows acts on the new path, too');
}

/** Whether the step ends the phase for some requests, and it could be said for which. */
function readEnd(step: Directive, rewritten: Rewritten, site: Site, end: End): boolean {
  const [first, ...rest] = step.name === 'if' ? (step.block ?? []) : [step];
  // Of a path that has been rewritten before nothing is known here.
  const isMoved = rewritten.actions.length + rewritten.before.length > 0;
  const condition = step.name !== 'if' ? undefined : conditionIn(step, rewritten, site);
  if (!first || rest.length > 0 || isMoved || condition === null || !isEnd(first)) return false;
  const actions = first.name === 'rewrite' ? rewriteOf(first, rewritten, site) : [];
  site.ledger.settle(step, first);
  const taken = first.name === 'rewrite' ? test('path', '~', pathPattern(first.words[0] ?? '').pattern) : undefined;
  if (actions) end(allOf([condition, taken]) ?? '', { answers: [], actions, before: [], content: null });
  return true;
}

function isEnd(step: Directive): boolean {
  return step.name === 'rewrite' ? step.words[2] === 'break' && !isRedirect(step) : step.name === 'break';
}

function readStep(step: Directive, rewritten: Rewritten, site: Site): void {
  const { ledger, directives } = site;
  if (step.name === 'return') {
    ledger.settle(step);
    const { routes, actions } = addReturn(step, site, site.common);
    rewritten.content = { routes, files: actions, passing: site, passed: null, rewritten: null, isReturned: true };
  } else if (isRedirect(step)) {
    const routes = addRedirect(step, site, site.common);
    if (routes.length > 0) rewritten.answers.push({ routes, directives });
  } else if (step.name === 'rewrite') readRewrite(step, rewritten, site);
  else if (step.name === 'if') readIf(step, rewritten, site);
}

/** One that answers is a route before the others; what it asks for may be unknown here. */
function readIf(step: Directive, rewritten: Rewritten, site: Site): void {
  const { block = [] } = step;
  const condition = conditionIn(step, rewritten, site);
  const answer = answerIn(block);
  if (condition === null || !answer) return refuseIf(step, condition, rewritten, site);
  const { ledger } = site;
  const match = allOf([condition, site.common.match]);
  const common = { ...site.common, ...(match !== undefined && { match }) };
  const inner = { ...site, name: `${site.name} if`, directives: inEffect(site.directives, block, ledger) };
  ledger.settle(step, answer);
  const made =
    answer.name === 'return'
      ? addReturn(answer, inner, common)
      : { routes: addRedirect(answer, inner, common), actions: [] };
  rewritten.answers.push({ routes: made.routes, directives: inner.directives });
  if (made.actions.length > 0)
    rewritten.before.push({ match: allOf([`route = "${made.routes[0]}"`]) ?? '', request: made.actions });
}

/** null: nothing here knows. */
function conditionIn(step: Directive, rewritten: Rewritten, site: Site): string | null {
  const condition = isInVain(step, rewritten, site) ? null : conditionOf(step.words, site.maps);
  const map = site.maps.get(withoutParentheses(step.words)[0] ?? '');
  if (map && condition !== null) site.ledger.settleWhole(map);
  return condition;
}

/** Of a path that has been rewritten before, and of clients behind a balancer, nothing is known here. */
function isInVain({ words }: Directive, { actions, before }: Rewritten, { directives, maps }: Site): boolean {
  const asked = sourceOf(withoutParentheses(words)[0] ?? '', maps);
  const isMoved = actions.length + before.length > 0;
  return (isMoved && /^\$(document_)?uri$/.test(asked)) || (isClientHidden(directives) && asked === '$remote_addr');
}

/** What a block of `if` does whatever else stands in it; a redirect has a pattern, so it must stand alone. */
function answerIn(block: readonly Directive[]): Directive | undefined {
  const phase = block.filter(({ name }) => PHASE.has(name) && name !== 'set');
  const [first, ...rest] = phase;
  if (first?.name === 'return') return first;
  const isAlone =
    rest.every(({ name }) => name === 'break') &&
    block.every((each) => effectOf(each, block) === null || phase.includes(each));
  return first && isRedirect(first) && isAlone ? first : undefined;
}

/** One that turns requests away, or leads elsewhere, closes the location: nobody knows here for whom it stands open. */
function refuseIf(step: Directive, condition: string | null, rewritten: Rewritten, site: Site): void {
  const { block = [] } = step;
  const effects = block.map((each) => effectOf(each, block));
  const isTurningAway = effects.includes('turns away');
  if (!isTurningAway && !effects.includes('leads away'))
    return site.ledger.refuse(step, 'what it asks for, or what it does, cannot be said here');
  const match = allOf([condition ?? undefined, takenBy(block), site.common.match]);
  const respond = isTurningAway ? { status: 403 } : NOT_IMPORTED;
  const route = { ...site.common, ...(match !== undefined && { match }), respond };
  const name = addRoute(site, step, route, `${site.name} closed`);
  rewritten.answers.push({ routes: [name], directives: site.directives });
  site.ledger.refuse(step, whyClosed(condition !== null, isTurningAway, name));
}

function whyClosed(isAsked: boolean, isTurningAway: boolean, route: string): string {
  if (isAsked)
    return `what it does cannot be said here: where its condition holds, the route ${route} answers ${isTurningAway ? 403 : 502}`;
  return isTurningAway
    ? `what it asks for, or what it does, cannot be said here; as it turns requests away, 403 is answered to all: put its condition on the route ${route}, or delete it`
    : `what it asks for, or what it does, cannot be said here; as it leads elsewhere, 502 is answered to all: put its condition on the route ${route}, or delete it`;
}

/** The paths that it acts on, where it does nothing but rewrite them. */
function takenBy(block: readonly Directive[]): string | undefined {
  const acting = block.filter((each) => effectOf(each, block) !== null);
  const patterns = acting.map(({ words: [pattern = ''] }) => pathPattern(pattern).pattern);
  const isPlain = acting.every(({ name }, i) => name === 'rewrite' && !isMistake(compilePattern(patterns[i] ?? '')));
  return isPlain ? anyOf(patterns.map((pattern) => test('path', '~', pattern))) : undefined;
}

function readRewrite(step: Directive, rewritten: Rewritten, site: Site): void {
  const [action, query] = rewriteOf(step, rewritten, site) ?? [];
  if (!action) return;
  if (!query) return void rewritten.actions.push(action);
  const [pattern = ''] = step.words;
  rewritten.before.push({ match: test('path', '~', pathPattern(pattern).pattern), request: [action, query] });
}
