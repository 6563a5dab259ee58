import { Archive, FileUp, GitCompare, Save } from 'lucide-react';
import { useApp, useMessages } from '../app-context.tsx';
import { formatSize } from '../format/quantities.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FileButton } from '../ui/file-button.tsx';
import { showToast } from '../ui/toast.tsx';
import { RecordingRow } from './recording-row.tsx';
import type { RecordingsProps } from './recordings-dialog.tsx';

export function RecordingList(props: RecordingsProps) {
  const { recordings } = useMessages();
  const { saved } = props;
  return (
    <>
      {saved.recordings.length === 0 ? (
        <EmptyState icon={Archive} title={recordings.emptyTitle}>
          <p className="empty-text">{recordings.emptyText}</p>
        </EmptyState>
      ) : (
        <div className="recording-list" role="list" aria-label={recordings.titles.list}>
          {saved.recordings.map((recording) => (
            <RecordingRow key={recording.recording} recording={recording} {...props} />
          ))}
        </div>
      )}
      {saved.unreadable.map(({ folder, why }) => (
        <p key={folder} className="field-hint">
          {recordings.unreadable(folder, why)}
        </p>
      ))}
      <ListActions {...props} />
    </>
  );
}

function ListActions({ saved, onChange, onError }: RecordingsProps) {
  const app = useApp();
  const { recordings } = useMessages();

  async function take(file: File): Promise<void> {
    try {
      const { recording, unreadableBytes } = await app.recordings.import(file);
      onChange();
      showToast(
        unreadableBytes > 0 ? 'warn' : 'info',
        recordings.imported(
          recording.name,
          recording.exchanges,
          unreadableBytes > 0 ? formatSize(unreadableBytes) : '',
        ),
      );
    } catch (error) {
      onError(error);
    }
  }

  return (
    <div className="dialog-actions">
      <FileButton
        className="dialog-space"
        inputLabel={recordings.import}
        accept=".switchyard"
        onFile={(file) => void take(file)}
      >
        <FileUp size={13} aria-hidden />
        {recordings.import}
      </FileButton>
      <Button
        disabled={saved.recordings.length === 0}
        onClick={() => app.ui.setState({ recordingsView: 'compare', compareRecordings: null })}
      >
        <GitCompare size={13} aria-hidden />
        {recordings.compare}
      </Button>
      <Button tone="primary" onClick={() => app.ui.setState({ recordingsView: 'save' })}>
        <Save size={13} aria-hidden />
        {recordings.saveNow}
      </Button>
    </div>
  );
}
