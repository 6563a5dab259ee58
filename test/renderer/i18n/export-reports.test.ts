/** Reports of exports in Chinese, as they read once what varies is filled in. */
import { expect, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../../proxy-engine/exporters/export.ts';
import { messagesFor } from '../../../renderer/i18n/messages.ts';
import { allSettings } from '../../exporters/config-settings.ts';
import { fullConfig } from '../../exporters/configs.ts';

const { engine } = messagesFor('zh-TW');
const CONFIGS = [fullConfig(), ...allSettings().map(({ after }) => configSchema.parse(after))];

test.each(['nginx', 'haproxy', 'caddy', 'envoy', 'traefik'] as const)('%s: spaces between scripts', (target) => {
  const texts = CONFIGS.flatMap((config) => {
    const { mapped, approximated, unmapped } = exportConfig(config, target);
    const doubts = [...approximated, ...unmapped];
    return [...[...mapped, ...doubts].map(({ what }) => what), ...doubts.map(({ why }) => why)];
  });
  const said = [...new Set(texts)].map((text) => engine(text));
  expect(said.filter((text) => /[a-z0-9][一-鿿]|[一-鿿][a-z0-9]/i.test(text))).toEqual([]);
  expect(said.length).toBeGreaterThan(50);
});
