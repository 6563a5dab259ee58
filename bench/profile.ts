/** `node bench/profile.ts [--seconds N]`: where the time of the small GET with 20 rules and capture goes; writes profiles and flame graphs to ./profiles. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackends } from './backends.ts';
import { closedLoop } from './load.ts';
import { switchyard } from './peers/switchyard.ts';

const PORT = 9311;
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' } } });
const folder = resolve('profiles');
await mkdir(folder, { recursive: true });
const dir = await mkdtemp(join(tmpdir(), 'bench-profile-'));
const backends = await startBackends();
try {
  process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${folder}`;
  const running = await switchyard({ capture: true, rules: 20 }).start(dir, PORT);
  delete process.env.NODE_OPTIONS;
  await closedLoop(`http://127.0.0.1:${PORT}/`, Number(values.seconds));
  await running.stop();
} finally {
  await backends.stop();
  await rm(dir, { recursive: true, force: true });
}
for (const name of await readdir(folder))
  if (name.endsWith('.cpuprofile'))
    execFileSync(process.execPath, [join(import.meta.dirname, 'flame-graph.ts'), join(folder, name)], {
      stdio: 'inherit',
    });
