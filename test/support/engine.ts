import type { Clock } from '../../proxy-engine/clock.ts';
import { type Config, type ConfigDocument, configSchema } from '../../proxy-engine/contract/config.ts';
import type { Exchange, ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import { Engine } from '../../proxy-engine/engine.ts';

export interface TestEngine {
  engine: Engine;
  port: number;
  close(): Promise<void>;
}

/** An engine with one listener on a free port, a route to pool `p` and these backends. */
export async function startEngine(
  ports: readonly number[],
  more: {
    pool?: object;
    upstream?: 'codec' | 'undici';
    listener?: object;
    clock?: Clock;
    authorityDir?: string;
  } & Pick<ConfigDocument, 'routes' | 'pools' | 'rules'> = {},
): Promise<TestEngine> {
  const backends = ports.map((port, index) => ({ name: 'abcdef'[index], url: `http://127.0.0.1:${port}` }));
  const config: Config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:0', ...more.listener } },
    routes: more.routes ?? [{ name: 'all', pool: 'p' }],
    pools: { p: { backends, ...more.pool }, ...more.pools },
    rules: more.rules ?? [],
  });
  const { clock, authorityDir, upstream = 'codec' } = more;
  const engine = await Engine.create({
    capture: true,
    version: 'test',
    recordings: 'memory',
    upstream,
    ...(clock && { clock }),
    ...(authorityDir !== undefined && { authorityDir }),
  });
  await engine.apply(config, { baseDir: '.' });
  return { engine, port: portOf(engine, 'gateway'), close: () => engine.close(0) };
}

/** An engine that runs `document`; relative paths and the local authority are under `directory`. */
export async function runConfig(document: Omit<ConfigDocument, 'version'>, directory: string): Promise<Engine> {
  const engine = await Engine.create({
    capture: true,
    version: 'test',
    recordings: 'memory',
    authorityDir: `${directory}/authority`,
  });
  await applyConfig(engine, document, directory);
  return engine;
}

export function applyConfig(
  engine: Engine,
  document: Omit<ConfigDocument, 'version'>,
  directory: string,
): Promise<void> {
  return engine.apply(configSchema.parse({ version: 1, ...document }), { baseDir: directory });
}

export function portOf(engine: Engine, listener: string): number {
  const { address = '' } = engine.state().listeners.find(({ name }) => name === listener) ?? {};
  return Number(address.split(':').at(-1));
}

/** Everything recorded so far, the oldest first. */
export async function recordedRows(engine: Engine): Promise<ExchangeRow[]> {
  return (await engine.store.query({ from: 0, limit: 1000, order: 'asc' })).rows;
}

/** The newest exchange that has ended and for which `wanted` holds; waits until there is one. */
export function recorded(
  engine: Engine,
  wanted: (row: ExchangeRow) => boolean = () => true,
  withinMs = 30_000,
): Promise<Exchange> {
  return shown(engine, (row) => row.durationMs !== undefined && wanted(row), withinMs);
}

/** The same of those that go on, too. */
export async function shown(
  engine: Engine,
  wanted: (row: ExchangeRow) => boolean = () => true,
  withinMs = 30_000,
): Promise<Exchange> {
  const until = Date.now() + withinMs;
  for (;;) {
    const rows = await recordedRows(engine);
    const row = rows.findLast(wanted);
    const exchange = row && (await engine.store.get(row.id));
    if (exchange) return exchange;
    if (Date.now() > until) throw new Error(`no such exchange was recorded among ${JSON.stringify(rows)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The attempts of the request with this path, once it has ended: `a RESET, b 200`. */
export async function attemptsAt(engine: Engine, path: string): Promise<string> {
  const { attempts } = await recorded(engine, (row) => row.path === path);
  return attempts.map(({ backend, status, error }) => `${backend} ${error?.code ?? status}`).join(', ');
}
