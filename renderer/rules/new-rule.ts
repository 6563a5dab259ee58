import type { ConfigEdit } from '../../proxy-engine/contract/config-edit.ts';
import type { ConfigDocumentStore, EditOutcome } from './config-store.ts';
import { namesOf, type RawRule } from './document.ts';

/** `base`, or `base 2`, `base 3` … : the first that no rule has. */
export function freeName(base: string, taken: readonly string[]): string {
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base} ${number}`;
  return name;
}

/** Adds a rule at the end of the config's own document, or of `source`, with a name of its own. */
export async function addRule(
  config: ConfigDocumentStore,
  base: string,
  content: RawRule = {},
  source?: string,
): Promise<{ name: string; outcome: EditOutcome }> {
  const name = freeName(base, namesOf(config.store.getState().entries.rules));
  const outcome = await config.edit([{ insert: 'rules', value: { name, ...content }, source }]);
  return { name, outcome };
}

/** A group is made when its first rule is put into it, where the rule is. */
export function newGroupEdits(group: string, groups: Readonly<Record<string, unknown>>, source?: string): ConfigEdit[] {
  return group === '' || Object.hasOwn(groups, group) ? [] : [{ path: ['groups', group], value: {}, source }];
}
