import { useEffect, useMemo, useState } from 'react';
import type { BodyWindow } from '../../../proxy-engine/contract/api.ts';
import type { CapturedBody } from '../../../proxy-engine/contract/exchange.ts';
import { errorText } from '../../api/engine-api.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { bytesFromBase64 } from '../body-bytes.ts';
import type { Side } from '../exchange-store.ts';
import type { BodyKind, ShownBody } from './viewers/viewer.ts';
import { viewersFor } from './viewers/viewers.ts';

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
            onChange={(value) => setDecoded(value === 'decoded')}
          />
        </div>
      ) : null}
      {loaded.window.decodeError ? <p className="note">{detail.decodeFailed(loaded.window.decodeError)}</p> : null}
      <ViewedBody loaded={loaded} contentType={contentType} />
      <MoreBody
        loaded={loaded}
        load={(offset) => app.detail.body(id, side, decoded, offset, WINDOW_BYTES)}
        onLoaded={setLoaded}
      />
    </>
  );
}

/** The loaded part in the viewer that fits best, or the one that was chosen. */
function ViewedBody({ loaded, contentType }: { loaded: Loaded; contentType: string | undefined }) {
  const { detail } = useMessages();
  const [chosen, setChosen] = useState<BodyKind | null>(null);
  const body = useMemo((): ShownBody => {
    const { bytes, window } = loaded;
    return { bytes, contentType, partial: window.truncated || bytes.length < window.totalBytes };
  }, [loaded, contentType]);
  const viewers = useMemo(() => viewersFor(body), [body]);
  const { kind, View } = viewers.find((viewer) => viewer.kind === chosen) ?? viewers[0];
  return (
    <>
      <div className="body-toolbar">
        <SegmentedControl
          size="small"
          label={detail.bodyView}
          value={kind}
          options={viewers.map((viewer) => ({ value: viewer.kind, label: detail.view[viewer.kind] }))}
          onChange={setChosen}
        />
      </div>
      <View body={body} />
    </>
  );
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
