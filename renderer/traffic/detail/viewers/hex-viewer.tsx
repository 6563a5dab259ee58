import { useMessages } from '../../../app-context.tsx';
import { useWidth } from '../../../ui/use-width.ts';
import { hexLine } from '../../body-bytes.ts';
import { BodyLines } from './body-lines.tsx';
import type { BodyViewer, ShownBody } from './viewer.ts';

/** So wide are the offset, sixteen bytes twice and a scroll bar; where there is less room, a line has eight. */
const SIXTEEN_PX = 576;

function View({ body: { bytes, offset } }: { body: ShownBody }) {
  return <HexLines bytes={bytes} before={offset} />;
}

/** `before`: bytes before these. */
export function HexLines({ bytes, before = 0 }: { bytes: Uint8Array; before?: number }) {
  const { detail } = useMessages();
  const [measure, width] = useWidth();
  const perLine = width < SIXTEEN_PX ? 8 : 16;
  return (
    <div ref={measure}>
      <BodyLines label={detail.view.hex} total={Math.ceil(bytes.length / perLine)} isFixed>
        {(index) => {
          const { offset, hex, ascii } = hexLine(bytes, index, before, perLine);
          return (
            <div key={index} className="body-line">
              <span className="hex-offset">{offset}</span> {hex} <span className="hex-ascii">{ascii}</span>
            </div>
          );
        }}
      </BodyLines>
    </div>
  );
}

export const hexViewer: BodyViewer = { kind: 'hex', fits: () => true, View };
