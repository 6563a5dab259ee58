import type { ConfigPart } from '../../proxy-engine/contract/config-edit.ts';
import { partOf } from '../../proxy-engine/host/config/entry-names.ts';
import { parseSource } from '../../proxy-engine/host/config/source.ts';
import { type DocumentEntries, entriesOf } from '../../renderer/rules/document.ts';

/** Documents as the engine tells them: the first is the config's own, the others are called `team 1` and so on. */
export function partsOf(...texts: string[]): ConfigPart[] {
  return texts.map((text, index) => {
    const name = index === 0 ? 'demo.yaml' : `team ${index}`;
    return partOf(parseSource(text, name));
  });
}

export function entriesIn(...texts: string[]): DocumentEntries {
  return entriesOf(partsOf(...texts));
}
