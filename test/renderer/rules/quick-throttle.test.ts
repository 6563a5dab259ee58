import { expect, test } from 'vitest';
import { editText } from '../../../proxy-engine/host/config/edit.ts';
import { rulesOf } from '../../../renderer/rules/document.ts';
import { quickThrottle, quickThrottleEdits } from '../../../renderer/rules/quick-throttle.ts';

const change = (text: string, preset: Parameters<typeof quickThrottleEdits>[1]): string =>
  editText(text, quickThrottleEdits(text, preset));

test.each(['version: 1\n', 'version: 1\nrules:\n  # mine\n  - name: other\n'])(
  'on, another, off, on again: %j',
  (text) => {
    expect(quickThrottle(text)).toBe('off');
    expect(quickThrottleEdits(text, 'off')).toEqual([]);
    const slow = change(text, 'slow3g');
    expect(quickThrottle(slow)).toBe('slow3g');
    const faster = change(slow, 'lte');
    expect(quickThrottle(faster)).toBe('lte');
    const off = change(faster, 'off');
    expect(quickThrottle(off)).toBe('off');
    expect(quickThrottle(change(off, 'edge'))).toBe('edge');
    expect(rulesOf(off).filter(({ name }) => name === 'Throttle')).toHaveLength(1);
    expect(off.includes('# mine')).toBe(text.includes('# mine'));
  },
);

test.each([
  '{ name: Throttle, request: [{ throttle: { down: 9kbps } }] }',
  '{ name: Throttle, match: path ^= /slow, request: [{ throttle: { down: 400kbps, up: 400kbps, latency: 400ms } }] }',
  '{ name: Throttle }',
])('%s is of one’s own', (rule) => expect(quickThrottle(`rules:\n  - ${rule}\n`)).toBe('own'));
