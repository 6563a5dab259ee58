import { lazy } from 'react';
import { type BodyViewer, mediaType } from './viewer.ts';

const View = lazy(async () => ({ default: (await import('./grpc-body.tsx')).GrpcBody }));

export const grpcViewer: BodyViewer = {
  kind: 'grpc',
  fits: ({ contentType }) => /^application\/grpc(\+proto)?$/.test(mediaType(contentType)),
  View,
};
