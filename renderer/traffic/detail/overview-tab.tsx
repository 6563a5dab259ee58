import type { ReactNode } from 'react';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useEngine, useMessages } from '../../app-context.tsx';
import { exchangeUrl } from '../../format/exchange-url.ts';
import { formatDuration, formatSize } from '../../format/quantities.ts';
import { formatFullTime } from '../../format/time.ts';
import { ErrorBox } from '../../ui/field.tsx';
import { KeyValues, Section } from '../../ui/section.tsx';
import { answeredBy, isPastRoutes } from './answered-by.ts';
import { AttemptList } from './attempts-tab.tsx';
import { grpcStatus } from './grpc-status.tsx';

export function OverviewTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  return (
    <>
      {exchange.error ? <ErrorSection error={exchange.error} /> : null}
      <Decision exchange={exchange} />
      {exchange.attempts.length > 1 ? (
        <Section title={detail.attempts}>
          <AttemptList exchange={exchange} />
        </Section>
      ) : null}
      <Facts exchange={exchange} />
    </>
  );
}

function ErrorSection({ error }: { error: NonNullable<Exchange['error']> }) {
  const { detail, engine } = useMessages();
  return (
    <Section title={detail.errorTitle}>
      <ErrorBox>
        {engine(error.message)}
        <div className="muted mono">{detail.errorFrom(error.code, detail.errorSource[error.source])}</div>
      </ErrorBox>
    </Section>
  );
}

/** Route → pool → why this backend. */
function Decision({ exchange }: { exchange: Exchange }) {
  const { detail, why } = useMessages();
  const route = useEngine((view) => view.state?.routes.find((one) => one.name === exchange.route));
  const used = exchange.attempts.at(-1);
  const unasked = answeredBy(exchange);
  const routeText =
    exchange.route === undefined
      ? isPastRoutes(exchange)
        ? detail.routesNotAsked
        : detail.noRoute
      : [exchange.route, route?.match].filter(Boolean).join(' · ');
  return (
    <Section title={detail.decision}>
      <KeyValues
        entries={[
          [
            detail.route,
            <span key="route" className="mono">
              {routeText}
            </span>,
          ],
          // Its policy of then is told by the reason.
          [detail.pool, exchange.pool],
          [detail.why, used ? `${used.backend} · ${why(used.why)}` : unasked && detail.noBackend[unasked]],
          [
            detail.rules,
            exchange.rules.length > 0 ? [...new Set(exchange.rules.map((rule) => rule.name))].join(', ') : undefined,
          ],
        ]}
      />
    </Section>
  );
}

function Facts({ exchange }: { exchange: Exchange }) {
  const { detail, traffic, compose } = useMessages();
  const { tls } = exchange;
  const grpc = grpcStatus(exchange);
  return (
    <Section title={detail.exchange}>
      <KeyValues
        entries={[
          [
            detail.url,
            <span key="url" className="mono">
              {exchangeUrl(exchange)}
            </span>,
          ],
          [
            detail.grpcStatus,
            grpc && (
              <span key="grpc" className={grpc.isOk ? undefined : 'status-error'}>
                {grpc.text}
              </span>
            ),
          ],
          [detail.started, formatFullTime(exchange.startedAt)],
          [detail.duration, exchange.durationMs === undefined ? traffic.inFlight : formatDuration(exchange.durationMs)],
          [detail.client, clientName(exchange, compose.replayedMark)],
          [detail.listener, exchange.listener],
          [detail.protocol, exchange.protocol],
          [
            detail.sizes,
            detail.sizesValue(formatSize(exchange.requestSizeBytes), formatSize(exchange.responseSizeBytes)),
          ],
          [detail.contentType, exchange.contentType],
          [
            detail.tls,
            tls ? [tls.version, tls.cipher, tls.alpn, tls.serverName].filter(Boolean).join(' · ') : undefined,
          ],
        ]}
      />
    </Section>
  );
}

/** Undefined: another program recorded it, and did not say. */
function clientName({ client: { address, port }, replayed }: Exchange, own: string): ReactNode {
  if (replayed) return own;
  return address === '' ? undefined : <span key="client" className="mono">{`${address}:${port}`}</span>;
}
