/** What is in a tunnel, where it need not be relayed unseen: requests, each an exchange of its own. */
import type { Socket } from 'node:net';
import type { TunnelRequest } from '../downstream/tunnel-request.ts';
import { ProxyError } from '../errors.ts';
import type { ClientHello } from '../tls/client-hello.ts';
import type { Interception } from '../tls/interception.ts';

/** The client's connection once its CONNECT is answered with 200: what comes on it now is what goes through the tunnel. */
export interface Entered {
  socket: Socket;
  /** Read already, not passed on. */
  bytes: Buffer;
}

/** HTTP in clear. */
export function serveInside({ client, host, port, inside }: TunnelRequest, { socket, bytes }: Entered): void {
  inside.serve(socket, bytes, { ...client, scheme: 'http', tls: null, destination: { host, port } });
}

/** What is in the TLS that the client begins. `onFailed`: it did not want that, and is remembered for it. */
export async function openInside(
  { client, host, port, inside, refusals }: TunnelRequest,
  interception: Interception,
  hello: ClientHello,
  { socket, bytes }: Entered,
  onFailed: (error: ProxyError) => void,
): Promise<void> {
  const terminator = await interception.terminatorFor(hello, host);
  inside.open(socket, bytes, { ...client, destination: { host, port } }, terminator, (error) => {
    const isLeft = refusals.add(client.ip, host, hello, error);
    const next = isLeft ? '; its next connections there are tunnelled' : '';
    onFailed(new ProxyError('INTERCEPTION_REFUSED', `the client did not accept our certificate for ${host}${next}`));
  });
}
