import { describe, expect, test } from 'vitest';
import type { HeldDetail } from '../../../proxy-engine/contract/breakpoint.ts';
import { draftOfHeld, editsOf, emptyAnswer, withLineEnds } from '../../../renderer/breakpoints/held-draft.ts';

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
    ['what is too long', { ...request, body: '', bodyComplete: false }],
  ])('a body of %s is not edited', (_name, detail) => {
    expect(draftOfHeld(detail).body).toBeNull();
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
  ['a\r\nb\r\nc', 'a\nB\nc', 'a\r\nB\r\nc'],
  ['a\r\nb', 'a\nnew\nb', 'a\r\nnew\r\nb'],
  ['--x\r\n\r\none\ntwo\r\n--x--', '--x\n\none\ntwo!\n--x--', '--x\r\n\r\none\ntwo!\r\n--x--'],
  ['a\rb', 'a\nb!', 'a\rb!'],
  ['a\r\nb', 'a\nb', 'a\r\nb'],
  ['a\nb', 'a\n\nb', 'a\n\nb'],
  ['aaa\r\naaa', 'aaa\naaaa', 'aaa\r\naaaa'],
])('line ends stay where a text field would change them: %j edited as %j', (before, edited, after) => {
  expect(withLineEnds(before, edited)).toBe(after);
});
