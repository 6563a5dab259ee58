/**
 * What an expression is asked about. Request fields are known from the request phase on, the others when they have happened.
 * A field that is not there is undefined and equal to nothing.
 */
export interface RequestSubject {
  readonly method: string;
  readonly scheme: string;
  /** Without the port, in lower case. */
  readonly host: string;
  readonly port: number;
  /** Without the query. */
  readonly path: string;
  /** After the `?`, '' when there is none. */
  readonly query: string;
  readonly url: string;
  readonly protocol: string;
  readonly listener: string;
  readonly clientIp: string;
  readonly websocket: boolean;
  readonly grpc: boolean;
  requestHeader(lowerName: string): string | undefined;
}

/** What a pool is asked to pick a backend for. */
export interface RoutedSubject extends RequestSubject {
  /** Path and query as they will be sent, also with a `?` that nothing follows. */
  readonly target: string;
}

export interface ExchangeSubject extends RequestSubject {
  readonly route: string | undefined;
  readonly pool: string | undefined;
  readonly backend: string | undefined;
  readonly rules: readonly string[];
  readonly error: string | undefined;
  readonly status: number | undefined;
  readonly attempts: number;
  readonly durationMs: number | undefined;
  readonly ttfbMs: number | undefined;
  readonly requestSizeBytes: number;
  readonly responseSizeBytes: number;
  readonly contentType: string | undefined;
  readonly note: string | undefined;
  readonly color: string | undefined;
  readonly completed: boolean;
  readonly failed: boolean;
  readonly tunnel: boolean;
  readonly sse: boolean;
  readonly mocked: boolean;
  readonly pinned: boolean;
  readonly replayed: boolean;
  responseHeader(lowerName: string): string | undefined;
  /** The values of a header, a line each. */
  headerLines(side: 'request' | 'response', lowerName: string): readonly string[];
  /** Decoded text as far as captured. */
  body(side: 'request' | 'response'): string | undefined;
  /** What the fields of a form hold, decoded; undefined: it is none, or nothing in it is percent-encoded. */
  formText(side: 'request' | 'response'): string | undefined;
}
