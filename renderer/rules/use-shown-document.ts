import { useState } from 'react';
import { useStore } from 'zustand';
import { withLineEnds } from '../../proxy-engine/contract/line-ends.ts';
import { useApp, useUi } from '../app-context.tsx';
import type { EditOutcome } from './config-store.ts';
import { entryNamed } from './document.ts';

/** What is typed, and the text that it was begun with. */
interface Typed {
  draft: string;
  base: string;
}

/** By the document; until the window closes. */
let kept: Readonly<Record<string, Typed>> = {};

/** Whether anything is typed in any document and not applied. */
export function hasTypedDocuments(): boolean {
  return Object.keys(kept).length > 0;
}

export interface ShownDocument {
  source: string;
  draft: string;
  dirty: boolean;
  /** Whether somebody else changed it since it is typed in. */
  stale: boolean;
  show: (source: string) => void;
  /** The lines of an editor end in `\n`; those of the document stay as they are. */
  type: (text: string) => void;
  revert: () => void;
  /** `overwrite`: over what others changed in the same lines, too. */
  apply: (options?: { overwrite: boolean }) => Promise<EditOutcome>;
}

/** The document with the open route or rule, unless another one is asked for; what is typed in each waits for it, also while it is not shown. */
export function useShownDocument(): ShownDocument {
  const app = useApp();
  const sources = useStore(app.config.store, (state) => state.sources);
  const openSource = useOpenSource();
  // A choice holds until an entry of another document is opened.
  const [chosen, setChosen] = useState<{ source: string; over: string | undefined } | null>(null);
  const [typed, setTyped] = useState(kept);
  const wanted = chosen && chosen.over === openSource ? chosen.source : openSource;
  const part = sources.find(({ name }) => name === wanted) ?? sources[0];
  const source = part?.name ?? '';
  const text = part?.text ?? '';
  const { draft, base } = typed[source] ?? { draft: text, base: text };
  const dirty = draft !== base;

  function keep(next: (now: Typed) => Typed | null): void {
    const { [source]: now = { draft: text, base: text }, ...others } = kept;
    const after = next(now);
    kept = after && after.draft !== after.base ? { ...others, [source]: after } : others;
    setTyped(kept);
  }

  return {
    source,
    draft,
    dirty,
    stale: dirty && base !== text,
    show: (name) => setChosen({ source: name, over: openSource }),
    type: (next) => keep((now) => ({ ...now, draft: withLineEnds(now.draft, next) })),
    revert: () => keep(() => null),
    async apply({ overwrite } = { overwrite: false }) {
      const outcome = await app.config.apply(draft, overwrite ? text : base, source);
      if (outcome.ok) keep((now) => (now.draft === draft ? null : { ...now, base: draft }));
      return outcome;
    },
  };
}

function useOpenSource(): string | undefined {
  const app = useApp();
  const open = useUi((state) => state.openRoute ?? state.openRule);
  const list = useUi((state) => (state.openRoute === null ? 'rules' : 'routes'));
  return useStore(app.config.store, (state) =>
    open === null ? undefined : entryNamed(state.entries[list], open)?.source,
  );
}
