import { execFileSync } from 'node:child_process';
import type { ElectronApplication } from 'playwright-core';

/** Ends the engine of `app` as a crash would: SIGKILL. */
export async function killEngine(app: ElectronApplication): Promise<void> {
  const main = await app.evaluate(() => process.pid);
  process.kill(enginePid(main), 'SIGKILL');
}

/** The utility process that is no service of Chromium's, or the fork that runs engine.cjs. */
function enginePid(main: number): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const children = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((match) => match !== null);
  const engine = children.find(
    ([, , parent, args]) => Number(parent) === main && /node\.mojom\.NodeService|engine\.cjs/.test(args ?? ''),
  );
  if (!engine) throw new Error('the app has no engine process');
  return Number(engine[1]);
}
