import { lazy } from 'react';
import { type BodyViewer, mediaType } from './viewer.ts';

const View = lazy(async () => ({ default: (await import('./protobuf-body.tsx')).ProtobufBody }));

export const protobufViewer: BodyViewer = {
  kind: 'protobuf',
  fits: ({ contentType }) =>
    /^application\/(x-protobuf|protobuf|vnd\.google\.protobuf|x-google-protobuf|proto)$/.test(mediaType(contentType)),
  View,
};
