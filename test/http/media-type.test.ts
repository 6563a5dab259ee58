import { expect, test } from 'vitest';
import { isEventStream } from '../../proxy-engine/http/media-type.ts';

test.each<[contentType: string | undefined, is: boolean]>([
  ['text/event-stream', true],
  ['Text/Event-Stream; charset=utf-8', true],
  ['text/html', false],
  ['application/json; for=text/event-stream', false],
  ['', false],
  [undefined, false],
])('%o', (contentType, is) => {
  expect(isEventStream(contentType)).toBe(is);
});
