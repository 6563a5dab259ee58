import type { ReactNode } from 'react';

/** A body, or the beginning of one, as viewers get it. */
export interface ShownBody {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string | undefined;
  /** More of it exists than `bytes`. */
  partial: boolean;
}

export type BodyKind =
  | 'graphql'
  | 'json'
  | 'form'
  | 'multipart'
  | 'image'
  | 'html'
  | 'grpc'
  | 'protobuf'
  | 'text'
  | 'hex';

/** One way to show a body. */
export interface BodyViewer {
  kind: BodyKind;
  /** Whether it is offered for this body. */
  fits(body: ShownBody): boolean;
  View(props: { body: ShownBody }): ReactNode;
}

/** `text/html` of `Text/HTML; charset=big5`; empty when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
