import { Inbox } from 'lucide-react';
import type { Exchange, HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Section } from '../../ui/section.tsx';
import { wireText } from '../copy-as/copied-request.ts';
import { headerValue, queryParameters, requestCookies, responseCookies } from '../heads.ts';
import { BodySection } from './body-section.tsx';
import { MessagesSection } from './messages-section.tsx';

export function RequestTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  const { request } = exchange;
  return (
    <>
      <LinesSection title={detail.headers} lines={request.headers} empty={detail.noHeaders} />
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
      <LinesSection title={detail.trailers} lines={request.trailers} />
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
      <LinesSection title={detail.headers} lines={response.headers} empty={detail.noHeaders} />
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
      <LinesSection title={detail.trailers} lines={response.trailers} />
    </>
  );
}

/** Names and values as a table; without lines it is left out unless `empty` says something. */
function LinesSection({ title, lines, empty }: { title: string; lines: HeaderLines; empty?: string }) {
  if (lines.length === 0 && !empty) return null;
  return (
    <Section title={title} extra={lines.length > 0 ? lines.length : undefined}>
      {lines.length === 0 ? <p className="muted">{empty}</p> : <LinesTable label={title} lines={lines} />}
    </Section>
  );
}

function LinesTable({ label, lines }: { label: string; lines: HeaderLines }) {
  return (
    <table className="header-table" aria-label={label}>
      <tbody>
        {lines.map(([name, value], index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{wireText(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
