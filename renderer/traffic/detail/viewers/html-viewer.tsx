import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { decodeText } from '../../body-bytes.ts';
import { framedPage } from './framed-page.ts';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

/** The page in a frame without scripts, forms, network or an origin. */
function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const page = useMemo(() => framedPage(decodeText(body.bytes, body.contentType)), [body]);
  return (
    <>
      <p className="muted">{detail.htmlSafe}</p>
      <iframe className="body-box body-frame" sandbox="" srcDoc={page} title={detail.view.html} />
    </>
  );
}

export const htmlViewer: BodyViewer = {
  kind: 'html',
  fits: ({ contentType }) => /^(text\/html|application\/xhtml\+xml)$/.test(mediaType(contentType)),
  View,
};
