/** Checks configurations against published TypeScript definitions, with the compiler itself. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../../node_modules');

/** `type`: exported by `definitions`, a package of npm. What the compiler objects to, a line each; empty when it takes all of them. */
export function typeMistakes(definitions: string, type: string, values: readonly unknown[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'published-types-'));
  const file = join(dir, 'values.ts');
  const from = JSON.stringify(join(modules, definitions, 'index.d.ts'));
  const consts = values.map((value, i) => `export const value${i}: ${type} = ${JSON.stringify(value, null, 1)};`);
  writeFileSync(file, `import type { ${type} } from ${from};\n${consts.join('\n')}\n`);
  try {
    const args = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--types', '', file];
    const { status, stdout, stderr } = spawnSync(join(modules, '.bin/tsc'), args, { cwd: dir, encoding: 'utf8' });
    if (status !== 0 && stdout.trim() === '') throw new Error(`tsc ended with ${status}: ${stderr}`);
    return stdout.split('\n').filter((line) => /error TS/.test(line));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
