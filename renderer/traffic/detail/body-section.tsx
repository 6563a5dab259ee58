import { type ReactNode, useEffect, useState } from 'react';
import type { BodyWindow } from '../../../proxy-engine/contract/api.ts';
import type { CapturedBody } from '../../../proxy-engine/contract/exchange.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { type BodyKind, bodyKind, bytesFromBase64, decodeText } from '../body-bytes.ts';
import type { Side } from '../exchange-store.ts';
import { FormView, HexView, ImageView, JsonView, TextView } from './body-views.tsx';

const WINDOW_BYTES = 256 * 1024;

interface BodySectionProps {
  id: number;
  side: Side;
  body: CapturedBody;
  contentType: string | undefined;
  encoding: string | undefined;
}

export function BodySection({ id, side, body, contentType, encoding }: BodySectionProps) {
  const { detail } = useMessages();
  if (body.sizeBytes === 0)
    return (
      <Section title={detail.body}>
        <p className="muted">{detail.noBody}</p>
      </Section>
    );
  const extra = [contentType?.split(';')[0], formatSize(body.sizeBytes)].filter(Boolean).join(' · ');
  return (
    <Section title={detail.body} extra={extra}>
      {body.truncated && body.captured > 0 ? (
        <p className="note">{detail.truncated(formatSize(body.captured), formatSize(body.sizeBytes))}</p>
      ) : null}
      {body.captured === 0 ? (
        <p className="muted">{detail.notCaptured}</p>
      ) : (
        <LoadedBody key={`${id} ${side}`} id={id} side={side} contentType={contentType} encoding={encoding} />
      )}
    </Section>
  );
}

interface Loaded {
  bytes: Uint8Array<ArrayBuffer>;
  window: BodyWindow;
}

function LoadedBody({ id, side, contentType, encoding }: Omit<BodySectionProps, 'body'>) {
  const app = useApp();
  const { detail, common } = useMessages();
  const [decoded, setDecoded] = useState(true);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [chosen, setChosen] = useState<BodyKind | null>(null);

  useEffect(() => {
    let current = true;
    app.detail
      .body(id, side, decoded, 0, WINDOW_BYTES)
      .then((window) => current && setLoaded({ bytes: bytesFromBase64(window.data), window }))
      .catch((reason: unknown) => current && setError(errorText(reason)));
    return () => {
      current = false;
    };
  }, [app, id, side, decoded]);

  if (error) return <ErrorBox>{error}</ErrorBox>;
  if (!loaded) return <p className="muted">{common.loading}</p>;
  const kind = chosen ?? bodyKind(contentType, loaded.bytes);
  const kinds = (['json', 'form', 'image', 'text', 'hex'] as const).filter((one) => fits(one, kind, contentType));
  return (
    <>
      <div className="body-toolbar">
        <SegmentedControl
          size="small"
          label={detail.bodyView}
          value={kind}
          options={kinds.map((value) => ({ value, label: detail.view[value] }))}
          onChange={setChosen}
        />
        {encoding ? (
          <SegmentedControl
            size="small"
            label={detail.encoding}
            value={decoded ? 'decoded' : 'raw'}
            options={[
              { value: 'decoded', label: detail.decoded },
              { value: 'raw', label: `${detail.rawBytes} (${encoding})` },
            ]}
            onChange={(value) => setDecoded(value === 'decoded')}
          />
        ) : null}
      </div>
      {loaded.window.decodeError ? <p className="note">{detail.decodeFailed(loaded.window.decodeError)}</p> : null}
      {view(kind, loaded.bytes, contentType)}
      <MoreBody
        loaded={loaded}
        load={(offset) => app.detail.body(id, side, decoded, offset, WINDOW_BYTES)}
        onLoaded={setLoaded}
      />
    </>
  );
}

/** JSON, form and image are offered where the content is such; text and hex always. */
function fits(one: BodyKind, automatic: BodyKind, contentType: string | undefined): boolean {
  return one === 'text' || one === 'hex' || one === automatic || one === bodyKind(contentType, new Uint8Array(0));
}

function view(kind: BodyKind, bytes: Uint8Array<ArrayBuffer>, contentType: string | undefined): ReactNode {
  switch (kind) {
    case 'json':
      return <JsonView text={decodeText(bytes, contentType)} />;
    case 'form':
      return <FormView text={decodeText(bytes, contentType)} />;
    case 'image':
      return <ImageView bytes={bytes} contentType={contentType ?? ''} />;
    case 'text':
      return <TextView text={decodeText(bytes, contentType)} />;
    case 'hex':
      return <HexView bytes={bytes} />;
  }
}

interface MoreBodyProps {
  loaded: Loaded;
  load: (offset: number) => Promise<BodyWindow>;
  onLoaded: (loaded: Loaded) => void;
}

function MoreBody({ loaded, load, onLoaded }: MoreBodyProps) {
  const { detail } = useMessages();
  const { bytes, window } = loaded;
  if (bytes.length >= window.totalBytes) return null;
  const more = async (): Promise<void> => {
    const next = await load(bytes.length);
    const added = bytesFromBase64(next.data);
    const all = new Uint8Array(bytes.length + added.length);
    all.set(bytes);
    all.set(added, bytes.length);
    onLoaded({ bytes: all, window: next });
  };
  return (
    <div className="body-toolbar" style={{ marginTop: 8, marginBottom: 0 }}>
      {detail.partShown(formatSize(bytes.length), formatSize(window.totalBytes))}
      <Button size="small" onClick={() => void more()}>
        {detail.loadMore}
      </Button>
    </div>
  );
}
