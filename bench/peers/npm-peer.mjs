// `node npm-peer.mjs PACKAGE reverse|tunnel|intercept PORT DIR`: one of the proxies from npm, in front of the backends of the bench.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [name, mode, portText, dir] = process.argv.slice(2);
const port = Number(portText);
const load = createRequire(join(process.env.BENCH_CACHE, 'package.json'));
const BACKENDS = [9301, 9302, 9303].map((backend) => `http://127.0.0.1:${backend}`);

const starters = {
  'http-proxy'() {
    const { Agent } = load('node:http');
    const proxy = load('http-proxy').createProxyServer({ agent: new Agent({ keepAlive: true, maxSockets: 256 }) });
    proxy.on('error', (_error, _request, response) => response.destroy?.());
    let next = 0;
    const server = createServer((request, response) =>
      proxy.web(request, response, { target: BACKENDS[next++ % BACKENDS.length] }),
    );
    server.listen({ port, host: '127.0.0.1', backlog: 4096 });
  },
  async mockttp() {
    const mockttp = load('mockttp');
    const https = mode === 'reverse' ? undefined : await mockttp.generateCACertificate();
    const tls = mode === 'tunnel' ? { ...https, tlsPassthrough: [{ hostname: 'localhost' }] } : https;
    const server = mockttp.getLocal({ https: tls, recordTraffic: false });
    await server.start(port);
    const rule = server.forAnyRequest();
    if (mode === 'reverse') await rule.thenForwardTo(BACKENDS[0]);
    else await rule.thenPassThrough({ ignoreHostHttpsErrors: true });
  },
  whistle() {
    load('whistle')({ port, host: '127.0.0.1', baseDir: dir, mode: 'noGlobalPlugins' });
  },
};

await starters[name]();
