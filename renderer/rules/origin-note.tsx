import { Anchor, Users } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { type Entry, type EntryList, entryRange } from './document.ts';
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
  if (!/(^|[\s{,])<<\s*:|[:\-,[]\s+\*\w/.test(text)) return null;
  const range = entryRange(text, list, entry.name);
  if (!range || !/(^|[\s{,])<<\s*:|[:\-,[]\s+\*\w/.test(text.slice(range.from, range.to))) return null;
  return (
    <p className="origin">
      <Anchor size={13} aria-hidden />
      <span>{texts.anchor}</span>
    </p>
  );
}
