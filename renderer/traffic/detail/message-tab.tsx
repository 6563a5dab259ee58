import { Inbox } from 'lucide-react';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { headerValue, queryParameters, requestCookies, responseCookies, shownLines } from '../heads.ts';
import { BodySection } from './body-section.tsx';
import { LinesSection } from './lines-section.tsx';
import { MessagesSection } from './messages-section.tsx';

export function RequestTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  const { request } = exchange;
  return (
    <>
      <LinesSection title={detail.headers} lines={shownLines(request.headers)} empty={detail.noHeaders} />
      <LinesSection title={detail.query} lines={queryParameters(exchange.path)} />
      <LinesSection title={detail.cookies} lines={requestCookies(request.headers)} />
      <BodySection
        id={exchange.id}
        side="request"
        host={exchange.host}
        path={exchange.path}
        body={request.body}
        goesOn={exchange.durationMs === undefined}
        contentType={headerValue(request.headers, 'content-type')}
        encoding={headerValue(request.headers, 'content-encoding')}
      />
      <LinesSection title={detail.trailers} lines={shownLines(request.trailers)} />
    </>
  );
}

export function ResponseTab({ exchange }: { exchange: Exchange }) {
  const { detail, engine } = useMessages();
  const { response } = exchange;
  if (!response)
    return (
      <EmptyState icon={Inbox} title={detail.noResponse}>
        <p className="empty-text">{engine(exchange.error?.message ?? '')}</p>
      </EmptyState>
    );
  return (
    <>
      {exchange.interim?.map(({ status, reason, headers }, place) => (
        <LinesSection key={place} title={`${status} ${reason}`} lines={shownLines(headers)} empty={detail.noHeaders} />
      ))}
      <LinesSection title={detail.headers} lines={shownLines(response.headers)} empty={detail.noHeaders} />
      <LinesSection title={detail.cookies} lines={responseCookies(response.headers)} />
      {response.status === 101 ? (
        <MessagesSection exchange={exchange} />
      ) : (
        <BodySection
          id={exchange.id}
          side="response"
          host={exchange.host}
          path={exchange.path}
          body={response.body}
          goesOn={exchange.durationMs === undefined}
          contentType={headerValue(response.headers, 'content-type')}
          encoding={headerValue(response.headers, 'content-encoding')}
        />
      )}
      <LinesSection title={detail.trailers} lines={shownLines(response.trailers)} />
    </>
  );
}
