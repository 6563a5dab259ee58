import { splitName } from './backend-names.ts';

/** `pool/backend`; where there is no room for both, the backend's own name stays. */
export function BackendName({ name }: { name: string }) {
  const { pool, backend } = splitName(name);
  return (
    <span className="pool-and-name" title={name}>
      <span className="truncate pool-part">{pool}</span>
      <span className="truncate">/{backend}</span>
    </span>
  );
}
