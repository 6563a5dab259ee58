// Where the system gives away ten ports only: 24 requests at once over three listeners, then one more. Prints what clients saw.
import { createServer, get } from 'node:http';
import { runConfig } from './engine.ts';

// Outside of the ports that the system gives away; nobody else is in this network.
const BACKEND = 41_000;
const LISTENERS = [41_001, 41_002, 41_003];

const held = [];
const backend = createServer((_incoming, response) => held.push(response)).listen(BACKEND, '127.0.0.1');
const engine = await runConfig(
  {
    listeners: Object.fromEntries(LISTENERS.map((port) => [`at-${port}`, { address: `127.0.0.1:${port}` }])),
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: `http://127.0.0.1:${BACKEND}` }] } },
  },
  process.cwd(),
);

const crowd = Array.from({ length: 24 }, (_, i) => ask(LISTENERS[i % LISTENERS.length]));
// Those that found a port are answered when the others have been refused.
await Promise.any(crowd);
const answering = setInterval(() => {
  for (const response of held.splice(0)) response.end();
}, 50);
const crowded = [...new Set(await Promise.all(crowd))].sort();
const afterwards = [await ask(LISTENERS[0])];
clearInterval(answering);
console.log(JSON.stringify({ crowded, afterwards }));
await engine.close(0);
backend.close();
backend.closeAllConnections();

function ask(port) {
  return new Promise((resolve, reject) => {
    get({ port, agent: false }, (response) => {
      const code = response.headers['x-switchyard-error'];
      response.resume();
      response.once('end', () => resolve([response.statusCode, code].filter(Boolean).join(' ')));
    }).once('error', reject);
  });
}
