// An engine in a process of its own, before the backend at port `argv[2]`; tells its port, and its memory when it is asked. Needs --expose-gc.
import { runConfig } from './engine.ts';

const engine = await runConfig(
  {
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { ejection: false, backends: [{ url: `http://127.0.0.1:${process.argv[2]}` }] } },
  },
  process.cwd(),
);
process.on('message', async () => {
  // Connections that close, their buffers and what refers to them go one after the other.
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ rss, held: heapUsed + external });
});
process.send({ port: Number(engine.state().listeners[0].address.split(':').at(-1)) });
