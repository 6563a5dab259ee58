import { describe, expect, test } from 'vitest';
import {
  bodyMistake,
  type ComposeDraft,
  destinationKey,
  EMPTY_DRAFT,
  editableBody,
  formLines,
  formText,
  headerOf,
  headersOf,
  sendInput,
} from '../../../renderer/compose/draft.ts';

function draft(part: Partial<ComposeDraft>): ComposeDraft {
  return { ...EMPTY_DRAFT, url: ' http://a.test/ ', ...part };
}

describe('what is sent of a draft', () => {
  test('lines that are ticked off or have no name stay here; the rest is trimmed', () => {
    const off = { ...headerOf('X-Off', '1'), enabled: false };
    const headers = [headerOf(' X-A ', ' 1 '), off, headerOf('', 'x')];
    expect(sendInput(draft({ headers }))).toMatchObject({ url: 'http://a.test/', headers: [['X-A', '1']] });
  });

  test.each<[Partial<ComposeDraft>, unknown]>([
    [{}, { body: undefined, headers: [] }],
    [
      { bodyKind: 'json', body: '{}' },
      { body: { text: '{}' }, headers: [['Content-Type', 'application/json']] },
    ],
    [{ bodyKind: 'form', body: 'a=b c\n\nd' }, { body: { text: 'a=b+c&d=' } }],
    [{ bodyKind: 'base64', body: 'aG\nk=' }, { body: { base64: 'aGk=' } }],
    [{ bodyKind: 'text', headers: headersOf([['content-type', 'text/x']]) }, { headers: [['content-type', 'text/x']] }],
    [{ destination: destinationKey({ pool: 'p', backend: 'b' }) }, { pool: 'p', backend: 'b' }],
    [{ destination: destinationKey({ listener: 'l' }) }, { listener: 'l' }],
    [
      { times: 3, concurrency: 8 },
      { times: 3, concurrency: 3, wait: false },
    ],
    [{ method: ' ' }, { method: 'GET' }],
  ])('%j', (part, input) => {
    expect(sendInput(draft(part))).toMatchObject(input as object);
  });
});

test.each<[{ text: string } | { base64: string } | null, string, Partial<ComposeDraft>]>([
  [null, '', { bodyKind: 'none', body: '' }],
  [{ text: '{"a":1}' }, 'application/problem+json', { bodyKind: 'json' }],
  [{ text: 'a=b+c&d=' }, 'application/x-www-form-urlencoded', { bodyKind: 'form', body: 'a=b c\nd=' }],
  [{ text: 'a=b%20c' }, 'application/x-www-form-urlencoded', { bodyKind: 'text', body: 'a=b%20c' }],
  [{ base64: 'AA==' }, 'image/png', { bodyKind: 'base64', body: 'AA==' }],
])('a body of %j and %s is edited as %j', (body, contentType, expected) => {
  expect(editableBody(body, contentType)).toMatchObject(expected);
});

test('a form that its lines would not give back is none', () => {
  expect(formLines('a=1&b=2')).toBe('a=1\nb=2');
  expect(formLines('a=%0A')).toBeNull();
  expect(formText('a=1\nb=2')).toBe('a=1&b=2');
});

test.each<[Partial<ComposeDraft>, boolean]>([
  [{ bodyKind: 'json', body: '{"a":}' }, true],
  [{ bodyKind: 'json', body: '' }, false],
  [{ bodyKind: 'base64', body: 'a b$' }, true],
  [{ bodyKind: 'base64', body: 'aGk=\n' }, false],
  [{ bodyKind: 'text', body: '{' }, false],
])('a mistake in %j: %s', (part, isOne) => {
  expect(bodyMistake(draft(part)) !== null).toBe(isOne);
});
