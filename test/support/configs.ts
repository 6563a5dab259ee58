import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from './backend.ts';

/** The smallest useful config: one gateway, one pool `api` of `backends`. */
export function gatewayConfig(address: string, backends: readonly Backend[]): string {
  const lines = backends.map(({ name, url }) => `      - { name: ${name}, url: '${url}' }`);
  return `version: 1
listeners:
  gateway: { address: '${address}' }
routes:
  - { name: all, pool: api }
pools:
  api:
    backends:
${lines.join('\n')}
`;
}

/** The part of a config whose only rule runs a script, which is written to `directory`: it tells the method in `x-by-script`. */
export function scriptedRule(directory: string): string {
  const file = join(directory, 'told.js');
  writeFileSync(
    file,
    "function onResponse({ request, response }) { response.headers.set('x-by-script', request.method); }",
  );
  return `rules:\n  - { name: Told, match: 'path = /scripted', response: [{ script: '${file}' }] }\n`;
}
