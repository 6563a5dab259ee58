import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formatCount } from '../../../format/quantities.ts';
import { type MessageTypes, MOST_ROWS, wireRows } from '../../protobuf/wire-rows.ts';
import { HexLines } from './hex-viewer.tsx';
import { WireLines } from './wire-lines.tsx';

interface ProtobufFieldsProps {
  bytes: Uint8Array<ArrayBuffer>;
  types: MessageTypes | undefined;
  /** Its end is not there. */
  isPartial: boolean;
}

/** The fields of one protobuf message; its bytes, when they are none. */
export function ProtobufFields({ bytes, types, isPartial }: ProtobufFieldsProps) {
  const { detail } = useMessages();
  const rows = useMemo(() => wireRows(bytes, types, isPartial), [bytes, types, isPartial]);
  if (!rows)
    return (
      <>
        <p className="note">{detail.protobufBroken}</p>
        <HexLines bytes={bytes} />
      </>
    );
  if (rows.length === 0) return <p className="muted">{detail.noFields}</p>;
  return (
    <>
      {rows.length < MOST_ROWS ? null : <p className="note">{detail.firstFields(formatCount(MOST_ROWS))}</p>}
      <WireLines rows={rows} />
    </>
  );
}
