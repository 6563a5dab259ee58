import type { WebSocketMessage } from '../../../../proxy-engine/contract/exchange.ts';
import { looksBinary } from '../../body-bytes.ts';
import { eventsViewer } from './events-viewer.tsx';
import { formViewer } from './form-viewer.tsx';
import { graphqlViewer } from './graphql-viewer.tsx';
import { grpcViewer } from './grpc-viewer.tsx';
import { hexViewer } from './hex-viewer.tsx';
import { htmlViewer } from './html-viewer.tsx';
import { imageViewer } from './image-viewer.tsx';
import { jsonViewer } from './json-viewer.tsx';
import { multipartViewer } from './multipart-viewer.tsx';
import { protobufViewer } from './protobuf-viewer.tsx';
import { textViewer } from './text-viewer.tsx';
import { type BodyKind, type BodyViewer, mediaType, type ShownBody } from './viewer.ts';
import { xmlViewer } from './xml-viewer.tsx';

/** In the order in which they are offered: the first that fits is the one shown. */
const SPECIFIC: readonly BodyViewer[] = [
  eventsViewer,
  graphqlViewer,
  jsonViewer,
  formViewer,
  multipartViewer,
  imageViewer,
  htmlViewer,
  xmlViewer,
  grpcViewer,
  protobufViewer,
];

/** The ways to show a message of a WebSocket: nothing says what it is, and bytes may be protobuf. */
export function viewersForMessage(body: ShownBody, type: WebSocketMessage['type']): [BodyViewer, ...BodyViewer[]] {
  const viewers = viewersFor(body);
  return type === 'binary' ? [...viewers, protobufViewer] : viewers;
}

/** The one that was chosen; the best one when none was, or it does not fit. */
export function viewerOf(viewers: readonly [BodyViewer, ...BodyViewer[]], chosen: BodyKind | null): BodyViewer {
  return viewers.find(({ kind }) => kind === chosen) ?? viewers[0];
}

/** The ways to show a body, the best first; text and hex are always among them. */
export function viewersFor(body: ShownBody): [BodyViewer, ...BodyViewer[]] {
  const specific = SPECIFIC.filter((viewer) => viewer.fits(body));
  const [first, ...rest] = specific;
  if (first) return [first, ...rest, textViewer, hexViewer];
  const isText = /^text\/|[/+](xml|javascript|yaml)$/.test(mediaType(body.contentType));
  return !isText && looksBinary(body.bytes) ? [hexViewer, textViewer] : [textViewer, hexViewer];
}
