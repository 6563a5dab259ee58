import './compare.css';
import { useEffect, useState } from 'react';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { errorText } from '../../api/engine-api.ts';
import { type App } from '../../app.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { ErrorBox } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { requestLines, responseLines } from '../heads.ts';
import { COMPARED_BYTES, type ComparedBody, readBody } from './body-lines-of.ts';
import { CompareFacts } from './compare-facts.tsx';

interface Compared {
  exchange: Exchange;
  request: ComparedBody;
  response: ComparedBody;
}

const CONTEXT_LINES = 3;

/** Two exchanges: what is the same about them, and what is not. */
export function CompareDialog({ ids }: { ids: readonly [number, number] }) {
  const app = useApp();
  const { compare, common } = useMessages();
  const [pair, setPair] = useState<[Compared, Compared] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [first, second] = ids;
  const close = (): void => app.ui.setState({ compare: null });

  useEffect(() => {
    let current = true;
    const isWanted = (): boolean => current;
    Promise.all([read(app, first, isWanted), read(app, second, isWanted)]).then(
      (both) => current && setPair(both),
      (reason: unknown) => current && setError(errorText(reason)),
    );
    return () => {
      current = false;
    };
  }, [app, first, second]);

  return (
    <Dialog open onClose={close} title={compare.title(first, second)} size="wide">
      {error ? <ErrorBox>{error}</ErrorBox> : null}
      {pair ? <Comparison pair={pair} /> : error ? null : <p className="muted">{common.loading}</p>}
      <div className="dialog-actions">
        <Button onClick={close}>{common.close}</Button>
      </div>
    </Dialog>
  );
}

async function read(app: App, id: number, isWanted: () => boolean): Promise<Compared> {
  const exchange = await app.exchanges.get(id);
  const [request, response] = await Promise.all([
    readBody(app.detail, id, 'request', exchange.request, isWanted),
    readBody(app.detail, id, 'response', exchange.response, isWanted),
  ]);
  return { exchange, request, response };
}

function Comparison({ pair: [a, b] }: { pair: [Compared, Compared] }) {
  const { compare } = useMessages();
  const heads = (of: (exchange: Exchange) => string[]) => ({ before: of(a.exchange), after: of(b.exchange) });
  return (
    <div className="compare" tabIndex={0} role="region" aria-label={compare.label}>
      <CompareFacts a={a.exchange} b={b.exchange} />
      <HeadsDiff title={compare.requestHead} {...heads(({ request }) => requestLines(request))} />
      <BodiesDiff title={compare.requestBody} a={a.request} b={b.request} />
      <HeadsDiff title={compare.responseHead} {...heads(({ response }) => (response ? responseLines(response) : []))} />
      <BodiesDiff title={compare.responseBody} a={a.response} b={b.response} />
    </div>
  );
}

function HeadsDiff({ title, before, after }: { title: string; before: string[]; after: string[] }) {
  const { compare, detail } = useMessages();
  const isSame = before.join('\n') === after.join('\n');
  return (
    <Section title={title} extra={isSame ? compare.same : undefined}>
      {isSame && before.length === 0 ? null : (
        <Diff before={before} after={after} addedLabel={detail.added} deletedLabel={detail.deleted} />
      )}
    </Section>
  );
}

function BodiesDiff({ title, a, b }: { title: string; a: ComparedBody; b: ComparedBody }) {
  const { compare, detail } = useMessages();
  if (a.sizeBytes === 0 && b.sizeBytes === 0) return null;
  const isSame = a.base64 === b.base64 && a.sizeBytes === b.sizeBytes;
  const partial = a.partial || b.partial;
  return (
    <Section title={title} extra={isSame && !partial ? compare.same : undefined}>
      {partial ? <p className="note">{compare.partial(formatSize(COMPARED_BYTES))}</p> : null}
      {isSame ? (
        <p className="muted">{compare.sameBytes(formatSize(a.sizeBytes))}</p>
      ) : a.lines && b.lines ? (
        <Diff
          before={a.lines}
          after={b.lines}
          addedLabel={detail.added}
          deletedLabel={detail.deleted}
          context={CONTEXT_LINES}
        />
      ) : (
        <p>{compare.binaryDiffers(formatSize(a.sizeBytes), formatSize(b.sizeBytes))}</p>
      )}
    </Section>
  );
}
