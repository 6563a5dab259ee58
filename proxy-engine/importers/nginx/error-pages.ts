/** `error_page CODE = @name`: canaries answer a code of their own to get to another backend. */
import { allOf } from '../expressions.ts';
import { negated } from './cases.ts';
import type { Rewritten } from './content.ts';
import { effectOf } from './guards.ts';
import { inEffect } from './inheritance.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';

/** The location that stands in the place of what a `return` in an `if` answers; false: there is none that could. */
export function readPage(
  step: Directive,
  answer: Directive,
  condition: string,
  rewritten: Rewritten,
  site: Site,
): boolean {
  const { ledger, locations } = site;
  const page = named(inEffect(site.directives, step.block ?? [], ledger), 'error_page').find(
    ({ words }) => words.at(-2) === '=' && words.slice(0, -2).includes(answer.words.join(' ')),
  );
  const target = page && locations.find(({ place }) => place.path === page.words.at(-1));
  if (!target || !rewritten.others || !isPassing(target.location.block ?? [])) return false;
  ledger.settle(step, answer, page, target.location);
  for (const each of rewritten.known?.behind(step.words) ?? []) ledger.settleWhole(each);
  rewritten.others.push({ when: allOf([...rewritten.left, condition]), block: [], isLast: true, target });
  rewritten.left.push(negated(condition));
  return true;
}

/** Whether it passes requests on, and does nothing else. */
function isPassing(block: readonly Directive[]): boolean {
  const [pass, ...more] = block.filter(
    (each) => effectOf(each, block) !== null || /^(?:set|if|break)$/.test(each.name),
  );
  return more.length === 0 && (pass?.name === 'proxy_pass' || pass?.name === 'grpc_pass');
}
