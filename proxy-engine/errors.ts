/** Everything that can go wrong on the way, in one table: the code is stable, the rest says whose fault it is and what the client gets. */
import type { ErrorSource, ExchangeError } from './contract/exchange.ts';

interface ErrorKind {
  source: ErrorSource;
  /** The status of the generated answer; 0: none is sent (the client is gone, or a response has begun). */
  status: number;
}

const KINDS = {
  // client
  BAD_REQUEST: { source: 'client', status: 400 },
  HEAD_TOO_LARGE: { source: 'client', status: 431 },
  TARGET_TOO_LONG: { source: 'client', status: 414 },
  UNSUPPORTED_VERSION: { source: 'client', status: 505 },
  UNSUPPORTED_CODING: { source: 'client', status: 501 },
  EXPECTATION_FAILED: { source: 'client', status: 417 },
  REQUEST_TIMEOUT: { source: 'client', status: 408 },
  DEADLINE_EXCEEDED: { source: 'client', status: 504 },
  CLIENT_TLS_FAILED: { source: 'client', status: 0 },
  INTERCEPTION_REFUSED: { source: 'client', status: 0 },
  CLIENT_GONE: { source: 'client', status: 499 },
  // backend
  CONNECT_REFUSED: { source: 'backend', status: 502 },
  CONNECT_TIMEOUT: { source: 'backend', status: 504 },
  CONNECT_FAILED: { source: 'backend', status: 502 },
  DNS_FAILED: { source: 'backend', status: 502 },
  TLS_FAILED: { source: 'backend', status: 502 },
  RESET: { source: 'backend', status: 502 },
  BAD_RESPONSE: { source: 'backend', status: 502 },
  TRUNCATED: { source: 'backend', status: 502 },
  HEAD_TIMEOUT: { source: 'backend', status: 504 },
  IDLE_TIMEOUT: { source: 'backend', status: 504 },
  TOTAL_TIMEOUT: { source: 'backend', status: 504 },
  REFUSED_STREAM: { source: 'backend', status: 502 },
  RETRY_STATUS: { source: 'backend', status: 502 },
  NO_RESPONSE: { source: 'backend', status: 0 },
  // proxy
  NO_ROUTE: { source: 'proxy', status: 404 },
  NO_LOCAL_FILE: { source: 'proxy', status: 404 },
  NO_BACKEND: { source: 'proxy', status: 503 },
  QUEUE_FULL: { source: 'proxy', status: 503 },
  QUEUE_TIMEOUT: { source: 'proxy', status: 503 },
  LIMITED: { source: 'proxy', status: 429 },
  LOOP: { source: 'proxy', status: 508 },
  UPSTREAM_PROXY_FAILED: { source: 'proxy', status: 502 },
  TOO_MANY_CONNECTIONS: { source: 'proxy', status: 503 },
  ABORTED_BY_RULE: { source: 'proxy', status: 0 },
  MIRROR_GIVEN_UP: { source: 'proxy', status: 0 },
  INTERRUPTED: { source: 'proxy', status: 0 },
  RULE_FAILED: { source: 'proxy', status: 500 },
} as const satisfies Record<string, ErrorKind>;

/** What an exchange is told that the engine does not see the end of. */
export const ENGINE_ENDED = 'the engine ended before this exchange did';

export type ErrorCode = keyof typeof KINDS;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(KINDS, code);
}

export class ProxyError extends Error {
  readonly code: ErrorCode;
  /** Of the RST_STREAM that the backend sent (RFC 9113 §7): a client of HTTP/2 gets the same. */
  readonly resetCode: number | undefined;
  /** A failure that was made on purpose: nobody's fault. */
  readonly byFault: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options?: { cause?: unknown; resetCode?: number | undefined; byFault?: boolean },
  ) {
    super(message, options);
    this.code = code;
    this.resetCode = options?.resetCode;
    this.byFault = options?.byFault ?? false;
  }

  /** What it is counted as: the code, `FAULT_` before it when it was made on purpose. */
  get reason(): string {
    return this.byFault ? `FAULT_${this.code}` : this.code;
  }

  get source(): ErrorSource {
    return KINDS[this.code].source;
  }

  /** Status of the answer made for it. */
  get status(): number {
    return KINDS[this.code].status;
  }

  toRecord(): ExchangeError {
    return { code: this.code, source: this.source, message: this.message };
  }
}
