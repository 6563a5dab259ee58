import { clsx } from 'clsx';
import { CutName } from '../ui/cut-name.tsx';
import { splitName } from './backend-names.ts';

/** Letters. */
const LONG = 5;

/** `pool/backend`; where there is no room for both, a long name of a pool is cut first. */
export function BackendName({ name }: { name: string }) {
  const { pool, backend } = splitName(name);
  return (
    <span className="pool-and-name" title={name}>
      <span className={clsx('truncate pool-part', pool.length > LONG && 'pool-part-long')}>{pool}</span>
      <span>/</span>
      <CutName name={backend} />
    </span>
  );
}
