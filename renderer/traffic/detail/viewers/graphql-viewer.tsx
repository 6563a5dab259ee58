import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formatCount } from '../../../format/quantities.ts';
import { decodeText } from '../../body-bytes.ts';
import { type GraphqlRequest, readGraphqlRequests } from '../../graphql-request.ts';
import { JsonTree } from './json-viewer.tsx';
import { TextBox } from './text-viewer.tsx';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const requests = useMemo(() => readGraphqlRequests(decodeText(body.bytes, body.contentType)), [body]);
  if (!requests) return <TextBox text={decodeText(body.bytes, body.contentType)} />;
  return requests.map((request, index) => <Request key={index} {...{ request, index }} total={requests.length} />);
}

function Request({ request, index, total }: { request: GraphqlRequest; index: number; total: number }) {
  const { detail } = useMessages();
  const which = total > 1 ? detail.graphqlOf(formatCount(index + 1), formatCount(total)) : '';
  const operation = request.operationName ? detail.graphqlOperation(request.operationName) : '';
  const caption = [which, operation].filter(Boolean).join(' · ');
  return (
    <>
      {caption === '' ? null : <p className="muted body-caption">{caption}</p>}
      <TextBox text={request.query} />
      {request.variables ? (
        <>
          <p className="muted body-caption">{detail.graphqlVariables}</p>
          <JsonTree text={request.variables} />
        </>
      ) : null}
    </>
  );
}

export const graphqlViewer: BodyViewer = {
  kind: 'graphql',
  fits({ bytes, contentType, partial }) {
    if (mediaType(contentType) === 'application/graphql') return true;
    return !partial && isJson(contentType) && readGraphqlRequests(decodeText(bytes, contentType)) !== null;
  },
  View,
};

function isJson(contentType: string | undefined): boolean {
  return /[/+]json$/.test(mediaType(contentType));
}
