import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { userDataIn } from '../../electron/user-data.ts';
import { temporaryDirectory } from '../support/tls.ts';

test('a directory that can be written is made and taken', () => {
  const wanted = join(temporaryDirectory(), 'a', 'Switchyard');
  expect(userDataIn(() => wanted, '/nowhere')).toEqual({ directory: wanted });
  expect(readdirSync(wanted)).toEqual([]);
});

test('another one stands in for one that cannot be made, and why is told', () => {
  const temporary = temporaryDirectory();
  const { directory, problem } = userDataIn(() => '/dev/null/Switchyard', temporary);
  expect(readdirSync(temporary).map((name) => join(temporary, name))).toEqual([directory]);
  expect(problem).toMatch(/^E.*\/dev\/null/);
});
