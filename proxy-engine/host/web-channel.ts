/** Channels over what a browser or a script has: WebSocket and server-sent events. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_MESSAGE_BYTES } from '../contract/channel.ts';
import type { ChannelPort, Channels } from './channel.ts';
import { SECURITY_HEADERS } from './static-files.ts';

/** Not yet taken by the other side; more than this and events wait. */
const CONGESTED_BYTES = 1024 ** 2;
/** Calls of one channel that are under way; more are not read yet. A window has a few. */
const MAX_CALLS = 64;

export interface WebSocketChannels {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function webSocketChannels(channels: Channels): WebSocketChannels {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // The token came as a subprotocol as well; it is not repeated in the answer.
    handleProtocols: (protocols) => (protocols.has('switchyard') ? 'switchyard' : false),
  });
  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (webSocket) => channels.open(webSocketPort(webSocket))),
    close() {
      for (const client of server.clients) client.close(1001, 'the engine stops');
      server.close();
    },
  };
}

export function webSocketPort(socket: WebSocket): ChannelPort {
  socket.on('error', () => socket.terminate());
  let calls = 0;
  const congested = () => socket.bufferedAmount > CONGESTED_BYTES;
  // Whoever asks and takes no answers is not asked for more: answers would pile up here, and everybody's questions behind theirs.
  function readOn(): void {
    if (calls >= MAX_CALLS || congested()) socket.pause();
    else if (socket.isPaused) socket.resume();
  }
  return {
    post(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), readOn);
    },
    onMessage: (listener) =>
      socket.on('message', (data, binary) => {
        calls++;
        readOn();
        void listener(binary ? undefined : parse(String(data))).finally(() => {
          calls--;
          readOn();
        });
      }),
    onClose: (listener) => socket.on('close', listener),
    congested,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `GET /api/events`: each message of the channel as an event named by its type. */
export function openEventStream(channels: Channels, response: ServerResponse): void {
  response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  channels.open({
    post: (message) => void response.write(`event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`),
    onMessage: () => {},
    onClose: (listener) => response.on('close', listener),
    congested: () => response.writableLength > CONGESTED_BYTES,
  });
}
