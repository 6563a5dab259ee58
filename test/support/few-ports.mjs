// Where the system gives away ten ports only: 24 requests of a kind at once over three listeners, then one more. Prints what clients saw, by kind.
import { createServer } from 'node:http';
import { runConfig } from './engine.ts';
import { ask, KINDS } from './kinds.ts';
import { ACCEPT } from './websocket-key.mjs';

// Outside of the ports that the system gives away; nobody else is in this network.
const BACKEND = 41_000;
const LISTENERS = [41_001, 41_002, 41_003];

const held = [];
const backend = createServer((incoming, response) => {
  incoming.resume();
  incoming.once('end', () => held.push(() => response.setHeader('x-backend', 'a').end()));
}).listen(BACKEND, '127.0.0.1');
backend.on('upgrade', (_incoming, socket) => {
  const head = `HTTP/1.1 101 Switching Protocols\r\nX-Backend: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${ACCEPT}\r\n`;
  socket.on('error', () => {});
  held.push(() => socket.end(head));
});
await runConfig(
  {
    listeners: Object.fromEntries(LISTENERS.map((port) => [`at-${port}`, { address: `127.0.0.1:${port}` }])),
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: `http://127.0.0.1:${BACKEND}` }] } },
  },
  process.cwd(),
);

const seen = {};
for (const kind of KINDS) {
  const crowd = Array.from({ length: 24 }, (_, i) => ask(LISTENERS[i % LISTENERS.length], kind));
  // Those that found a port are answered when others have been refused.
  await Promise.any(crowd);
  const answering = setInterval(() => {
    for (const answer of held.splice(0)) answer();
  }, 50);
  const crowded = [...new Set(await Promise.all(crowd))].sort();
  seen[kind] = { crowded, afterwards: await ask(LISTENERS[0], kind) };
  clearInterval(answering);
}
console.log(JSON.stringify(seen));
process.exit(0);
