import { expect, test } from 'vitest';
import { wireText } from '../../proxy-engine/contract/wire-text.ts';

test.each([
  ['/caf\xc3\xa9?q=\xe4\xb8\xad', '/café?q=中'],
  ['/caf\xe9', '/café'],
  ['/plain', '/plain'],
  ['/中 is é already', '/中 is é already'],
  ['', ''],
])('%j is shown as %j', (wire, text) => {
  expect(wireText(wire)).toBe(text);
});
