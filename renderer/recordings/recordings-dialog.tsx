import './recordings.css';
import { useCallback, useEffect, useState } from 'react';
import type { SavedRecordings } from '../../proxy-engine/contract/recording-commands.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorBox } from '../ui/field.tsx';
import { Compare } from './compare.tsx';
import { RecordingList } from './recording-list.tsx';
import { SaveForm } from './save-form.tsx';

const SIZES = { list: 'medium', save: undefined, compare: 'wide' } as const;

export interface RecordingsProps {
  saved: SavedRecordings;
  /** The list is another one now. */
  onChange: () => void;
  onError: (error: unknown) => void;
  onClose: () => void;
}

/** Saved recordings: kept, opened, compared, and taken elsewhere. */
export function RecordingsDialog() {
  const app = useApp();
  const { recordings } = useMessages();
  const view = useUi((state) => state.recordingsView);
  const [saved, setSaved] = useState<SavedRecordings | null>(null);
  const [error, setError] = useState<string | null>(null);
  const onError = useCallback((reason: unknown) => setError(errorText(reason)), []);
  const onChange = useCallback(() => {
    app.recordings.list().then((list) => {
      setError(null);
      setSaved(list);
    }, onError);
  }, [app, onError]);
  const onClose = useCallback(() => app.ui.setState({ recordingsView: null }), [app]);
  useEffect(() => {
    if (view !== null) onChange();
  }, [view, onChange]);
  // What has the focus when the dialog opens must be there.
  if (view === null || (view !== 'save' && saved === null && error === null)) return null;
  const props = saved && { saved, onChange, onError, onClose };
  return (
    <Dialog open size={SIZES[view]} onClose={onClose} title={recordings.titles[view]}>
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      {view === 'save' ? <SaveForm onClose={onClose} onError={onError} /> : null}
      {view === 'list' && props ? <RecordingList {...props} /> : null}
      {view === 'compare' && props ? <Compare {...props} /> : null}
    </Dialog>
  );
}
