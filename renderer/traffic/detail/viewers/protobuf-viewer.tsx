import { lazy } from 'react';
import { framingOf, isProtobuf } from '../../../../proxy-engine/contract/body-framing.ts';
import type { BodyViewer } from './viewer.ts';

const View = lazy(async () => ({ default: (await import('./protobuf-body.tsx')).ProtobufBody }));

export const protobufViewer: BodyViewer = {
  kind: 'protobuf',
  fits: ({ contentType }) => isProtobuf(contentType),
  asksForAll: ({ contentType }) => framingOf(contentType) !== null,
  View,
};
