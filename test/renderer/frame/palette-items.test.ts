import { describe, expect, test } from 'vitest';
import type { App } from '../../../renderer/app.ts';
import { commandItems, isMeant } from '../../../renderer/frame/palette-items.ts';
import { messagesFor } from '../../../renderer/i18n/messages.ts';

describe('isMeant', () => {
  const item = { value: 'x', label: 'Take api/a out (maint)', also: 'switch off', section: 'Backends', run() {} };

  test.each(['', 'take', 'API/A', 'a out', 'out api', 'off api/a', 'backends switch ', 'maint'])(
    '"%s" finds it',
    (typed) => {
      expect(isMeant(item, typed)).toBe(true);
    },
  );

  test.each(['bring', 'api/b', 'off api/b'])('"%s" does not', (typed) => {
    expect(isMeant(item, typed)).toBe(false);
  });
});

describe('commands are found by what other programs call them', () => {
  test.each([
    ['en', 'breakpoint', 'traffic.breakNext'],
    ['en', 'map local', 'rules.new'],
    ['en', 'search body', 'traffic.findInBodies'],
    ['en', 'theme', 'theme.next'],
    ['en', 'export nginx', 'rules.export'],
    ['zh-TW', 'export nginx', 'rules.export'],
    ['zh-TW', '中斷點', 'traffic.breakNext'],
  ] as const)('%s: "%s" finds %s', (language, typed, id) => {
    const items = commandItems({ mac: false } as App, messagesFor(language));
    expect(items.filter((item) => isMeant(item, typed)).map(({ value }) => value)).toContain(id);
  });
});
