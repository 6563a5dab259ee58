/** `if`: answers, values of variables, and other content where its condition holds. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import type { DraftAction } from '../draft.ts';
import { allOf, anyOf, test } from '../expressions.ts';
import { type Condition, negated, withValues } from './cases.ts';
import { withoutParentheses } from './conditions.ts';
import type { Rewritten } from './content.ts';
import { readPage } from './error-pages.ts';
import { effectOf } from './guards.ts';
import { inEffect } from './inheritance.ts';
import { pathPattern } from './path-patterns.ts';
import { ofPath, withWords } from './request-uri.ts';
import { addRedirect, addReturn, isRedirect } from './returns.ts';
import { addRoute, NOT_IMPORTED, type Site } from './site.ts';
import { type Directive, named } from './syntax.ts';

/** What an answer stands in. */
export interface Asked {
  /** Of the `if`; null: it is for all. */
  words: readonly string[] | null;
  name: string;
  /** In effect there. */
  directives: readonly Directive[];
}

interface Made {
  routes: string[];
  actions: DraftAction[];
  directives: readonly Directive[];
}

export function readIf(written: Directive, rewritten: Rewritten, site: Site): void {
  const step = ofPath(written);
  const { block = [], words } = step;
  const { ledger } = site;
  const condition = rewritten.known?.conditionOf(words) ?? null;
  const answer = answerIn(block);
  if (answer && typeof condition === 'string' && readPage(step, answer, condition, rewritten, site)) return;
  if (answer && condition !== null) {
    const directives = inEffect(site.directives, block, ledger);
    ledger.settle(step, answer);
    for (const each of rewritten.known?.behind(words) ?? []) ledger.settleWhole(each);
    return void addAnswers(answer, { words, name: `${site.name} if`, directives }, rewritten, site);
  }
  const isKnown = condition !== null && !answer && isHarmless(block, rewritten);
  readSets(step, isKnown ? condition : null, rewritten);
  if (!isKnown) return refuseIf(step, condition, rewritten, site);
  ledger.settle(step, ...named(block, 'break'));
  for (const each of rewritten.known?.behind(words) ?? []) ledger.settleWhole(each);
  readOther(step, condition, rewritten);
}

/** What it gives a value has none that is known where its condition is not. */
function readSets({ block = [] }: Directive, condition: Condition, { known, left }: Rewritten): void {
  const when = typeof condition === 'boolean' ? allOf(left) : condition && allOf([...left, condition]);
  if (condition !== false) for (const set of block.filter(({ name }) => name === 'set')) known?.set(set, when);
}

const CONTENT =
  /^(?:proxy_pass|grpc_pass|fastcgi_pass|uwsgi_pass|scgi_pass|root|add_header|default_type|proxy_redirect|(?:proxy|grpc)_(?:set|hide)_header)$/;

/** Whether it says nothing but what variables are, and what becomes of the request where its condition holds. */
function isHarmless(block: readonly Directive[], { others }: Rewritten): boolean {
  const rest = block.filter(({ name }) => name !== 'set' && name !== 'break');
  const isOther = rest.some(({ name }) => CONTENT.test(name));
  if (isOther && others === null) return false;
  const isSetting = block.some(({ name }) => name === 'set') && !block.some(({ name }) => name === 'break');
  return (isOther || isSetting) && rest.every((each) => CONTENT.test(each.name) || effectOf(each, block) === null);
}

/** The last one that holds says what comes, unless an earlier one has left the phase. */
function readOther({ block = [] }: Directive, condition: Condition, rewritten: Rewritten): void {
  if (condition === false || !block.some(({ name }) => CONTENT.test(name))) return;
  const isLast = block.some(({ name }) => name === 'break');
  const asked = condition === true || condition === null ? undefined : condition;
  rewritten.others?.push({ when: allOf([...rewritten.left, asked]), block, isLast });
  if (isLast) rewritten.left.push(asked === undefined ? 'not method ~ "."' : negated(asked));
}

/** Its routes, one for each value that the variables in it have. */
export function addAnswers(answer: Directive, asked: Asked, rewritten: Rewritten, site: Site): Made[] {
  const { known, left } = rewritten;
  const words = [answer, ...named(asked.directives, 'add_header')].flatMap((each) => each.words);
  const worlds = known?.worldsFor(words, MOST_ANSWERS) ?? [{ when: undefined, values: new Map() }];
  const skipped: string[] = [];
  const made: Made[] = [];
  const own = asked.words && hasOtherGroups(asked.words) ? withoutGroups(answer) : answer;
  for (const world of worlds) {
    const condition = asked.words ? (known?.within(world).conditionOf(asked.words) ?? true) : true;
    if (condition === false) {
      if (world.when !== undefined) skipped.push(negated(world.when));
      continue;
    }
    const match = allOf([
      condition === true ? undefined : condition,
      world.when,
      ...skipped,
      ...left,
      site.common.match,
    ]);
    const common = { ...site.common, ...(match !== undefined && { match }) };
    const directives = asked.directives.map((each) =>
      each.name === 'add_header' ? withWorld(each, world.values) : each,
    );
    const inner = { ...site, name: asked.name, directives };
    made.push({ ...addAnswer(withWorld(own, world.values), inner, common), directives });
  }
  for (const each of known?.behind(words) ?? []) site.ledger.settleWhole(each);
  site.ledger.settle(answer);
  if (asked.words || isRedirect(answer)) tellAnswers(made, rewritten);
  return made;
}

/** Whether `$1` is a part of something else than the path. */
function hasOtherGroups(words: readonly string[]): boolean {
  const [variable = '', operator = ''] = withoutParentheses(words);
  return /^!?~/.test(operator) && !/^\$(?:document_)?uri$/.test(variable);
}

/** `$1` becomes what is not known here. */
function withoutGroups(answer: Directive): Directive {
  const words = answer.words.map((word) => word.replace(/\$(\{?)(?=\d)/g, '$$$1group_'));
  return withWords(answer, words);
}

/** A list of old addresses may be long. */
const MOST_ANSWERS = 500;

export function tellAnswers(made: readonly Made[], { answers, before }: Rewritten): void {
  for (const { routes, directives, actions } of made) {
    if (routes.length > 0) answers.push({ routes, directives });
    if (actions.length > 0) before.push({ match: `route = "${routes[0]}"`, request: actions });
  }
}

function addAnswer(answer: Directive, site: Site, common: Site['common']): Omit<Made, 'directives'> {
  return answer.name === 'return'
    ? addReturn(answer, site, common)
    : { routes: addRedirect(answer, site, common), actions: [] };
}

/** The directive with these values of its variables. */
export function withWorld(directive: Directive, values: ReadonlyMap<string, string>): Directive {
  // Patterns are no values.
  const start = directive.name === 'rewrite' ? 1 : 0;
  const words = directive.words.map((word, i) => (i < start ? word : withValues(word, values)));
  if (words.every((word, i) => word === directive.words[i])) return directive;
  return withWords(directive, words);
}

/** What a block of `if` does whatever else stands in it; a redirect has a pattern, so it must stand alone. */
function answerIn(block: readonly Directive[]): Directive | undefined {
  const phase = block.filter(({ name }) => /^(?:rewrite|return|if|break)$/.test(name));
  const [first, ...rest] = phase;
  if (first?.name === 'return') return first;
  const isAlone =
    rest.every(({ name }) => name === 'break') &&
    block.every((each) => effectOf(each, block) === null || phase.includes(each));
  return first && isRedirect(first) && isAlone ? first : undefined;
}

/** One that turns requests away, or leads elsewhere, closes the location: nobody knows here for whom it stands open. */
function refuseIf(step: Directive, condition: Condition, rewritten: Rewritten, site: Site): void {
  const { block = [] } = step;
  const effects = block.map((each) => effectOf(each, block));
  const isTurningAway = effects.includes('turns away');
  if (!isTurningAway && !effects.includes('leads away'))
    return site.ledger.refuse(step, 'what it asks for, or what it does, cannot be said here');
  if (condition === false) return site.ledger.settleWhole(step);
  const loose = condition === null ? (rewritten.known?.looseConditionOf(step.words) ?? undefined) : undefined;
  const asked = typeof condition === 'string' ? condition : loose;
  const match = allOf([asked, takenBy(block), site.common.match]);
  const respond = isTurningAway ? { status: 403 } : NOT_IMPORTED;
  const route = { ...site.common, ...(match !== undefined && { match }), respond };
  const name = addRoute(site, step, route, `${site.name} closed`);
  rewritten.answers.push({ routes: [name], directives: site.directives });
  site.ledger.refuse(
    step,
    loose === undefined
      ? whyClosed(condition !== null, isTurningAway, name)
      : `RE2 cannot read all of the pattern: where what it can read holds, the route ${name} answers ${respond.status}`,
  );
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
