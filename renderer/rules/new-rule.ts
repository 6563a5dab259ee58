import type { ConfigDocumentStore, EditOutcome } from './config-store.ts';
import { type RawRule, rulesOf } from './document.ts';

/** `base`, or `base 2`, `base 3` … : the first that no rule has. */
export function freeName(base: string, taken: readonly (string | undefined)[]): string {
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base} ${number}`;
  return name;
}

/** Adds a rule at the end of the document's own, with a name of its own. */
export async function addRule(
  config: ConfigDocumentStore,
  base: string,
  content: RawRule = {},
): Promise<{ name: string; outcome: EditOutcome }> {
  const { text, config: running } = config.store.getState();
  // Included rules have names as well.
  const taken = [...rulesOf(text), ...(running?.rules ?? [])].map((rule) => rule.name);
  const name = freeName(base, taken);
  const outcome = await config.edit([{ path: ['rules', '-'], value: { name, ...content } }]);
  return { name, outcome };
}
