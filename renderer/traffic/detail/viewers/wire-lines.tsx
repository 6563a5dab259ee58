import { useMessages } from '../../../app-context.tsx';
import type { WireRow } from '../../protobuf/wire-rows.ts';
import { BodyLines } from './body-lines.tsx';

const LONGEST_VALUE = 10_000;

/** The fields of a protobuf message, one a line. */
export function WireLines({ rows }: { rows: readonly WireRow[] }) {
  const { detail } = useMessages();
  return (
    <BodyLines label={detail.view.protobuf} total={rows.length} isFixed>
      {(index) => {
        const row = rows[index];
        return row ? <WireLine key={index} row={row} /> : null;
      }}
    </BodyLines>
  );
}

function WireLine({ row: { depth, field, name, type, kind, misfit, text } }: { row: WireRow }) {
  const { protobuf } = useMessages();
  return (
    <div className="body-line" style={{ paddingLeft: 10 + depth * 14 }}>
      <span className="json-key" title={name && String(field)}>
        {name ?? field}
      </span>{' '}
      <span className="json-count" title={type}>
        {type?.slice(type.lastIndexOf('.') + 1) ?? kind}
      </span>{' '}
      <span className={kind === 'text' ? 'json-string' : 'json-number'}>{text.slice(0, LONGEST_VALUE)}</span>
      {misfit ? <span className="wire-misfit"> {protobuf.misfit}</span> : null}
    </div>
  );
}
