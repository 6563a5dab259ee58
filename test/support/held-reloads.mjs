// Requests that go on while the config is replaced 150 times, each time with another ring. Prints by how many bytes memory has grown. Needs --expose-gc.
import { createServer, get } from 'node:http';
import { applyConfig, portOf, runConfig } from './engine.ts';
import { until } from './until.ts';

let asked = 0;
const backend = createServer(() => asked++).listen(0, '127.0.0.1');
await new Promise((resolve) => backend.once('listening', resolve));
const documentOf = (weight) => ({
  listeners: { gateway: { address: '127.0.0.1:0' } },
  routes: [{ name: 'all', pool: 'p' }],
  pools: {
    p: {
      policy: 'maglev',
      hash: { on: 'path' },
      timeouts: { connect: '0s', head: '0s' },
      connections: { maxInFlight: 1, queue: 9 },
      backends: [{ name: 'a', url: `http://127.0.0.1:${backend.address().port}`, weight }],
    },
  },
});
const engine = await runConfig(documentOf(1), process.cwd());
const port = portOf(engine, 'gateway');
for (let sent = 0; sent < 3; sent++) get({ port, host: '127.0.0.1', agent: false });
await until(() => asked === 1 && engine.state().pools[0].queued === 2);

async function reload(times) {
  for (let i = 0; i < times; i++) await applyConfig(engine, documentOf(1 + (i % 5)), process.cwd());
}
function heldBytes() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
await reload(20);
const before = heldBytes();
await reload(150);
// What a collection frees is swept beside what runs.
let least = heldBytes() - before;
for (let look = 0; look < 20; look++) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  least = Math.min(least, heldBytes() - before);
}
console.log(least);
process.exit(0);
