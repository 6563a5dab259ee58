import { useEffect, useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const url = useMemo(() => URL.createObjectURL(new Blob([body.bytes], { type: mediaType(body.contentType) })), [body]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <div className="body-box">
      <img className="body-image" src={url} alt={detail.body} />
    </div>
  );
}

export const imageViewer: BodyViewer = {
  kind: 'image',
  fits: ({ contentType }) => mediaType(contentType).startsWith('image/'),
  View,
};
