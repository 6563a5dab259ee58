import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { LocalPort } from '../../proxy-engine/contract/pool-commands.ts';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { LocalPortList } from '../first-run/local-port-list.tsx';
import { backendUrl } from '../format/backend-url.ts';
import { mistakesOf } from '../rules/config-store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, ErrorBox, Field, Input } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { listsBackends } from './pool-calls.ts';
import { type ProbeState, useProbe } from './use-probe.ts';
import { parseWeight } from './weights.ts';

/** A button and its dialog; not there for pools whose backends are discovered. */
export function AddBackend({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { pools } = useMessages();
  const [open, setOpen] = useState(false);
  const hasList = useStore(app.config.store, ({ config }) => listsBackends(config, pool.name));
  if (!hasList) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Plus size={13} aria-hidden />
        {pools.addBackend}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={pools.addTitle(pool.name)}>
        <AddForm pool={pool} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

interface Draft {
  url: string;
  name: string;
  weight: string;
  backup: boolean;
}

function AddForm({ pool, onClose }: { pool: PoolState; onClose: () => void }) {
  const app = useApp();
  const { engine, pools } = useMessages();
  const [draft, setDraft] = useState<Draft>({ url: '', name: '', weight: '1', backup: false });
  const [error, setError] = useState<string | null>(null);
  const url = backendUrl(draft.url);
  const probe = useProbe(pool.name, url);

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    const weight = parseWeight(draft.weight);
    if (url === null) return setError(pools.urlBad);
    if (weight === null) return setError(pools.badNumber);
    const name = draft.name.trim() || undefined;
    const outcome = await app.pools.add({ pool: pool.name, url, name, weight, ...(draft.backup && { backup: true }) });
    if (!outcome.ok) return setError(mistakesOf(outcome).map(engine).join('\n'));
    showToast('info', pools.added(name ?? url));
    onClose();
  }

  return (
    <form className="add-form" onSubmit={(event) => void add(event)} noValidate>
      <LocalPortList
        taken={new Set(pool.backends.map(({ url }) => url.replace(/\/$/, '')))}
        takenLabel={pools.taken}
        onPick={(port) => setDraft({ ...draft, url: port.url, name: nameFor(pool, port) })}
      />
      <DraftFields draft={draft} probe={probe} onChange={setDraft} />
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      <div className="dialog-actions">
        <Button onClick={onClose}>{pools.cancel}</Button>
        <Button type="submit" tone="primary">
          {pools.add}
        </Button>
      </div>
    </form>
  );
}

interface DraftFieldsProps {
  draft: Draft;
  probe: ProbeState;
  onChange: (draft: Draft) => void;
}

function DraftFields({ draft, probe, onChange }: DraftFieldsProps) {
  const { pools } = useMessages();
  return (
    <>
      <Field label={pools.url} hint={<ProbeHint probe={probe} />}>
        {(props) => (
          <Input
            {...props}
            mono
            placeholder="http://127.0.0.1:3000"
            value={draft.url}
            onChange={(event) => onChange({ ...draft, url: event.target.value })}
          />
        )}
      </Field>
      <div className="add-row">
        <Field label={pools.name} hint={pools.nameHint}>
          {(props) => (
            <Input
              {...props}
              value={draft.name}
              onChange={(event) => onChange({ ...draft, name: event.target.value })}
            />
          )}
        </Field>
        <Field label={pools.weight}>
          {(props) => (
            <Input
              {...props}
              inputMode="numeric"
              invalid={parseWeight(draft.weight) === null}
              value={draft.weight}
              onChange={(event) => onChange({ ...draft, weight: event.target.value })}
            />
          )}
        </Field>
      </div>
      <CheckField
        label={pools.backupOnly}
        checked={draft.backup}
        onChange={(backup) => onChange({ ...draft, backup })}
      />
    </>
  );
}

function ProbeHint({ probe }: { probe: ProbeState }) {
  const { engine, pools } = useMessages();
  const done = probe.kind === 'done';
  const text = done ? engine(probe.answer.detail) : probe.kind === 'running' ? pools.probing : pools.urlHint;
  return (
    <span role="status" className={done ? (probe.answer.passed ? 'tone-ok' : 'tone-bad') : undefined}>
      {text}
    </span>
  );
}

/** The directory that a process works in says most about it; nothing when the pool has that name. */
function nameFor(pool: PoolState, { directory = '' }: LocalPort): string {
  return pool.backends.some(({ name }) => name === directory) ? '' : directory;
}
