import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { decodeText } from '../../body-bytes.ts';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';

/** Before anything of the page: it loads nothing, and images only from itself. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">';

/** Its links would take the frame away from it: they ask for a window of their own, which the frame may not open. */
function framed(text: string): string {
  const page = new DOMParser().parseFromString(text, 'text/html');
  for (const link of page.querySelectorAll('a, area')) link.setAttribute('target', '_blank');
  return `${page.doctype ? '<!doctype html>' : ''}${POLICY}${page.documentElement.outerHTML}`;
}

/** The page in a frame without scripts, forms, network or an origin. */
function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const page = useMemo(() => framed(decodeText(body.bytes, body.contentType)), [body]);
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
