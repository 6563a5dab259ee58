// A backend in a process of its own, to be stopped and killed. Prints its port; with HOLD or TELL a line for each request that it has read.
// HOST, PORT: where to listen; HTTP2: speaks that, in clear; HOLD=head: never answers; HOLD=body: stops after half a body; BACKLOG: length of the kernel's queue.
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { ACCEPT } from './websocket-key.mjs';

const { PORT = '0', HOST = '127.0.0.1', HTTP2, HOLD, TELL, BACKLOG, NAME = 'a' } = process.env;

const create = HTTP2 ? createHttp2 : createHttp1;
const server = create((incoming, response) => {
  incoming.resume();
  incoming.once('end', () => {
    response.setHeader('x-backend', NAME);
    const tell = () => console.log(`read ${incoming.headers['x-id'] ?? ''}`);
    // Told when the half has left: who is killed now is killed in the middle.
    if (HOLD === 'body') response.writeHead(200, { 'content-length': '10' }).write('half ', tell);
    else if (HOLD || TELL) tell();
    if (!HOLD) response.end(NAME);
  });
});
if (!HOLD)
  server.on('upgrade', ({ headers }, socket) => {
    if (TELL) console.log(`read ${headers['x-id'] ?? ''}`);
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nX-Backend: ${NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${ACCEPT}\r\n`,
    );
    socket.pipe(socket);
  });
server.keepAliveTimeout = 60_000;
server.listen({ port: Number(PORT), host: HOST, ...(BACKLOG && { backlog: Number(BACKLOG) }) }, () =>
  console.log(server.address().port),
);
