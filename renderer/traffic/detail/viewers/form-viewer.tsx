import { useMessages } from '../../../app-context.tsx';
import { formFields } from '../../form-fields.ts';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  return (
    <table className="header-table" aria-label={detail.view.form}>
      <tbody>
        {formFields(body.bytes, body.contentType).map(([name, value], index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export const formViewer: BodyViewer = {
  kind: 'form',
  fits: ({ contentType }) => mediaType(contentType) === 'application/x-www-form-urlencoded',
  View,
};
