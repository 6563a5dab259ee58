import { expect, it } from 'vitest';
import { exitCodeOf } from '../../../proxy-engine/host/cli/failure.ts';

const TAKEN = '127.0.0.1:80 is taken (EADDRINUSE); stop the other program or choose another port';

it.each([
  [[TAKEN], 2],
  [['cannot read a.pem: ENOENT: no such file or directory'], 2],
  [['no pool is called "EUROPE"'], 1],
  [['no pool is called "api"'], 1],
  [[TAKEN, 'no pool is called "api"'], 1],
])('%j: exit code %i', (messages, code) => {
  expect(exitCodeOf(messages.map((message) => ({ path: '', message })))).toBe(code);
});
