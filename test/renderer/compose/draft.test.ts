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
import { draftMistakes } from '../../../renderer/compose/draft-mistakes.ts';

function draft(part: Partial<ComposeDraft>): ComposeDraft {
  return { ...EMPTY_DRAFT, url: ' http://a.test/ ', ...part };
}

describe('what is sent of a draft', () => {
  test('lines that are ticked off or have no name stay here; the rest is trimmed', () => {
    const off = { ...headerOf('X-Off', '1'), enabled: false };
    const headers = [headerOf(' X-A ', ' 1 '), off, headerOf('', '')];
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
      { times: '3', concurrency: '8' },
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

test.each<[Partial<ComposeDraft>, unknown]>([
  [{}, {}],
  [{ url: 'localhost:8080/x', times: ' 10000 ', concurrency: '256' }, {}],
  [{ url: 'localhost:8080' }, {}],
  [{ url: 'https://[::1]:1/ä b' }, {}],
  [{ url: 'a.test' }, {}],
  [{ url: '' }, { url: { kind: 'no url' } }],
  [{ url: 'htp:/x y' }, { url: { kind: 'scheme', scheme: 'htp' } }],
  [{ url: 'http:/x' }, { url: { kind: 'scheme', scheme: 'http' } }],
  [{ url: 'ftp://a.test/' }, { url: { kind: 'scheme', scheme: 'ftp' } }],
  [{ url: 'http://' }, { url: { kind: 'host', host: '' } }],
  [{ url: '/path' }, { url: { kind: 'host', host: '' } }],
  [{ url: 'a b/' }, { url: { kind: 'host', host: 'a b' } }],
  [{ url: 'http://a:99999/' }, { url: { kind: 'host', host: 'a:99999' } }],
  [{ method: 'GE T' }, { method: { kind: 'method' } }],
  [
    {
      headers: headersOf([
        ['', ' '],
        ['X-A', ''],
      ]),
    },
    {},
  ],
  [
    {
      headers: headersOf([
        ['X-A', '1'],
        ['', 'x'],
      ]),
    },
    { headers: { kind: 'header', name: '' } },
  ],
  [{ headers: headersOf([['x-token abc', '']]) }, { headers: { kind: 'header', name: 'x-token abc' } }],
  [{ headers: [{ ...headerOf('a b', 'c'), enabled: false }] }, {}],
  [{ times: '100000' }, { times: { kind: 'number', most: 10_000 } }],
  [{ times: '' }, { times: { kind: 'number', most: 10_000 } }],
  [
    { times: '1.5', concurrency: '0' },
    { times: { kind: 'number' }, concurrency: { kind: 'number', most: 256 } },
  ],
])('what is wrong with %j', (part, mistakes) => {
  const found = draftMistakes({ ...EMPTY_DRAFT, url: 'http://api.test/', ...part });
  expect(found).toMatchObject(mistakes as object);
  expect(Object.keys(found)).toEqual(Object.keys(mistakes as object));
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
  [{ bodyKind: 'base64', body: 'abcde' }, true],
  [{ bodyKind: 'base64', body: 'aGk' }, true],
  [{ bodyKind: 'base64', body: '' }, false],
  [{ bodyKind: 'base64', body: 'aGk=\n' }, false],
  [{ bodyKind: 'text', body: '{' }, false],
])('a mistake in %j: %s', (part, isOne) => {
  expect(bodyMistake(draft(part)) !== null).toBe(isOne);
});
