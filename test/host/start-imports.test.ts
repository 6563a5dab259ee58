/** What a start does not need is loaded when something first needs it. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Packages and files that `file` and what it imports need to begin with: types and `import()` are none of them. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type\b)(?:[^;]*? from )?'([^']+)';$/gm)) {
    const path = from.startsWith('.') ? resolve(dirname(file), from) : from;
    if (found.has(path)) continue;
    found.add(path);
    if (path.endsWith('.ts')) importsOf(path, found);
  }
  return found;
}

it('a start loads nothing that issues certificates, and no log', () => {
  const imports = new Set(
    ['host/cli/run.ts', 'engine.ts'].flatMap((file) => [...importsOf(resolve(ROOT, 'proxy-engine', file))]),
  );
  expect(imports).toContain(resolve(ROOT, 'proxy-engine/tls/authority.ts'));
  expect(imports).toContain('zod');
  for (const late of ['@peculiar/x509', 'reflect-metadata', 'pino', 'undici', 'redis'])
    expect(imports).not.toContain(late);
});
