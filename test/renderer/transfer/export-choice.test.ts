import { expect, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../../proxy-engine/exporters/export.ts';
import {
  exportInput,
  FIRST_CHOICE,
  isVersion,
  namesOf,
  withAll,
  withName,
} from '../../../renderer/transfer/export-choice.ts';
import { countOf, entriesOfExport, entriesOfImport } from '../../../renderer/transfer/report.ts';

const config = configSchema.parse({
  version: 1,
  routes: [
    { name: 'api', pool: 'api' },
    { name: 'rest', respond: {} },
  ],
  pools: { api: { backends: [{ url: 'http://a' }], slowStart: '5s' } },
  rules: [{ name: 'One' }],
});

test('what nothing was left out of is not named, so that all of it goes along', () => {
  expect(exportInput(FIRST_CHOICE, config)).toEqual({ target: 'nginx' });
  expect(exportInput({ ...FIRST_CHOICE, version: '1.26' }, null)).toEqual({ target: 'nginx', targetVersion: '1.26' });
});

test('names are taken out one by one, or all of a kind, and taken back', () => {
  const some = withName(FIRST_CHOICE, 'routes', 'api', false);
  expect(exportInput(some, config)).toEqual({ target: 'nginx', select: { routes: ['rest'] } });
  expect(withName(some, 'routes', 'api', true)).toEqual(FIRST_CHOICE);
  const none = withAll(some, 'pools', namesOf(config, 'pools'), false);
  expect(exportInput(none, config)).toEqual({ target: 'nginx', select: { routes: ['rest'], pools: [] } });
  expect(withAll(none, 'pools', namesOf(config, 'pools'), true)).toEqual(some);
});

test.each([
  ['', true],
  ['1.22', true],
  ['3', true],
  ['v3', false],
  ['1.', false],
])('%j as a version: %s', (text, valid) => {
  expect(isVersion(text)).toBe(valid);
});

test('a report begins with what is missing', () => {
  const entries = entriesOfExport(exportConfig(config, 'nginx'));
  expect(entries[0]).toMatchObject({ outcome: 'unmapped', at: 'pools.api.slowStart' });
  expect(entries.at(-1)?.outcome).toBe('mapped');
  expect(countOf(entries, 'unmapped')).toBe(1);
  const items = [
    { at: '1', what: 'a', outcome: 'mapped' as const },
    { at: '2', what: 'b', outcome: 'unmapped' as const, why: 'c' },
  ];
  expect(entriesOfImport(items).map(({ at }) => at)).toEqual(['2', '1']);
});
