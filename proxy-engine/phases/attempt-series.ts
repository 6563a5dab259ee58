/** The interfaces between an attempt, the attempts of its exchange (`Attempts`), and the walk of that exchange. */
import type { Backend } from '../balancer/backend.ts';
import type { Pool } from '../balancer/pool.ts';
import type { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { BackendStream } from '../upstream/backend-stream.ts';
import type { LaneOptions } from '../upstream/lane-options.ts';
import type { BufferedBody } from './buffered-body.ts';

/** Where the attempts of an exchange go. */
export interface Upstream {
  pool: Pool;
  lane: LaneOptions;
  /** The one backend that may be asked, when a rule or a replay names it; null: the policy of the pool picks. */
  only: Backend | null;
  /** Why it goes to that origin; null: the pool tells why it picked. */
  why: string | null;
}

/** What the walk hears of the attempts: one response, or the reason why there is none. */
export interface AttemptsEvents {
  onInformation(head: ResponseHead): void;
  onResponse(head: ResponseHead): void;
  onResponseBody(chunk: Buffer): void;
  onResponseEnd(trailers: Headers | null): void;
  /** 101: from now on `stream` carries something else than HTTP; `rest` has come already. */
  onSwitched(head: ResponseHead, stream: BackendStream, rest: Buffer): void;
  /** No attempt brought a response. */
  onNoResponse(error: ProxyError): void;
  /** The response had begun and will not be whole. */
  onBrokenOff(error: ProxyError, how: 'reset' | 'close'): void;
  /** All that one read brought has been told: what was said to the client may leave. */
  onResponseTurnEnd(): void;
  /** The request body may flow. */
  onRequestWanted(): void;
}

/** What the attempts of one exchange have in common, and what each tells of itself; `Attempts` decides what follows. */
export interface AttemptSeries {
  readonly exchange: LiveExchange;
  readonly body: BufferedBody;
  readonly upstream: Upstream;
  readonly context: ProxyContext;
  /** The walk: the response goes there directly. */
  readonly events: AttemptsEvents;
  /** Its backend has run out of room since it was picked. */
  attemptFoundNoRoom(): void;
  /** Its connection takes no further request, and the backend has not looked at this one. */
  attemptNotTaken(error: ProxyError): void;
  /** No response will come of it. */
  attemptFailed(error: ProxyError): void;
  /** Its response had begun and will not be whole. */
  attemptBrokeOff(error: ProxyError, how: 'reset' | 'close'): void;
  /** A head has come whose status `retry.on` lists, from the backend or a fault in its place; true: another attempt takes its place. */
  attemptIsRepeated(failure: ProxyError, status: number): boolean;
  /** Its response is the one that the client gets. */
  attemptResponds(): void;
  /** The whole response has come. */
  attemptAnswered(): void;
}
