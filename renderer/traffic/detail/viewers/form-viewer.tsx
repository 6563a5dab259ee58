import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formFields } from '../../form-fields.ts';
import { PagedTable } from './paged-table.tsx';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const fields = useMemo(() => formFields(body.bytes, body.contentType), [body]);
  return (
    <PagedTable
      label={detail.view.form}
      items={fields}
      renderRow={([name, value], index) => (
        <tr key={index}>
          <th scope="row">{name || detail.unnamedPart}</th>
          <td>{value}</td>
        </tr>
      )}
    />
  );
}

export const formViewer: BodyViewer = {
  kind: 'form',
  fits: ({ contentType }) => mediaType(contentType) === 'application/x-www-form-urlencoded',
  View,
};
