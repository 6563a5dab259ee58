/** nginx's rewrite phase: `return`, `rewrite` and `if`, in the order in which they are written. */

import { compilePattern, isMistake } from '../../match/pattern.ts';
import type { DraftAction } from '../draft.ts';
import { allOf, anyOf, test } from '../expressions.ts';
import { conditionOf } from './conditions.ts';
import type { Rewritten } from './content.ts';
import { effectOf, isClientHidden } from './guards.ts';
import { inEffect } from './inheritance.ts';
import { type Found, isPattern, locationFor } from './lookup.ts';
import { isMoving } from './odd-paths.ts';
import { pathPattern } from './path-patterns.ts';
import { groupNames, groupStarts } from './patterns.ts';
import { addRedirect, addReturn, isRedirect } from './returns.ts';
import { addRoute, NOT_IMPORTED, type Site } from './site.ts';
import type { Directive } from './syntax.ts';
import { valueOf } from './values.ts';

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
    if (!rewritten.content && step.name !== 'break') continue;
    // Nothing reaches these.
    site.ledger.settle(...steps.slice(i).filter(({ name }) => name !== 'if'));
    break;
  }
  return rewritten;
}

/** Whether the step ends the phase for some requests, and it could be said for which. */
function readEnd(step: Directive, rewritten: Rewritten, site: Site, end: End): boolean {
  const [first, ...rest] = step.name === 'if' ? (step.block ?? []) : [step];
  // Of a path that has been rewritten before nothing is known here.
  const isMoved = rewritten.actions.length + rewritten.before.length > 0;
  const condition = step.name !== 'if' ? undefined : isInVain(step, rewritten, site) ? null : conditionOf(step.words);
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
  const condition = isInVain(step, rewritten, site) ? null : conditionOf(step.words);
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

/** Of a path that has been rewritten before, and of clients behind a balancer, nothing is known here. */
function isInVain({ words: [asked = ''] }: Directive, { actions, before }: Rewritten, { directives }: Site): boolean {
  const isMoved = actions.length + before.length > 0;
  return (
    (isMoved && /^\(?\$(document_)?uri$/.test(asked)) ||
    (isClientHidden(directives) && /^\(?\$remote_addr$/.test(asked))
  );
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

/** `rewrite` of the path: on it, and on its parameters; null: it is closed. Where nginx looks for another location then, nothing is answered: this one may be more open. */
function rewriteOf(step: Directive, rewritten: Rewritten, site: Site): DraftAction[] | null {
  const { ledger, isWhole } = site;
  const [pattern = '', replacement = '', flag] = step.words;
  const [path = '', args] = replacement.split(/\?(.*)/s);
  const to = valueOf(path, groupNames(pattern));
  if (isWhole || (flag !== 'break' && leadsAway(path, site))) return closeRewritten(step, rewritten, site, AWAY);
  const known = pathPattern(pattern);
  const set = parametersOf(args ?? '');
  const isPath = to !== null && (to.startsWith('/') || isSlashGroup(to, pattern));
  if (!known.isExact || isMistake(compilePattern(known.pattern)) || !isPath || set === null)
    return closeRewritten(step, rewritten, site, UNKNOWN);
  ledger.settle(step);
  if (flag !== 'break')
    ledger.approximate(step, 'nginx looks for a location of the new path then; here the route stays');
  if (args?.endsWith('?') || args === '') ledger.approximate(step, 'the parameters of the request stay');
  const action = { path: { replace: wholePath(known.pattern), with: to } };
  if (Object.keys(set).length === 0) return [action];
  ledger.approximate(step, 'its parameters come behind those of the request');
  return [action, { query: { set } }];
}

/** Whether another location takes the new path, or may take it. */
function leadsAway(path: string, { found, locations }: Site): boolean {
  const [beginning = '', ...rest] = path.split('$');
  if (locationFor(beginning, locations) !== found) return true;
  const isOpen = rest.length > 0;
  return isOpen && locations.some((other) => other !== found && mayTake(other, beginning, found));
}

function mayTake({ place, around }: Found, beginning: string, found: Found): boolean {
  if (!isPattern(place)) return place.path.startsWith(beginning);
  const [fixed = ''] = /(?<=^\^)\/[\w/-]*(?![?*{\w/-])/.exec(place.path) ?? [];
  const isElsewhere = !place.path.includes('|') && !fixed.startsWith(beginning) && !beginning.startsWith(fixed);
  return !isElsewhere && (found.place.modifier !== '^~' || around.includes(found));
}

/** A path that is a group which begins with a slash. */
function isSlashGroup(to: string, pattern: string): boolean {
  const [, number = '0'] = /^\$(\d)/.exec(to) ?? [];
  const group = groupStarts(pattern)[Number(number) - 1];
  const text = group === undefined ? '' : (/^\/[^()|]*\)(?![?*{])/.exec(pattern.slice(group))?.[0] ?? '');
  return /^\/(?![?*{])/.test(text);
}

const AWAY = (route: string) =>
  `it leads to another location; the route ${route} answers 502 until it has that one's pool`;
const UNKNOWN = (route: string) =>
  `its pattern, its path or its parameters cannot be said here; the route ${route} answers 502`;

function closeRewritten(step: Directive, { answers }: Rewritten, site: Site, why: (route: string) => string): null {
  const [pattern = ''] = step.words;
  const match = allOf([test('path', '~', pathPattern(pattern).pattern), site.common.match]) ?? '';
  const name = addRoute(site, step, { ...site.common, match, respond: NOT_IMPORTED }, `${site.name} rewrite`);
  answers.push({ routes: [name], directives: [] });
  site.ledger.refuse(step, why(name));
  return null;
}

/** nginx puts the replacement in the place of the whole path, wherever the pattern matches. */
function wholePath(pattern: string): string {
  const takesAll = pattern.startsWith('^') && /([^\\]\$|\.\*\)?)$/.test(pattern) && !pattern.includes('|');
  return takesAll ? pattern : `^.*?(?:${pattern}).*$`;
}

/** null: they have variables. */
function parametersOf(args: string): Record<string, string> | null {
  if (args.includes('$')) return null;
  return Object.fromEntries(new URLSearchParams(args.replace(/\?$/, '')));
}
