import type { ConfigDocumentStore, EditOutcome } from './config-store.ts';
import { type RawRule, rulesOf } from './document.ts';

/** `base`, or `base 2`, `base 3` … : the first that no rule has. */
export function freeName(base: string, taken: readonly (string | undefined)[]): string {
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base} ${number}`;
  return name;
}

/** Adds a rule at the end, with a name of its own. */
export async function addRule(
  config: ConfigDocumentStore,
  base: string,
  content: RawRule = {},
): Promise<{ name: string; outcome: EditOutcome }> {
  const rules = rulesOf(config.store.getState().text);
  const name = freeName(
    base,
    rules.map((rule) => rule.name),
  );
  const path = rules.length > 0 ? ['rules', rules.length] : ['rules'];
  const rule = { name, ...content };
  const outcome = await config.edit([{ path, value: rules.length > 0 ? rule : [rule] }]);
  return { name, outcome };
}
