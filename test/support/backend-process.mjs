// A backend in a process of its own, to be stopped and killed. Prints its port; with HOLD a line for each request that it has read.
// HOST, PORT: where to listen; HOLD=head: never answers; HOLD=body: stops after half a body; BACKLOG: length of the kernel's queue.
import { createServer } from 'node:http';

const { PORT = '0', HOST = '127.0.0.1', HOLD, BACKLOG, NAME = 'a' } = process.env;

const server = createServer((incoming, response) => {
  incoming.resume();
  incoming.once('end', () => {
    response.setHeader('x-backend', NAME);
    if (HOLD === 'body') response.writeHead(200, { 'content-length': '10' }).write('half ');
    if (HOLD) console.log('read');
    else response.end(NAME);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: Number(PORT), host: HOST, ...(BACKLOG && { backlog: Number(BACKLOG) }) }, () =>
  console.log(server.address().port),
);
