import { useMemo, useState } from 'react';
import { charsetOf, withCharset } from '../../../proxy-engine/contract/charset.ts';
import type { CapturedBody } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { ErrorBox } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import type { Side } from '../exchange-store.ts';
import { BodyPager } from './body-pager.tsx';
import { type LoadedBody, useBodyWindow, WINDOW_BYTES } from './use-body-window.ts';
import { CharsetChoice } from './viewers/charset-choice.tsx';
import type { BodyKind, ShownBody } from './viewers/viewer.ts';
import { ViewerFrame } from './viewers/viewer-frame.tsx';
import { viewerOf, viewersFor } from './viewers/viewers.ts';

interface BodySectionProps {
  id: number;
  side: Side;
  host: string;
  path: string;
  body: CapturedBody;
  /** More of it may come. */
  goesOn: boolean;
  contentType: string | undefined;
  encoding: string | undefined;
}

export function BodySection(props: BodySectionProps) {
  const { id, side, body, goesOn, contentType } = props;
  const { detail } = useMessages();
  if (body.sizeBytes === 0)
    return (
      <Section title={detail.body}>
        <p className="muted">{goesOn ? detail.noBodyYet : detail.noBody}</p>
      </Section>
    );
  const extra = [contentType?.split(';')[0], formatSize(body.sizeBytes), goesOn && detail.goesOn]
    .filter(Boolean)
    .join(' · ');
  return (
    <Section title={detail.body} extra={extra}>
      {body.truncated && body.captured > 0 ? (
        <p className="note">{detail.truncated(formatSize(body.captured), formatSize(body.sizeBytes))}</p>
      ) : null}
      {body.captured === 0 ? (
        <p className="muted">{goesOn ? detail.noBodyYet : detail.notCaptured}</p>
      ) : (
        <KeptBody key={`${id} ${side}`} {...props} />
      )}
    </Section>
  );
}

function KeptBody({ body: { captured }, encoding, ...props }: BodySectionProps) {
  const { id, side, goesOn } = props;
  const { detail, common, engine } = useMessages();
  const [decoded, setDecoded] = useState(true);
  // Null: the end while it goes on, else the beginning.
  const [chosenOffset, setChosenOffset] = useState<number | null>(null);
  const [total, setTotal] = useState(captured);
  const offset = chosenOffset ?? (goesOn ? Math.floor(Math.max(0, total - 1) / WINDOW_BYTES) * WINDOW_BYTES : 0);
  const { loaded, error } = useBodyWindow({ id, side, decoded, offset, captured });
  if (loaded && loaded.window.totalBytes !== total) setTotal(loaded.window.totalBytes);

  if (error) return <ErrorBox>{error}</ErrorBox>;
  if (!loaded) return <p className="muted">{common.loading}</p>;
  const { window } = loaded;
  return (
    <>
      {encoding ? (
        <div className="body-toolbar">
          <SegmentedControl
            size="small"
            label={detail.encoding}
            value={decoded ? 'decoded' : 'raw'}
            options={[
              { value: 'decoded', label: detail.decoded },
              { value: 'raw', label: `${detail.rawBytes} (${encoding})` },
            ]}
            onChange={(value) => {
              setDecoded(value === 'decoded');
              setChosenOffset(null);
            }}
          />
        </div>
      ) : null}
      {window.decodeError ? <p className="note">{detail.decodeFailed(engine(window.decodeError))}</p> : null}
      {window.endsEarly ? <p className="note">{detail.endsEarly}</p> : null}
      <ViewedBody loaded={loaded} decoded={decoded} onGo={setChosenOffset} {...props} />
    </>
  );
}

/** What its beginning says; parts that begin later say nothing. */
function useDeclaredCharset({ bytes, window }: LoadedBody, contentType: string | undefined): string | undefined {
  const [declared, setDeclared] = useState<string>();
  const found = useMemo(() => charsetOf(bytes, contentType), [bytes, contentType]);
  if (window.offset === 0 && found !== declared) setDeclared(found);
  return declared;
}

const NOT_TEXT: ReadonlySet<BodyKind> = new Set<BodyKind>(['hex', 'image', 'grpc', 'protobuf', 'multipart']);

interface ViewedBodyProps extends Omit<BodySectionProps, 'body' | 'encoding'> {
  loaded: LoadedBody;
  decoded: boolean;
  onGo: (offset: number) => void;
}

/** The part that is here in the viewer that fits best, or the one that was chosen. */
function ViewedBody({ loaded, decoded, onGo, goesOn, contentType: given, id, side, host, path }: ViewedBodyProps) {
  const [chosen, setChosen] = useState<BodyKind | null>(null);
  const [charset, setCharset] = useState<string | null>(null);
  const declared = useDeclaredCharset(loaded, given);
  const body = useMemo((): ShownBody => {
    const { bytes, window } = loaded;
    // What could not be decoded is not of that type.
    const type = window.decodeError ? undefined : given;
    const named = charset ?? (window.offset > 0 ? declared : undefined);
    const contentType = named === undefined ? type : withCharset(type, named);
    const partial = window.truncated || window.endsEarly || goesOn || bytes.length < window.totalBytes;
    const origin = { id, decoded, side, host, path };
    return { bytes, contentType, partial, offset: window.offset, goesOn, origin };
  }, [loaded, decoded, goesOn, given, id, side, host, path, charset, declared]);
  const viewers = useMemo(() => viewersFor(body), [body]);
  const viewer = viewerOf(viewers, chosen);
  return (
    <ViewerFrame
      body={body}
      viewers={viewers}
      viewer={viewer}
      onChoose={setChosen}
      beside={NOT_TEXT.has(viewer.kind) ? null : <CharsetChoice body={body} chosen={charset} onChoose={setCharset} />}
      below={
        viewer.asksForAll?.(body) ? null : (
          <BodyPager offset={body.offset} total={loaded.window.totalBytes} step={WINDOW_BYTES} onGo={onGo} />
        )
      }
    />
  );
}
