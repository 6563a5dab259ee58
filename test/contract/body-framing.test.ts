import { describe, expect, test } from 'vitest';
import { codecOf, framingOf, isProtobuf } from '../../proxy-engine/contract/body-framing.ts';

describe('framingOf and codecOf', () => {
  test.each([
    ['application/grpc', 'grpc', 'protobuf'],
    ['Application/gRPC+Proto; charset=utf-8', 'grpc', 'protobuf'],
    ['application/grpc+json', 'grpc', 'json'],
    ['application/grpc+thrift', 'grpc', 'other'],
    ['application/grpc-web', 'grpc-web', 'protobuf'],
    ['application/grpc-web+proto', 'grpc-web', 'protobuf'],
    ['application/grpc-web-text', 'grpc-web-text', 'protobuf'],
    ['application/grpc-web-text+proto', 'grpc-web-text', 'protobuf'],
    ['application/connect+proto', 'connect', 'protobuf'],
    ['application/connect+json', 'connect', 'json'],
    ['application/connect', null, 'protobuf'],
    ['application/grpcish', null, 'protobuf'],
    ['text/plain; x=application/grpc', null, 'protobuf'],
    ['application/x-protobuf; delimited=true', 'delimited', 'protobuf'],
    ['application/vnd.google.protobuf; proto=io.Metric; encoding="delimited"', 'delimited', 'protobuf'],
    ['application/json; delimited=true', null, 'protobuf'],
    [undefined, null, 'protobuf'],
  ])('%s', (contentType, framing, codec) => {
    expect([framingOf(contentType), codecOf(contentType)]).toEqual([framing, codec]);
  });
});

describe('isProtobuf', () => {
  test.each([
    'application/protobuf',
    'application/x-protobuf',
    'application/x-protobuffer',
    'application/proto',
    'application/x-google-protobuf',
    'application/vnd.google.protobuf; proto=shop.Order',
    'application/vnd.api+protobuf',
    'application/vnd.acme.v2+x-protobuf;charset=utf-8',
    'APPLICATION/VND.KUBERNETES.PROTOBUF',
  ])('%s is', (contentType) => {
    expect(isProtobuf(contentType)).toBe(true);
  });

  test.each([
    'application/grpc',
    'application/grpc-web+proto',
    'text/protobuf',
    'application/protobuf+json',
    'application/notprotobuf',
    '',
    undefined,
  ])('%s is not', (contentType) => {
    expect(isProtobuf(contentType)).toBe(false);
  });
});
