import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

it('says what is right but does not do what it seems to', async () => {
  const file = join(temporaryDirectory(), 'switchyard.yaml');
  writeFileSync(
    file,
    `version: 1
pools:
  slow: { backends: [{ url: 'http://127.0.0.1:3001' }], slowStart: 10s }
  keyed: { policy: maglev, hash: { on: uri }, backends: [{ url: 'http://127.0.0.1:3001' }], slowStart: 10s }
  plain: { policy: first, backends: [{ url: 'http://127.0.0.1:3001' }] }
routes:
  - { name: none, split: [{ pool: slow, weight: 0 }, { pool: keyed, weight: 0 }] }
  - { name: some, split: [{ pool: slow, weight: 0 }, { pool: keyed, weight: 1 }] }
rules:
  - { name: mock, request: [{ respond: { status: 200 } }, { delay: 1s }, { mark: { color: red } }] }
  - { name: slow, request: [{ delay: 1s }, { respond: { status: 200 } }] }
  - { name: typo, match: 'route in (some, nome) and not pool = "p q" and rule != z', response: [{ status: 200 }] }
`,
  );
  const main = join(root, 'proxy-engine/host/cli/main.ts');
  const { stdout } = await run(join(root, 'node_modules/.bin/node'), [main, 'check', file]);
  expect(stdout.replaceAll(file, 'FILE')).toBe(
    'FILE: ok: 0 listeners, 2 routes, 3 pools, 3 rules\n' +
      'FILE: note: pools.keyed.slowStart has no effect with maglev; take it out\n' +
      'FILE: note: route none: all weights of its split are 0, so that slow gets all of it\n' +
      'FILE: note: rule mock: delay, mark behind respond never acts; put it before\n' +
      'FILE: note: rule typo: route = nome never holds, as no route is called so; did you mean none?\n' +
      'FILE: note: rule typo: pool = "p q" never holds, as no pool is called so\n',
  );
});
