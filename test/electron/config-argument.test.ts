import { expect, test } from 'vitest';
import { argumentsOf, configArgument } from '../../electron/config-argument.ts';

test.each<[args: string[], file: string | null]>([
  [['switchyard'], null],
  [['electron', '.', '--disable-gpu', '--config=a b.yaml'], 'a b.yaml'],
  [['switchyard', '--config', '中文/é.yaml', '--no-sandbox'], '中文/é.yaml'],
  [['switchyard', '--configs=a.yaml'], null],
  [['switchyard', '--config='], null],
  [['switchyard', '--config'], null],
  [['electron', '.', '/home/a b/my.yaml', 'other.yml'], '/home/a b/my.yaml'],
  [['switchyard', 'a.yaml', '--config', 'b.yaml'], 'b.yaml'],
  [['/opt/x.yaml', '--no-a.yaml', 'a.har'], null],
])('%j names %j', (args, file) => {
  expect(configArgument(args)).toBe(file);
});

test.each([null, '/home/a/b.yaml'])(
  'who is started in the place of a start has its arguments, and its config is %j',
  (configFile) => {
    const args = argumentsOf({ configFile, args: ['.', '--disable-gpu', '--config', 'b.yaml'] });
    expect(args.slice(-4)).toEqual(['.', '--disable-gpu', '--config', 'b.yaml']);
    if (configFile !== null) expect(configArgument(args)).toBe(configFile);
  },
);
