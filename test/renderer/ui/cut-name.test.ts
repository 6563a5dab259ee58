import { expect, test } from 'vitest';
import { endOfName } from '../../../renderer/ui/cut-name.tsx';

test.each([
  ['api-blue-with-quite-a-long-name', 'name'],
  ['127.0.0.1:25101', ':25101'],
  ['[::1]:80', ':80'],
  ['replica:west', 'west'],
  ['replica-🚂🚃🚃🚃🚃', '🚃🚃🚃🚃'],
  ['replica-of-the-👩‍👩‍👧', 'he-👩‍👩‍👧'],
])('%s ends with %s, whatever the room', (name, end) => {
  expect(endOfName(name)).toBe(end);
});
