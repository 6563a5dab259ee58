import { useMessages } from '../../../app-context.tsx';
import { hexLine } from '../../body-bytes.ts';
import { BodyLines } from './body-lines.tsx';
import type { BodyViewer, ShownBody } from './viewer.ts';

function View({ body: { bytes, offset } }: { body: ShownBody }) {
  return <HexLines bytes={bytes} before={offset} />;
}

/** `before`: bytes before these. */
export function HexLines({ bytes, before = 0 }: { bytes: Uint8Array; before?: number }) {
  const { detail } = useMessages();
  return (
    <BodyLines label={detail.view.hex} total={Math.ceil(bytes.length / 16)}>
      {(index) => {
        const { offset, hex, ascii } = hexLine(bytes, index, before);
        return (
          <div key={index} className="body-line">
            <span className="hex-offset">{offset}</span> {hex} <span className="hex-ascii">{ascii}</span>
          </div>
        );
      }}
    </BodyLines>
  );
}

export const hexViewer: BodyViewer = { kind: 'hex', fits: () => true, View };
