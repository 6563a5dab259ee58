import { useMessages } from '../../../app-context.tsx';
import type { WireRow } from '../../protobuf-wire.ts';
import { BodyLines } from './body-lines.tsx';

/** The fields of a protobuf message, one a line. */
export function WireLines({ rows }: { rows: readonly WireRow[] }) {
  const { detail } = useMessages();
  return (
    <BodyLines label={detail.view.protobuf} total={rows.length}>
      {(index) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <div key={index} className="body-line" style={{ paddingLeft: 10 + row.depth * 14 }}>
            <span className="json-key">{row.field}</span> <span className="json-count">{row.kind}</span>{' '}
            <span className={row.kind === 'text' ? 'json-string' : 'json-number'}>{row.text.slice(0, 10_000)}</span>
          </div>
        );
      }}
    </BodyLines>
  );
}
