import { Ellipsis } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import type { SavedRecording } from '../../proxy-engine/contract/recording-commands.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { formatCount, formatSize } from '../format/quantities.ts';
import { formatDay } from '../format/time.ts';
import { saveBlob } from '../transfer/save-blob.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Input } from '../ui/field.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { fileNameOf } from './recording-calls.ts';
import type { RecordingsProps } from './recordings-dialog.tsx';

/** A saved recording, with what can be done with it. */
export function RecordingRow({ recording, ...props }: RecordingsProps & { recording: SavedRecording }) {
  const { recordings } = useMessages();
  const [doing, setDoing] = useState<'rename' | 'delete' | null>(null);
  const row = useRef<HTMLDivElement>(null);

  const returns = useRef(false);
  useLayoutEffect(() => {
    if (returns.current && doing === null) focusMenuOf(row.current);
    returns.current = false;
  }, [doing]);

  function onDone(): void {
    returns.current = true;
    setDoing(null);
  }

  return (
    <div ref={row} className="recording-row" role="listitem">
      {doing === 'rename' ? (
        <RenameField recording={recording} {...props} onDone={onDone} />
      ) : (
        <b className="truncate" title={recording.name}>
          {recording.name}
        </b>
      )}
      {recording.filter ? <Chip title={recording.filter}>{recordings.filtered}</Chip> : null}
      {recording.redacted?.length ? (
        <Chip tone="accent" title={recording.redacted.join(', ')}>
          {recordings.redacted}
        </Chip>
      ) : null}
      <span className="recording-facts muted">
        {recordings.facts(formatCount(recording.exchanges), formatSize(recording.bytes), formatDay(recording.savedAt))}
      </span>
      {doing === 'delete' ? (
        <DeleteChoice recording={recording} {...props} onDone={onDone} />
      ) : (
        <RowActions recording={recording} {...props} onDo={setDoing} />
      )}
    </div>
  );
}

/** The way back to where renaming or deleting began; whoever went on elsewhere stays there. */
function focusMenuOf(row: HTMLElement | null): void {
  if (document.activeElement?.matches('body, [role="dialog"]') !== false)
    row?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
}

interface RowProps extends RecordingsProps {
  recording: SavedRecording;
}

/** It cannot be undone, so it is asked for twice. */
function DeleteChoice({ recording, onChange, onError, onDone }: RowProps & { onDone: () => void }) {
  const app = useApp();
  const { recordings, pools } = useMessages();

  async function remove(): Promise<void> {
    try {
      if (app.ui.getState().recording?.recording === recording.recording) app.openRecording(null);
      await app.recordings.delete(recording.recording);
      onChange();
    } catch (error) {
      onError(error);
    }
  }

  return (
    <>
      <Button size="small" autoFocus onClick={onDone}>
        {pools.cancel}
      </Button>
      <Button size="small" tone="danger" onClick={() => void remove()}>
        {recordings.deleteForGood}
      </Button>
    </>
  );
}

function RowActions({ onDo, ...props }: RowProps & { onDo: (what: 'rename' | 'delete') => void }) {
  const app = useApp();
  const { recordings } = useMessages();
  const { recording, onClose } = props;
  const isOpen = useUi((state) => state.recording?.recording === recording.recording);
  return (
    <>
      <Button
        size="small"
        disabled={isOpen}
        onClick={() => {
          app.openRecording(recording);
          onClose();
        }}
      >
        {isOpen ? recordings.isOpen : recordings.open}
      </Button>
      <RowMenu {...props} onDo={onDo} />
    </>
  );
}

function RowMenu({ recording, onDo, onError }: RowProps & { onDo: (what: 'rename' | 'delete') => void }) {
  const app = useApp();
  const { recordings, common } = useMessages();
  /** What was chosen takes the focus, and the trigger may be gone. */
  const leads = useRef(false);

  function lead(what: 'rename' | 'delete'): void {
    leads.current = true;
    onDo(what);
  }

  async function save(redact: boolean): Promise<void> {
    try {
      const { file, redacted } = await app.recordings.export(recording.recording, redact);
      saveBlob(file, fileNameOf(recording));
      showToast('info', redact ? recordings.exportedRedacted(redacted) : recordings.exportedWhole);
    } catch (error) {
      onError(error);
    }
  }

  const trigger = (
    <IconButton size="small" label={recordings.more(recording.name)}>
      <Ellipsis size={14} aria-hidden />
    </IconButton>
  );
  return (
    <Menu trigger={trigger} align="end" finalFocus={() => !leads.current}>
      <MenuItem
        onSelect={() =>
          app.ui.setState({
            recordingsView: 'compare',
            compareRecordings: { before: recording.recording, after: null },
          })
        }
      >
        {recordings.compareWithNow}
      </MenuItem>
      <MenuItem onSelect={() => lead('rename')}>{recordings.rename}</MenuItem>
      <MenuItem onSelect={() => void save(true)}>{recordings.export}</MenuItem>
      <MenuItem onSelect={() => void save(false)}>{recordings.exportWhole}</MenuItem>
      <MenuItem onSelect={() => lead('delete')}>{common.delete}…</MenuItem>
    </Menu>
  );
}

interface RenameProps extends Pick<RecordingsProps, 'onChange' | 'onError'> {
  recording: SavedRecording;
  onDone: () => void;
}

/** Enter keeps the new name, Escape the old one. */
function RenameField({ recording, onChange, onError, onDone }: RenameProps) {
  const app = useApp();
  const { recordings } = useMessages();
  const [name, setName] = useState(recording.name);

  async function keep(): Promise<void> {
    onDone();
    if (name.trim() === '' || name.trim() === recording.name) return;
    try {
      await app.recordings.rename(recording.recording, name.trim());
      onChange();
    } catch (error) {
      onError(error);
    }
  }

  return (
    <Input
      className="recording-name"
      aria-label={recordings.name}
      autoFocus
      onFocus={(event) => event.target.select()}
      maxLength={200}
      value={name}
      onChange={(event) => setName(event.target.value)}
      onBlur={() => void keep()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault(); // it is not for the button that has the focus then
          void keep();
        }
        if (event.key !== 'Escape') return;
        event.stopPropagation(); // it closes the name, not the dialog
        onDone();
      }}
    />
  );
}
