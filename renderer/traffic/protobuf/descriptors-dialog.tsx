import './protobuf.css';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DescriptorSet } from '../../../proxy-engine/contract/descriptor-commands.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { formatDay } from '../../format/time.ts';
import { FileZone } from '../../transfer/file-zone.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorBox } from '../../ui/field.tsx';

/** What describes protobuf messages: descriptor sets that are kept, and files that become one. */
export function DescriptorsDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { protobuf, common } = useMessages();
  const { sets, error: unread } = useStore(app.descriptors.store, (state) => state);
  const [added, setAdded] = useState<DescriptorSet | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => void app.descriptors.reread(), [app]);

  async function take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    setAdded(null);
    setError(null);
    try {
      setAdded(await app.descriptors.add(files));
    } catch (reason) {
      setError(errorText(reason));
    }
  }

  return (
    <Dialog open onClose={onClose} title={protobuf.title}>
      <p className="field-hint">{protobuf.hint}</p>
      <FileZone name="" hint={protobuf.drop} multiple onFiles={(files) => void take(files)} />
      {(error ?? unread) ? <ErrorBox>{error ?? unread}</ErrorBox> : null}
      {added ? <p role="status">{protobuf.added(added.name, added.messages, added.methods)}</p> : null}
      <SetList sets={sets ?? []} onError={(reason) => setError(errorText(reason))} />
      <div className="dialog-actions">
        <Button onClick={onClose}>{common.close}</Button>
      </div>
    </Dialog>
  );
}

function SetList({ sets, onError }: { sets: readonly DescriptorSet[]; onError: (reason: unknown) => void }) {
  const app = useApp();
  const { protobuf, common } = useMessages();
  if (sets.length === 0) return null;
  return (
    <ul className="descriptor-sets" aria-label={protobuf.kept}>
      {sets.map(({ name, messages, methods, sizeBytes, savedAt }) => (
        <li key={name}>
          <b className="truncate" title={name}>
            {name}
          </b>
          <span className="muted">
            {protobuf.counts(messages, methods)} · {formatSize(sizeBytes)} · {formatDay(savedAt)}
          </span>
          <Button
            size="small"
            tone="quiet"
            aria-label={protobuf.remove(name)}
            onClick={() => void app.descriptors.remove(name).catch(onError)}
          >
            {common.delete}
          </Button>
        </li>
      ))}
    </ul>
  );
}
