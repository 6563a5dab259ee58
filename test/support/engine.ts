import { type Config, type ConfigDocument, configSchema } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';

export interface TestEngine {
  engine: Engine;
  port: number;
  close(): Promise<void>;
}

/** An engine with one listener on a free port, a route to pool `p` and these backends. */
export async function startEngine(
  ports: readonly number[],
  more: { pool?: object } & Pick<ConfigDocument, 'routes' | 'pools' | 'rules'> = {},
): Promise<TestEngine> {
  const backends = ports.map((port, index) => ({ name: 'abcdef'[index], url: `http://127.0.0.1:${port}` }));
  const config: Config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: more.routes ?? [{ name: 'all', pool: 'p' }],
    pools: { p: { backends, ...more.pool }, ...more.pools },
    rules: more.rules ?? [],
  });
  const engine = await Engine.create({ capture: true, version: 'test' });
  await engine.apply(config, { baseDir: '.' });
  const address = engine.state().listeners[0]?.address ?? '';
  return { engine, port: Number(address.split(':').at(-1)), close: () => engine.close(0) };
}
