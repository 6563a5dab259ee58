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
