import { expect, test } from 'vitest';
import { configArgument } from '../../electron/config-argument.ts';

test.each<[args: string[], file: string | null]>([
  [['switchyard'], null],
  [['electron', '.', '--disable-gpu', '--config=a b.yaml'], 'a b.yaml'],
  [['switchyard', '--config', '中文/é.yaml', '--no-sandbox'], '中文/é.yaml'],
  [['switchyard', '--configs=a.yaml'], null],
  [['switchyard', '--config='], null],
  [['switchyard', '--config'], null],
])('%j names %j', (args, file) => {
  expect(configArgument(args)).toBe(file);
});
