import { describe, expect, test } from 'vitest';
import type { HeldDetail } from '../../../proxy-engine/contract/breakpoint.ts';
import { base64OfHex, hexOf, MAX_HEX_BYTES, sizeOfBase64 } from '../../../renderer/breakpoints/held-bytes.ts';
import {
  bodyBase64,
  draftOfHeld,
  editsOf,
  emptyAnswer,
  heldMistake,
} from '../../../renderer/breakpoints/held-draft.ts';

const request: HeldDetail = {
  id: 1,
  phase: 'request',
  method: 'POST',
  url: 'http://a/x',
  heldAt: 0,
  until: 1,
  request: { method: 'POST', target: '/x', headers: [['Host', 'a']] },
  body: btoa('text'),
  bodyComplete: true,
};
const response: HeldDetail = { ...request, phase: 'response', response: { status: 200, headers: [['x-a', 'b']] } };

describe('a held message as a form', () => {
  test('nothing edited is nothing to send', () => {
    for (const detail of [request, response]) expect(editsOf(detail, 'continue', draftOfHeld(detail))).toEqual({});
  });

  test('only what was changed is sent', () => {
    const draft = { ...draftOfHeld(request), target: '/y', headers: 'Host: a\nx: y' };
    expect(editsOf(request, 'continue', draft)).toEqual({
      target: '/y',
      headers: [
        ['Host', 'a'],
        ['x', 'y'],
      ],
    });
    expect(editsOf(response, 'continue', { ...draftOfHeld(response), status: '404', body: 'new' })).toEqual({
      status: 404,
      body: { text: 'new' },
    });
  });

  test.each([
    ['bytes', { ...request, body: btoa('\xff\xfe') }],
    ['a NUL', { ...request, body: btoa('a\0b') }],
  ])('a body of %s is edited in hexadecimal', (_name, detail) => {
    const draft = draftOfHeld(detail);
    expect(draft.body).toBeNull();
    expect(editsOf(detail, 'continue', draft)).toEqual({});
    const edited = { ...draft, hex: `${draft.hex}\n0A fF` };
    expect(editsOf(detail, 'continue', edited)).toEqual({ body: { base64: btoa(`${atob(detail.body)}\n\xff`) } });
    expect(editsOf(detail, 'continue', { ...draft, hex: '0' })).toEqual({});
  });

  test('what is too long is not edited', () => {
    const detail = { ...request, body: '', bodyComplete: false };
    expect(draftOfHeld(detail)).toMatchObject({ body: null, hex: null });
  });

  test('a file takes the place of a body, of text or not, and of an answer', () => {
    const file = { name: 'a.bin', base64: btoa('\xff\0') };
    const edits = { body: { base64: file.base64 } };
    expect(editsOf(request, 'continue', { ...draftOfHeld(request), file })).toEqual(edits);
    expect(editsOf(request, 'respond', { ...emptyAnswer(), file })).toMatchObject(edits);
    expect(bodyBase64({ ...emptyAnswer(), file })).toBe(file.base64);
  });

  test.each([0, 1, 2, 16, 17, 100])('%i bytes in hexadecimal and back', (length) => {
    const base64 = btoa(String.fromCharCode(...Array.from({ length }, (_, i) => (i * 37) % 256)));
    expect(base64OfHex(hexOf(base64) ?? '')).toBe(base64);
    expect(sizeOfBase64(base64)).toBe(length);
  });

  test('more than can be read has no hexadecimal', () => {
    const detail = { ...request, body: btoa('\0'.repeat(MAX_HEX_BYTES + 1)) };
    expect(draftOfHeld(detail)).toMatchObject({ body: null, hex: null });
  });

  test('an answer is told whole', () => {
    expect(editsOf(request, 'respond', { ...emptyAnswer(), status: '503', body: 'no' })).toEqual({
      status: 503,
      headers: [['content-type', 'text/plain; charset=utf-8']],
      body: { text: 'no' },
    });
  });
});

test.each([
  ['Host: a\nno colon here', { kind: 'header', line: 'no colon here' }],
  [': no name', { kind: 'header', line: ': no name' }],
  ['Host: a\n\n  \nx:', null],
])('headers %j have a mistake: %j', (headers, mistake) => {
  expect(heldMistake({ ...draftOfHeld(request), headers }, draftOfHeld(request))).toEqual(mistake);
});

test.each(['', 'abc', '99', '199', '600', '2000'])('%j is no status to type', (status) => {
  expect(heldMistake({ ...emptyAnswer(), status }, emptyAnswer())).toEqual({ kind: 'status' });
  const asItCame = { ...emptyAnswer(), status };
  expect(heldMistake(asItCame, asItCame)).toBeNull();
});

test('what is no hexadecimal is a mistake, until a file takes its place', () => {
  const draft = { ...draftOfHeld({ ...request, body: btoa('\xff') }), hex: 'f' };
  expect(heldMistake(draft, draft)).toEqual({ kind: 'hex' });
  expect(heldMistake({ ...draft, file: { name: 'a', base64: '' } }, draft)).toBeNull();
});
