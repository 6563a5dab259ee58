import { Anchor, Users } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { anchorsOf } from './anchors.ts';
import type { Entry, EntryList } from './document.ts';
import { sourceLabel } from './source-label.ts';

/** Where an entry of another document lives, and what that means for what is saved here. */
export function OriginNote({ entry, list }: { entry: Entry; list: EntryList }) {
  const { origin: texts } = useMessages();
  const isShared = sourceLabel(entry.source).isShared;
  return (
    <>
      {entry.included ? (
        <p className="origin">
          <Users size={13} aria-hidden />
          <span>
            {isShared ? texts.shared : texts.included} <span className="mono">{entry.source}</span>
          </span>
        </p>
      ) : null}
      <AnchorNote entry={entry} list={list} />
    </>
  );
}

/** The form shows what an entry says in the end; what of it stands elsewhere is seen in the YAML only. */
function AnchorNote({ entry, list }: { entry: Entry; list: EntryList }) {
  const app = useApp();
  const { origin: texts } = useMessages();
  const text = useStore(
    app.config.store,
    (state) => state.sources.find(({ name }) => name === entry.source)?.text ?? '',
  );
  const { takes, gives } = useMemo(() => anchorsOf(text, list, String(entry.raw.name)), [text, list, entry.raw.name]);
  const notes = [...(takes ? [texts.anchor] : []), ...(gives.length > 0 ? [texts.givesAnchor(gives)] : [])];
  return notes.map((note) => (
    <p key={note} className="origin">
      <Anchor size={13} aria-hidden />
      <span>{note}</span>
    </p>
  ));
}
