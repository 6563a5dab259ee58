/** What is in effect in a block: its own directives, and those around it that it does not replace. */
import { familyOf, isInherited } from './known-directives.ts';
import type { Ledger } from './ledger.ts';
import type { Directive } from './syntax.ts';

/** A server's locations all ask for the same. */
const known = new WeakMap<readonly Directive[], readonly Directive[]>();

function inheritedOf(outer: readonly Directive[]): readonly Directive[] {
  const inherited = known.get(outer) ?? outer.filter(isInherited);
  known.set(outer, inherited);
  return inherited;
}

/** `outer`: what is in effect around it. A set of the same kind takes the place of the outer one as a whole. */
export function inEffect(outer: readonly Directive[], block: readonly Directive[], ledger: Ledger): Directive[] {
  const own = new Set(block.map(familyOf));
  const inherited = inheritedOf(outer);
  for (const each of inherited) if (own.has(familyOf(each))) ledger.replace(each);
  return [...inherited.filter((each) => !own.has(familyOf(each))), ...block];
}
