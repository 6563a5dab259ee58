import { lazy } from 'react';
import { framingOf, isProtobuf } from '../../../../proxy-engine/contract/body-framing.ts';
import type { BodyViewer } from './viewer.ts';

const View = lazy(async () => ({ default: (await import('./framed-body.tsx')).FramedBody }));

/** gRPC, gRPC-Web and streams of Connect. */
export const grpcViewer: BodyViewer = {
  kind: 'grpc',
  fits: ({ contentType }) => framingOf(contentType) !== null && !isProtobuf(contentType),
  asksForAll: () => true,
  View,
};
