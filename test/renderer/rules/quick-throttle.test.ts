import { expect, test } from 'vitest';
import { configEdit } from '../../../proxy-engine/contract/config-edit.ts';
import { editSources } from '../../../proxy-engine/host/config/edit-sources.ts';
import { parseSource } from '../../../proxy-engine/host/config/source.ts';
import { namesOf } from '../../../renderer/rules/document.ts';
import { quickThrottleEdits, quickThrottle as throttleOf } from '../../../renderer/rules/quick-throttle.ts';
import { entriesIn } from '../config-parts.ts';

const quickThrottle = (text: string) => throttleOf(entriesIn(text).rules);
const edits = (preset: Parameters<typeof quickThrottleEdits>[1], ...texts: string[]) =>
  quickThrottleEdits(entriesIn(...texts).rules, preset);
const change = (text: string, preset: Parameters<typeof quickThrottleEdits>[1]): string =>
  editSources(
    [parseSource(text)],
    edits(preset, text).map((edit) => configEdit.parse(edit)),
  )[0]?.text ?? text;

test.each(['version: 1\n', 'version: 1\nrules:\n  # mine\n  - name: other\n'])(
  'on, another, off, on again: %j',
  (text) => {
    expect(quickThrottle(text)).toBe('off');
    expect(edits('off', text)).toEqual([]);
    const slow = change(text, 'slow3g');
    expect(quickThrottle(slow)).toBe('slow3g');
    const faster = change(slow, 'lte');
    expect(quickThrottle(faster)).toBe('lte');
    const off = change(faster, 'off');
    expect(quickThrottle(off)).toBe('off');
    expect(quickThrottle(change(off, 'edge'))).toBe('edge');
    expect(namesOf(entriesIn(off).rules).filter((name) => name === 'Throttle')).toHaveLength(1);
    expect(off.includes('# mine')).toBe(text.includes('# mine'));
  },
);

test.each([
  '{ name: Throttle, request: [{ throttle: { down: 9kbps } }] }',
  '{ name: Throttle, match: path ^= /slow, request: [{ throttle: { down: 400kbps, up: 400kbps, latency: 400ms } }] }',
  '{ name: Throttle }',
])('%s is of one’s own', (rule) => expect(quickThrottle(`rules:\n  - ${rule}\n`)).toBe('own'));

test('a rule of a team is never the one that is switched', () => {
  const team = 'rules: [{ name: Throttle, request: [{ delay: 1s }] }]\n';
  expect(throttleOf(entriesIn('version: 1\n', team).rules)).toBe('off');
  expect(edits('slow3g', 'version: 1\n', team)).toMatchObject([{ insert: 'rules', value: { name: 'Throttle 2' } }]);
});

test('links of one’s own are chosen as the others, and known again by their values', () => {
  const own = [{ name: 'Train', down: '300kbps', up: '', latency: '600ms' }];
  const [edit] = quickThrottleEdits([], 'own:Train', own);
  expect(edit).toMatchObject({ value: { request: [{ throttle: { down: '300kbps', latency: '600ms' } }] } });
  const text = 'rules: [{ name: Throttle, request: [{ throttle: { down: 300kbps, latency: 600ms } }] }]\n';
  expect(throttleOf(entriesIn(text).rules, own)).toBe('own:Train');
  expect(throttleOf(entriesIn(text).rules)).toBe('own');
  expect(quickThrottleEdits([], 'own:Gone', own)).toEqual([]);
});
