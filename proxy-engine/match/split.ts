/** Shares out requests over pools by weight: in turn (smooth weighted, so that any run is close to the shares), or by a key. */
import type { Template, VariableSubject } from './template.ts';

export interface Share {
  readonly pool: string;
  readonly weight: number;
}

/**
 * Compiles a split. With `key` the same key always gets the same pool; when weights change, only the keys between the old border
 * and the new one move (nginx's `split_clients`). Requests without the key are shared out in turn.
 */
export function compileSplit(shares: readonly Share[], key: Template | null): (subject: VariableSubject) => string {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const first = shares[0]?.pool ?? '';
  if (total === 0) return () => first;
  const turn = inTurn(shares, total);
  if (key === null) return turn;
  return (subject) => {
    const text = key.render(subject);
    return text === '' ? turn() : (poolAt(shares, (hash(text) / 2 ** 32) * total) ?? first);
  };
}

/** nginx's smooth weighted round-robin over pools. */
function inTurn(shares: readonly Share[], total: number): () => string {
  const current = shares.map(() => 0);
  return () => {
    let best = 0;
    shares.forEach(({ weight }, i) => {
      current[i] = (current[i] ?? 0) + weight;
      if ((current[i] ?? 0) > (current[best] ?? 0)) best = i;
    });
    current[best] = (current[best] ?? 0) - total;
    return shares[best]?.pool ?? '';
  };
}

function poolAt(shares: readonly Share[], point: number): string | undefined {
  let end = 0;
  return shares.find(({ weight }) => point < (end += weight))?.pool;
}

/** FNV-1a over the chars, then MurmurHash3's finalizer, so that neighbouring keys land apart. Unsigned 32 bits. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
