/** HAR 1.2 as it is written here (softwareishard.com/blog/har-12-spec, and what Chrome and HTTP Toolkit add to it). */
import type { Exchange } from '../contract/exchange.ts';
import type { HarStep } from './har-trace.ts';

export interface HarPair {
  name: string;
  value: string;
  comment?: string;
}

export interface HarCookie extends HarPair {
  path?: string;
  domain?: string;
  /** ISO 8601 */
  expires?: string;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: string;
}

export interface HarRequest {
  method: string;
  url: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: HarPair[];
  queryString: HarPair[];
  headersSize: number;
  bodySize: number;
  postData?: { mimeType: string; text: string; params: []; comment?: string };
  /** HTTP Toolkit's, for a body that is not text: HAR has no coding for it. */
  _content?: { size: number; encoding: 'base64'; text: string };
}

export interface HarContent {
  /** Decoded. */
  size: number;
  mimeType: string;
  text?: string;
  encoding?: 'base64';
  comment?: string;
  /** Ours: the bytes could not be decoded, and are as they came. */
  _encoded?: true;
}

export interface HarResponse {
  status: number;
  statusText: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: HarPair[];
  content: HarContent;
  redirectURL: string;
  headersSize: number;
  bodySize: number;
  _transferSize?: number;
  /** Chrome's, for a request that failed. */
  _error?: string;
}

/** Milliseconds; -1 where it does not apply. `ssl` is part of `connect`. */
export interface HarTimings {
  blocked: number;
  dns: number;
  connect: number;
  ssl: number;
  send: number;
  wait: number;
  receive: number;
}

/** Chrome's. `time`: epoch seconds; `data` of binary messages (opcode 2) is base64. */
export interface HarWebSocketMessage {
  type: 'send' | 'receive';
  time: number;
  opcode: number;
  data: string;
}

/** What no other program tells: the decision and every attempt. */
export type HarSwitchyard = Omit<
  Exchange,
  | 'request'
  | 'response'
  | 'method'
  | 'scheme'
  | 'host'
  | 'path'
  | 'status'
  | 'contentType'
  | 'messages'
  | 'timings'
  | 'steps'
> & {
  steps: HarStep[];
  /** As it was, when `request.url` could not tell it. */
  url?: string;
  requestTrailers?: HarPair[];
  responseTrailers?: HarPair[];
};

export interface HarEntry {
  startedDateTime: string;
  /** Sum of the timings. */
  time: number;
  request: HarRequest;
  response: HarResponse;
  cache: Record<string, never>;
  timings: HarTimings;
  serverIPAddress?: string;
  /** The backend's port. */
  connection?: string;
  comment?: string;
  _resourceType?: string;
  _webSocketMessages?: HarWebSocketMessage[];
  _switchyard: HarSwitchyard;
}
