import './protobuf.css';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DescriptorSet } from '../../../proxy-engine/contract/descriptor-commands.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { formatDay } from '../../format/time.ts';
import type { ChosenFile } from '../../transfer/dropped-files.ts';
import { FileZone } from '../../transfer/file-zone.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorBox } from '../../ui/field.tsx';
import { isProto, isTaken, type NewSet, newSets, type WhenTaken } from './descriptor-store.ts';

/** What describes protobuf messages: descriptor sets that are kept, and files that become one. */
export function DescriptorsDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { protobuf, common } = useMessages();
  const { sets, error: unread } = useStore(app.descriptors.store, (state) => state);
  const { added, taken, errors, take, keep, fail } = useAdding();
  useEffect(() => void app.descriptors.reread(), [app]);

  return (
    <Dialog open onClose={onClose} title={protobuf.title}>
      <p className="field-hint">{protobuf.hint}</p>
      <FileZone name="" hint={protobuf.drop} many={isProto} onFiles={(files) => void take(files)} />
      {[...errors, unread].map((error) => (error === null ? null : <ErrorBox key={error}>{error}</ErrorBox>))}
      {taken ? <TakenName sets={taken} onChoose={(chosen, how) => void keep(chosen, how)} /> : null}
      {added.map(({ name, messages, methods }) => (
        <p key={name} role="status">
          {protobuf.added(name, messages, methods)}
        </p>
      ))}
      <SetList sets={sets ?? []} onError={fail} />
      <div className="dialog-actions">
        <Button onClick={onClose}>{common.close}</Button>
      </div>
    </Dialog>
  );
}

/** What has become of the files that were given last. */
function useAdding() {
  const app = useApp();
  const [added, setAdded] = useState<readonly DescriptorSet[]>([]);
  const [errors, setErrors] = useState<readonly string[]>([]);
  /** The first of them has a name that is taken; the others wait. */
  const [taken, setTaken] = useState<readonly NewSet[] | null>(null);
  const fail = (reason: unknown): void => setErrors((all) => [...new Set([...all, errorText(reason)])]);

  async function keep([set, ...rest]: readonly NewSet[], whenTaken?: WhenTaken): Promise<void> {
    setTaken(null);
    if (!set) return;
    try {
      const kept = await app.descriptors.add(set, whenTaken);
      setAdded((all) => [...all.filter(({ name }) => name !== kept.name), kept]);
    } catch (reason) {
      if (isTaken(reason)) return setTaken([set, ...rest]);
      fail(reason);
    }
    await keep(rest);
  }

  async function take(files: readonly ChosenFile[]): Promise<void> {
    if (files.length === 0) return;
    setAdded([]);
    setErrors([]);
    await newSets(files).then(keep, fail);
  }

  return { added, errors, taken, take, keep, fail };
}

interface TakenNameProps {
  sets: readonly NewSet[];
  onChoose: (sets: readonly NewSet[], whenTaken?: WhenTaken) => void;
}

/** Asks what becomes of the one that is there already. */
function TakenName({ sets, onChoose }: TakenNameProps) {
  const { protobuf } = useMessages();
  const [first, ...rest] = sets;
  return (
    <div className="taken-name" role="alert">
      <p>{protobuf.taken(first?.name ?? '')}</p>
      <span>
        <Button size="small" onClick={() => onChoose(sets, 'replace')}>
          {protobuf.replace}
        </Button>
        <Button size="small" onClick={() => onChoose(sets, 'keep both')}>
          {protobuf.keepBoth}
        </Button>
        <Button size="small" tone="quiet" onClick={() => onChoose(rest)}>
          {protobuf.leaveOut}
        </Button>
      </span>
    </div>
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
