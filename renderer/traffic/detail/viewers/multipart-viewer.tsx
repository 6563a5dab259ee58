import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formatSize } from '../../../format/quantities.ts';
import { looksBinary, readText } from '../../body-bytes.ts';
import { type BodyPart, readMultipart } from '../../multipart.ts';
import { PagedTable } from './paged-table.tsx';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

const LONGEST_VALUE = 2000;

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const parts = useMemo(() => readMultipart(body.bytes, body.contentType), [body]);
  if (!parts) return <p className="note">{detail.multipartBroken}</p>;
  return (
    <PagedTable
      label={detail.view.multipart}
      items={parts}
      renderRow={(part, index) => <PartRow key={index} part={part} />}
    />
  );
}

function PartRow({ part }: { part: BodyPart }) {
  const { detail } = useMessages();
  const { name, fileName, contentType, bytes } = part;
  const about = [fileName, contentType, formatSize(bytes.length)].filter(Boolean).join(' · ');
  const text = looksBinary(bytes) ? null : readText(bytes.subarray(0, LONGEST_VALUE), contentType, true).text;
  return (
    <tr>
      <th scope="row">
        {name || detail.unnamedPart}
        <div className="muted">{about}</div>
      </th>
      <td className={text === null ? 'muted' : undefined}>
        {text ?? detail.binaryPart}
        {text !== null && bytes.length > LONGEST_VALUE ? '…' : ''}
      </td>
    </tr>
  );
}

export const multipartViewer: BodyViewer = {
  kind: 'multipart',
  fits: ({ contentType }) => mediaType(contentType).startsWith('multipart/'),
  View,
};
