/** nginx's rewrite phase: `return`, `rewrite`, `set` and `if`, in the order in which they are written. */
import { allOf, test } from '../expressions.ts';
import type { Rewritten } from './content.ts';
import { isClientHidden } from './guards.ts';
import { type Asked, addAnswers, readIf, tellAnswers } from './ifs.ts';
import { KnownVariables } from './known-variables.ts';
import { isMoving } from './odd-paths.ts';
import { pathPattern } from './path-patterns.ts';
import { rewriteOf } from './path-rewrites.ts';
import { isRedirect } from './returns.ts';
import type { Site } from './site.ts';
import type { Directive } from './syntax.ts';

const PHASE = new Set(['rewrite', 'return', 'if', 'set', 'break']);

/** What `break` ends for the requests of which `match` holds: the content comes, with what was rewritten until then. */
type End = (match: string, rewritten: Rewritten) => void;

/** `end`: absent where nothing can be told apart by it; then what follows acts on all. */
export function readRewrites(block: readonly Directive[], site: Site, end?: End): Rewritten {
  const rewritten = nothingYet(site, end !== undefined);
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

function nothingYet({ maps, assigned, sets, directives }: Site, isSplit: boolean): Rewritten {
  const rewritten: Rewritten = {
    answers: [],
    actions: [],
    before: [],
    content: null,
    others: isSplit ? [] : null,
    left: [],
    known: null,
  };
  // Of a path that has been rewritten before, and of clients behind a balancer, nothing is known here.
  const isInVain = (variable: string) =>
    (rewritten.actions.length + rewritten.before.length > 0 && /^\$(?:document_)?uri$/.test(variable)) ||
    (isClientHidden(directives) && variable === '$remote_addr');
  rewritten.known = new KnownVariables({ maps, assigned, isInVain }, sets);
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
  if (!first || rest.length > 0 || isMoved || !isEnd(first)) return false;
  const condition = step.name === 'if' ? rewritten.known?.conditionOf(step.words) : undefined;
  if (condition === null || typeof condition === 'boolean') return false;
  settleBehind(step, rewritten, site);
  const actions = first.name === 'rewrite' ? rewriteOf(first, rewritten, site) : [];
  site.ledger.settle(step, first);
  const taken = first.name === 'rewrite' ? test('path', '~', pathPattern(first.words[0] ?? '').pattern) : undefined;
  const match = allOf([...rewritten.left, condition, taken]) ?? '';
  if (actions) end(match, { ...rewritten, answers: [], actions, before: [], others: [] });
  return true;
}

function settleBehind({ words }: Directive, { known }: Rewritten, { ledger }: Site): void {
  for (const each of known?.behind(words) ?? []) ledger.settleWhole(each);
}

function isEnd(step: Directive): boolean {
  return step.name === 'rewrite' ? step.words[2] === 'break' && !isRedirect(step) : step.name === 'break';
}

function readStep(step: Directive, rewritten: Rewritten, site: Site): void {
  const all: Asked = { words: null, name: site.name, directives: site.directives };
  if (step.name === 'return') {
    const made = addAnswers(step, all, rewritten, site);
    const { routes = [], actions: files = [], directives = site.directives } = made.at(-1) ?? {};
    tellAnswers(made.slice(0, -1), rewritten);
    const passing = made.length > 1 ? { ...site, directives } : site;
    rewritten.content = { routes, files, passing, passed: null, rewritten: null, isReturned: true };
    for (const { block } of rewritten.others ?? []) site.ledger.settle(...block);
  } else if (isRedirect(step)) addAnswers(step, all, rewritten, site);
  else if (step.name === 'rewrite') readRewrite(step, rewritten, site);
  else if (step.name === 'if') readIf(step, rewritten, site);
  else if (step.name === 'set') rewritten.known?.set(step, allOf(rewritten.left));
}

function readRewrite(step: Directive, rewritten: Rewritten, site: Site): void {
  const [action, query] = rewriteOf(step, rewritten, site) ?? [];
  if (!action) return;
  if (!query) return void rewritten.actions.push(action);
  const [pattern = ''] = step.words;
  rewritten.before.push({ match: test('path', '~', pathPattern(pattern).pattern), request: [action, query] });
}
