import type { Socket } from 'node:net';
import type { ProxyError } from '../errors.ts';
import type { OwnAnswer } from '../http/own-answer.ts';

/** The client that asks for a tunnel, by CONNECT or SOCKS5: it is let in or refused through here. */
export interface TunnelDoor {
  /** `CONNECT` over HTTP/1.1, or SOCKS5. */
  readonly protocol: string;
  /** Lets the client in: what it says from now on is for its destination. `rest` has come already; the socket is paused. */
  accept(): { socket: Socket; rest: Buffer };
  /** Says why not; `error` is null when a rule answers. */
  refuse(error: ProxyError | null, answer: OwnAnswer): void;
  /** Ends without a word, as `ClientStream.abort` does, also after `accept`. */
  abort(how: 'reset' | 'close'): void;
  /** Says nothing more; the socket stays open until the client leaves. Also after `accept`. */
  hang(): void;
}
