import { type SyntheticEvent, useEffect, useMemo, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const url = useMemo(() => URL.createObjectURL(new Blob([body.bytes], { type: mediaType(body.contentType) })), [body]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const [told, setTold] = useState('\u00a0');
  const onLoad = ({ currentTarget: { naturalWidth, naturalHeight } }: SyntheticEvent<HTMLImageElement>) =>
    setTold(detail.imageSize(naturalWidth, naturalHeight));
  return (
    <>
      <p className="muted">{told}</p>
      <div className="body-box">
        <img
          className="body-image"
          src={url}
          alt={detail.body}
          onLoad={onLoad}
          onError={() => setTold(detail.imageBroken)}
        />
      </div>
    </>
  );
}

export const imageViewer: BodyViewer = {
  kind: 'image',
  fits: ({ contentType }) => mediaType(contentType).startsWith('image/'),
  View,
};
