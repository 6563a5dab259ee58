import { expect, test } from 'vitest';
import { editsBetween } from '../../../renderer/rules/edits.ts';
import { rebase, settle } from '../../../renderer/rules/rebase.ts';
import {
  applyCaptureDraft,
  applyListenerDraft,
  captureDraftOf,
  issuesBelow,
  listenerDraftOf,
  listenerForm,
  NEW_LISTENER,
  type RawListener,
  settingsOf,
} from '../../../renderer/settings/settings-document.ts';

const LISTENERS: Record<string, RawListener> = {
  plain: { address: '127.0.0.1:8080' },
  proxy: { address: '127.0.0.1:8888', mode: 'forward', intercept: 'host $= .test' },
  site: {
    address: '127.0.0.1:8443',
    tls: { certificates: [{ cert: 'a.pem', key: 'a.key' }] },
    limits: { headers: 50 },
  },
  lines: { address: '127.0.0.1:8889', mode: 'forward', intercept: 'host = a.test\nor host = b.test\n' },
  local: { address: '[::1]:8443', mode: 'reverse', allowRemote: false, tls: { local: true } },
};

test.each(Object.entries(LISTENERS))('nothing edited is nothing changed: %s', (name, raw) => {
  expect(editsBetween(['listeners', name], raw, applyListenerDraft(raw, listenerDraftOf(name, raw)))).toEqual([]);
});

test.each<[what: string, name: string, part: Partial<ReturnType<typeof listenerDraftOf>>, after: RawListener]>([
  [
    'a reverse one loses its interception',
    'proxy',
    { mode: 'reverse' },
    { address: '127.0.0.1:8888', mode: 'reverse' },
  ],
  [
    'TLS keeps the certificates',
    'site',
    { localTls: true },
    { ...LISTENERS.site, tls: { ...LISTENERS.site?.tls, local: true } },
  ],
  [
    'TLS that was only local goes',
    'local',
    { localTls: false },
    { address: '[::1]:8443', mode: 'reverse', allowRemote: false },
  ],
  [
    'remote clients',
    'plain',
    { allowRemote: true, address: ' 0.0.0.0:80 ' },
    { address: '0.0.0.0:80', allowRemote: true },
  ],
])('%s', (_, name, part, after) => {
  const raw = LISTENERS[name] ?? {};
  expect(applyListenerDraft(raw, { ...listenerDraftOf(name, raw), ...part })).toEqual(after);
});

test('a new one is a proxy', () => {
  expect(applyListenerDraft({}, NEW_LISTENER)).toEqual({ address: '127.0.0.1:8888', mode: 'forward' });
});

test('capture: what is emptied leaves the document, the rest stays', () => {
  const raw = { bodies: '2MiB', redact: ['cookie', 'x-key'], other: 1 };
  const draft = captureDraftOf(raw);
  expect(draft).toMatchObject({ bodies: '2MiB', exchanges: '', redact: 'cookie, x-key' });
  expect(applyCaptureDraft(raw, draft)).toEqual(raw);
  expect(applyCaptureDraft(raw, { ...draft, bodies: ' ', exchanges: '5000', redact: 'x-key  authorization,' })).toEqual(
    {
      exchanges: 5000,
      redact: ['x-key', 'authorization'],
      other: 1,
    },
  );
});

test('what somebody else changes in a listener is followed where nothing was typed, and told where it was', () => {
  const form = listenerForm('site');
  const base = LISTENERS.site as RawListener;
  const typed = { draft: { ...form.draftOf(base), address: '127.0.0.1:1' }, base };
  const followed = rebase(typed, { ...base, mode: 'forward' }, form);
  expect([followed.draft.mode, followed.draft.address, followed.conflicts]).toEqual(['forward', '127.0.0.1:1', []]);
  const now = { ...base, address: '127.0.0.1:2', tls: { local: true } };
  const met = rebase(typed, now, form);
  expect(met.conflicts).toEqual([{ key: 'address', mine: '127.0.0.1:1', theirs: '127.0.0.1:2' }]);
  const settled = settle(met, now, 'address', 'theirs', form);
  expect(form.apply(settled.base, settled.draft)).toEqual(now);
});

test('what a document says, nothing before it is known', () => {
  expect(settingsOf({ listeners: { a: { address: 'x' } } })).toEqual({
    listeners: { a: { address: 'x' } },
    capture: {},
  });
  expect(settingsOf(undefined)).toEqual({ listeners: {}, capture: {} });
});

test.each([
  ['a', 'listeners.a', 'listeners.b'],
  ['我的 proxy.1', 'listeners["我的 proxy.1"]', 'listeners["我"]'],
])('issues of listener %s go to their fields', (name, at, other) => {
  const issues = [
    { path: `${at}.address`, message: 'expected host:port' },
    { path: `${at}.tls.client`, message: 'no such file' },
    { path: other, message: 'twice' },
  ];
  expect(issuesBelow(issues, `listeners.${name}`)).toEqual({
    address: 'expected host:port',
    tls: 'no such file',
    '': `${other}: twice`,
  });
});
