import type { ComponentType } from 'react';
import { fromWholeCharacter, type ReadText, readText } from '../../body-bytes.ts';

/** A body, or the beginning of one, as viewers get it. */
export interface ShownBody {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string | undefined;
  /** More of it exists than `bytes`. */
  partial: boolean;
  /** Bytes of the body before these. */
  offset: number;
  /** More of it may come. */
  goesOn: boolean;
  /** Of which message it is. */
  origin?: BodyOrigin;
}

export interface BodyOrigin {
  /** Of the exchange. */
  id: number;
  /** Without its content coding. */
  decoded: boolean;
  side: 'request' | 'response';
  host: string;
  path: string;
}

export type BodyKind =
  | 'events'
  | 'graphql'
  | 'json'
  | 'form'
  | 'multipart'
  | 'image'
  | 'html'
  | 'xml'
  | 'grpc'
  | 'protobuf'
  | 'text'
  | 'hex';

/** One way to show a body. */
export interface BodyViewer {
  kind: BodyKind;
  /** Whether it is offered for this body. */
  fits(body: ShownBody): boolean;
  /** Whether it asks for whatever of the body it shows, so that it does not matter which part is here. Absent: it does not. */
  asksForAll?(body: ShownBody): boolean;
  View: ComponentType<{ body: ShownBody }>;
}

/** `text/html` of `Text/HTML; charset=big5`; empty when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Its text, from the first whole character to the last. */
export function textOf({ bytes, contentType, partial, offset }: ShownBody): ReadText {
  return readText(offset > 0 ? fromWholeCharacter(bytes) : bytes, contentType, partial);
}
