import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultDataDirectory } from '../../proxy-engine/host/data-directory.ts';

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
  ['linux', {}, join(homedir(), '.config/Switchyard/data')],
  ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/Switchyard/data'],
  ['darwin', {}, join(homedir(), 'Library/Application Support/Switchyard/data')],
  ['win32', { APPDATA: '/a' }, '/a/Switchyard/data'],
])('state of %s with %j lies in %s', (platform, environment, directory) => {
  expect(defaultDataDirectory(platform, environment)).toBe(directory);
});

test('without a home it is asked for, and never where the command was called', () => {
  const { HOME } = process.env;
  onTestFinished(() => void (process.env['HOME'] = HOME ?? ''));
  process.env['HOME'] = '';
  expect(() => defaultDataDirectory('linux', {})).toThrow(/^this user has no home directory.*--data DIR/);
  expect(defaultDataDirectory('linux', { XDG_CONFIG_HOME: '/x' })).toBe('/x/Switchyard/data');
});
