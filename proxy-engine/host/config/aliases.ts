/** Aliases of a document that no plain data can be made of. */
import { type Alias, type Document, isNode, type Node, visit } from 'yaml';

export interface WrongAlias {
  message: string;
  /** Where it stands in the text. */
  at: number;
}

export function danglingAliases(document: Document): WrongAlias[] {
  const say = (name: string) =>
    `*${name} stands for nothing, as no &${name} is above it; a value that begins with * needs quotes`;
  return wrongAliases(document, say, (alias) => alias.resolve(document) === undefined);
}

/** Those that stand within what they stand for: its data would hold itself. */
export function endlessAliases(document: Document): WrongAlias[] {
  const say = (name: string) => `*${name} stands within what it stands for, which would never end`;
  const isNamed = (node: unknown, name: string): boolean =>
    isNode(node) && (node as { anchor?: string }).anchor === name;
  return wrongAliases(document, say, (alias, above) => {
    // Names may be given anew: what it stands for is asked where it matters, for that takes long.
    return above.some((node) => isNamed(node, alias.source)) && above.includes(alias.resolve(document) as Node);
  });
}

function wrongAliases(
  document: Document,
  say: (name: string) => string,
  isWrong: (alias: Alias, above: readonly unknown[]) => boolean,
): WrongAlias[] {
  const found: WrongAlias[] = [];
  visit(document, {
    Alias(_key, alias, above) {
      if (isWrong(alias, above)) found.push({ message: say(alias.source), at: alias.range?.[0] ?? 0 });
    },
  });
  return found;
}
