/** A backend whose bodies are of every kind that has a viewer, and requests for them. */
import { createServer, get } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { grpcFrame } from '../support/grpc-frames.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAb0lEQVR42u3PQQ0AAAgEoNs/tDH8uAECSGf7KQICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgJnC8p+AhzFQAAAAAAElFTkSuQmCC';
const ORDERS = { orders: [1, 2, 3].map((id) => ({ id, total: id * 9.5, paid: id !== 2, items: ['tea', '茶'] })) };
const FORM = 'name=Ada+Lovelace&city=%E5%8F%B0%E5%8C%97&news=on';
const MULTIPART = [
  '--part',
  'Content-Disposition: form-data; name="note"',
  '',
  'a short note',
  '--part',
  'Content-Disposition: form-data; name="picture"; filename="dot.png"',
  'Content-Type: image/png',
  '',
  'PNG',
  '--part--',
  '',
].join('\r\n');
const GRAPHQL = JSON.stringify({
  operationName: 'Orders',
  query: 'query Orders($first: Int!) {\n  orders(first: $first) {\n    id\n    total\n  }\n}',
  variables: { first: 3 },
});

const GRAPHQL_BATCH = JSON.stringify([
  { operationName: 'Me', query: 'query Me {\n  me {\n    name\n  }\n}' },
  { query: 'mutation {\n  touch\n}' },
]);
const LOG = Array.from({ length: 200 }, (_, n) => JSON.stringify({ n, level: n % 7 ? 'info' : 'warn', text: '茶' }));
/** A stream of messages: a text, a number and a message that has a text. */
const ORDER_STREAM = Buffer.concat(
  Array.from({ length: 2500 }, (_, n) => {
    const id = Buffer.from(`A-${n + 1}`);
    return grpcFrame(
      Buffer.concat([Buffer.from([10, id.length]), id, Buffer.from([16, n % 100, 26, 5, 10, 3]), Buffer.from('tea')]),
    );
  }),
);

/** Path → content type and body. */
const ANSWERS = {
  '/orders.json': ['application/json', JSON.stringify(ORDERS)],
  '/page.html': ['text/html; charset=utf-8', '<h1>Orders</h1><p>Three orders, one not paid.</p>'],
  '/dot.png': ['image/png', Buffer.from(PNG, 'base64')],
  '/feed.xml': ['application/xml', '<?xml version="1.0"?><feed><entry id="1"><title>茶</title></entry></feed>'],
  '/message.bin': ['application/x-protobuf', Buffer.from([8, 0x96, 1, 18, 2, 104, 105])],
  '/shop.v1.Orders/Watch': ['application/grpc-web+proto', ORDER_STREAM],
  '/log.ndjson': ['application/x-ndjson', LOG.join('\n')],
  '/bytes': ['application/octet-stream', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
};

/** What is looked at: the path, the tab that shows it, and the name of its picture. */
export const SAMPLES = [
  ['/orders.json', 'response', 'viewer-json'],
  ['/page.html', 'response', 'viewer-page'],
  ['/dot.png', 'response', 'viewer-image'],
  ['/feed.xml', 'response', 'viewer-xml'],
  ['/message.bin', 'response', 'viewer-protobuf'],
  ['/shop.v1.Orders/Watch', 'response', 'viewer-grpc'],
  ['/log.ndjson', 'response', 'viewer-json-lines'],
  ['/bytes', 'response', 'viewer-hex'],
  ['/form', 'request', 'viewer-form'],
  ['/upload', 'request', 'viewer-multipart'],
  ['/graphql', 'request', 'viewer-graphql'],
  ['/batch', 'request', 'viewer-graphql-batch'],
  ['/events', 'response', 'viewer-events'],
  ['/socket', 'response', 'viewer-websocket'],
];

const POSTS = {
  '/form': ['application/x-www-form-urlencoded', FORM],
  '/upload': ['multipart/form-data; boundary=part', MULTIPART],
  '/graphql': ['application/json', GRAPHQL],
  '/batch': ['application/json', GRAPHQL_BATCH],
};

export async function startSamples() {
  const server = createServer((request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let n = 1; n <= 4; n++) response.write(`event: tick\nid: ${n}\ndata: {"n":${n}}\n\n`);
      // A comment now and then, so that nobody takes the silence for an end.
      const comments = setInterval(() => response.write(':\n\n'), 10_000);
      response.once('close', () => clearInterval(comments));
      return;
    }
    const [type, body] = ANSWERS[request.url] ?? ['application/json', '{"ok":true}'];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Asks for every sample through `gateway` (host:port); streams stay open until the returned function is called. */
export async function askForSamples(gateway) {
  for (const [path] of SAMPLES.filter(([name]) => name !== '/socket' && name !== '/events')) {
    const [type, body] = POSTS[path] ?? [];
    const init = body ? { method: 'POST', headers: { 'content-type': type }, body } : {};
    await (await fetch(`http://${gateway}${path}`, init)).arrayBuffer();
  }
  const events = get(`http://${gateway}/events`, (response) => response.resume());
  events.on('error', () => {});
  const socket = new WebSocket(`ws://${gateway}/socket`);
  await new Promise((resolve) => socket.once('open', resolve));
  for (const text of ['{"type":"subscribe","channel":"orders"}', '{"type":"order","id":3}', '你好']) socket.send(text);
  return () => {
    events.destroy();
    socket.terminate();
  };
}
