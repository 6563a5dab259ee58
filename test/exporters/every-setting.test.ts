/** Whatever somebody writes into a config is in an exported file, or its report says what becomes of it. */
import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { allSettings, type Setting } from './config-settings.ts';

const TARGETS = ['nginx', 'haproxy', 'caddy', 'envoy', 'traefik'] as const;

function exported(document: object, target: ExportTarget, targetVersion: string | undefined) {
  const config = configSchema.parse(document);
  const { text, approximated, unmapped } = exportConfig(
    config,
    target,
    targetVersion === undefined ? {} : { targetVersion },
  );
  const told = [...approximated, ...unmapped].map((doubt) => JSON.stringify(doubt));
  return {
    lines: text.replace(/^\s*#(?! {3}--).*$/gm, ''),
    told: told.toSorted().join('\n'),
    unmapped: unmapped.map(({ path }) => path),
  };
}

const SETTINGS = allSettings().filter(({ before, after }) => {
  const parsed = (document: object) => JSON.stringify(configSchema.parse(document));
  return parsed(before) !== parsed(after);
});

/** The same there, whatever it says. */
function isNothingThere({ place, value }: Setting, target: ExportTarget): boolean {
  if (place === 'pools.*.backends[].name') return target !== 'haproxy';
  return target === 'nginx' && place === 'pools.*.protocol' && value === 'http1';
}

function isSilent(setting: Setting, target: ExportTarget, version: string | undefined): boolean {
  const [without, having] = [exported(setting.before, target, version), exported(setting.after, target, version)];
  if (without.lines !== having.lines || without.told !== having.told) return false;
  return !isNothingThere(setting, target) && !isLeftOut(setting.place, target, having.unmapped);
}

/** Of these nothing is left where a report says that they are not mapped. */
const WHOLE = /\.((request|response)\[0\](\.append\.x-a)?|respond|healthCheck|discover|mirror|sticky|upstreamProxy)$/;

function isLeftOut(place: string, target: ExportTarget, unmapped: readonly string[]): boolean {
  const at = place.replaceAll('[]', '[0]').replace('pools.*', 'pools.api').replace('listeners.*', 'listeners.gateway');
  const isWhole = (path: string) => WHOLE.test(path) || (target === 'caddy' && path.endsWith('.limit'));
  return unmapped.some((path) => isWhole(path) && `${at.replace(/\*$/, 'x-a')}.`.startsWith(`${path}.`));
}

test.each(
  TARGETS.flatMap(
    (target) =>
      [
        [target, undefined],
        [target, '99'],
      ] as const,
  ),
)('%s %s', (target, version) => {
  const silent = SETTINGS.filter((setting) => isSilent(setting, target, version));
  expect(silent.map(({ place, value }) => `${place}: ${JSON.stringify(value)}`)).toEqual([]);
});
