import { expect, test } from 'vitest';
import { refuseFilesBeside } from '../../../renderer/frame/files-beside.ts';

test.each([
  ['a file beside the place for it', ['Files'], false, true],
  ['a file in its place, which takes it', ['Files'], true, false],
  ['a text', ['text/plain'], false, false],
])('%s', (_what, types, isTaken, isRefused) => {
  const page = new EventTarget();
  refuseFilesBeside(page as Window);
  for (const name of ['dragover', 'drop']) {
    const dataTransfer = { types, dropEffect: 'copy' };
    const event = Object.assign(new Event(name, { cancelable: true }), { dataTransfer });
    if (isTaken) event.preventDefault();
    page.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(isTaken || isRefused);
    expect(dataTransfer.dropEffect).toBe(isRefused ? 'none' : 'copy');
  }
});
