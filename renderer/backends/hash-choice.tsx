import { type KeyboardEvent, useState } from 'react';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { Input } from '../ui/field.tsx';
import { Choice } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { type HashConfig, needsHash } from './pool-calls.ts';

const SOURCES = ['uri', 'path', 'client_ip', 'header', 'cookie', 'query'] as const satisfies HashConfig['on'][];
/** What a header, cookie or parameter is called until somebody says. */
const FIRST_NAME: Partial<Record<HashConfig['on'], string>> = { header: 'x-user', cookie: 'session', query: 'user' };

/** What of a request is the key; shown for policies that need one. */
export function HashChoice({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { pools } = useMessages();
  const { hash } = pool;
  if (!needsHash(pool.policy) || !hash) return null;

  async function change(next: HashConfig): Promise<void> {
    const outcome = await app.pools.setHash(pool.name, next);
    if (!outcome.ok) showToast('error', outcome.message);
  }

  return (
    <>
      <Choice
        label={pools.hash}
        value={hash.on}
        options={SOURCES.map((value) => ({ value, label: pools.hashOn[value] }))}
        onChange={(on) => void change({ on, ...(FIRST_NAME[on] && { name: FIRST_NAME[on] }) })}
      />
      {hash.name === undefined ? null : (
        <HashName key={hash.on} name={hash.name} onChange={(name) => void change({ ...hash, name })} />
      )}
    </>
  );
}

function HashName({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const { pools } = useMessages();
  const [draft, setDraft] = useState<string | null>(null);

  function commit(): void {
    const text = draft?.trim() ?? '';
    if (text !== '' && text !== name) onChange(text);
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape') setDraft(null);
  }

  return (
    <Input
      className="hash-name"
      mono
      aria-label={pools.hashName}
      value={draft ?? name}
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={commit}
    />
  );
}
