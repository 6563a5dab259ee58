/** `error_page CODE = @name`: canaries answer a code of their own to get to another backend. */
import { allOf } from '../expressions.ts';
import { isGuarded } from './access.ts';
import { negated } from './cases.ts';
import type { Rewritten } from './content.ts';
import { effectOf } from './guards.ts';
import { inEffect } from './inheritance.ts';
import type { Found } from './lookup.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';

/** The named location that comes where an `if` answers a code that `error_page` leads on from; false: the answer stays. */
export function readPage(
  step: Directive,
  answer: Directive,
  condition: string,
  rewritten: Rewritten,
  site: Site,
): boolean {
  const { ledger, locations } = site;
  const code = answer.words.join(' ');
  const page = named(site.directives, 'error_page').find(({ words }) => words.slice(0, -1).includes(code));
  if (!page) return false;
  const target = locations.find(({ place }) => place.path.startsWith('@') && place.path === page.words.at(-1));
  const isKnown = target && page.words.at(-2) === '=' && isAlone(site) && isPassing(target, site);
  if (!isKnown || !rewritten.others || step.block?.length !== 1) {
    ledger.approximate(answer, `${code} is answered: what error_page leads to cannot stand in its place here`);
    return false;
  }
  ledger.settle(step, answer, target.location);
  // Nobody else gives this one.
  if (page.words.slice(0, -2).every((each) => each === '418')) ledger.settle(page);
  else ledger.approximate(page, 'what an `if` answers leads on; other answers with these codes stay');
  for (const each of rewritten.known?.behind(step.words) ?? []) ledger.settleWhole(each);
  rewritten.others.push({ when: allOf([...rewritten.left, condition]), block: [], isLast: true, target });
  rewritten.left.push(negated(condition));
  return true;
}

/** Whether nothing but `if` stands in the rewrite phase, which `return` leaves, and nobody is asked who comes: the named location asks anew. */
function isAlone(site: Site): boolean {
  const block = site.found.location.block ?? [];
  const isMoving = ({ name, block: inner = [] }: Directive) =>
    /^(?:rewrite|return|set|break)$/.test(name) ||
    (name === 'if' && inner.some((each) => /^(?:rewrite|set|break)$/.test(each.name)));
  return !block.some(isMoving) && !isGuarded(site);
}

/** Whether it passes all requests on, and does nothing else. */
function isPassing(found: Found, site: Site): boolean {
  const block = found.location.block ?? [];
  const directives = inEffect(site.block, block, site.ledger);
  const acting = block.filter((each) => effectOf(each, block) !== null || /^(?:set|if|break)$/.test(each.name));
  const isPass = acting.length === 1 && /^(?:proxy|grpc)_pass$/.test(acting[0]?.name ?? '');
  return isPass && !isGuarded({ ...site, found, directives });
}
