/** The least, the most and the strangest that the schema takes at each place: the exported file is one that its program takes. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { loadConfig } from '../../proxy-engine/host/config/load.ts';
import { put } from './config-paths.ts';
import { allSettings, type Setting } from './config-settings.ts';
import { complaintsAbout } from './envoy-schema.ts';
import { complaintOf, type PeerName } from './peers.ts';

const EDGES = [0, 0.00001, 1_000_000, '', '0ms', '0B', '4GiB', 'ü{"$$%', 'x'.repeat(300)];

/** Its program looks for no file and no name of it. */
function isAlone({ place }: Setting): boolean {
  return !/\.(?:cert|key|ca\[\]|ca|bodyFile|dns|refresh|url|verify)$|discover/.test(place);
}

const OPTIONS = { baseDir: '/', environment: {}, readFile: () => '' };

/** One of each place with each edge that may stand there. */
function edgesOf(settings: readonly Setting[]): Setting[] {
  const places = new Map(settings.filter(isAlone).map((setting) => [setting.place, setting]));
  return [...places.values()].flatMap((setting) =>
    EDGES.flatMap((value) => {
      const after = { groups: { G: {} }, ...structuredClone(setting.before) };
      put(after, setting.place, value);
      return loadConfig(JSON.stringify(after), OPTIONS).ok ? [{ ...setting, value, after }] : [];
    }),
  );
}

const SETTINGS = edgesOf(allSettings());

/** What differs besides comments, and with it one setting that does it. */
function textsOf(target: ExportTarget): Map<string, string> {
  return new Map(
    SETTINGS.map(({ place, value, after }) => {
      const { text } = exportConfig(configSchema.parse(after), target);
      return [text.replace(/^\s*#.*\n/gm, ''), `${place}: ${JSON.stringify(value).slice(0, 40)}`];
    }),
  );
}

describe.each<PeerName>(['nginx', 'haproxy', 'caddy'])('%s takes', (peer) => {
  test.each([...textsOf(peer)].map(([text, what]) => [what, text]))('%s', async (_what, text) => {
    const said = await complaintOf(peer, text);
    expect(said === null || /\.pem|\.key|\.html|b\.txt|x{100}/.test(said) ? null : said).toBeNull();
  });
});

test('Envoy takes all of them', () => {
  const complaints = [...textsOf('envoy')].flatMap(([text, what]) =>
    complaintsAbout('envoy.config.bootstrap.v3.Bootstrap', parse(text, { version: '1.1' })).map(
      (each) => `${what}: ${each}`,
    ),
  );
  expect(complaints).toEqual([]);
});
