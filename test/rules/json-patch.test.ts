import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../proxy-engine/rules/exact-json.ts';
import {
  applyPatch,
  type Json,
  PatchError,
  type PatchOperation,
  patchProblem,
} from '../../proxy-engine/rules/json-patch.ts';

// The examples of RFC 6902, appendix A.
describe('RFC 6902', () => {
  it.each<[name: string, before: Json, patch: PatchOperation[], after: Json]>([
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.11', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    [
      'copy',
      { a: { b: 1 } },
      [
        { op: 'copy', from: '/a', path: '/c' },
        { op: 'replace', path: '/c/b', value: 2 },
      ],
      { a: { b: 1 }, c: { b: 2 } },
    ],
    ['the whole', { a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
    ['member of the empty name', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
    [
      'objects in any order',
      { a: { x: 1, y: [1] } },
      [{ op: 'test', path: '/a', value: { y: [1], x: 1 } }],
      { a: { x: 1, y: [1] } },
    ],
    ['replaced in its place', [1, 2, 3], [{ op: 'replace', path: '/1', value: 9 }], [1, 9, 3]],
  ])('%s', (_name, before, patch, after) => {
    const given = structuredClone(before);
    expect(applyPatch(given, patch)).toEqual(after);
    expect(given).toEqual(before);
  });

  it.each<[name: string, before: Json, patch: PatchOperation[]]>([
    ['A.9 test fails', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
    ['A.12 no parent', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
    ['A.15 types differ', { '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
    ['no such member', {}, [{ op: 'remove', path: '/a' }]],
    ['inherited members', {}, [{ op: 'remove', path: '/constructor' }]],
    ['index too large', [1], [{ op: 'add', path: '/2', value: 1 }]],
    ['leading zero', [1], [{ op: 'remove', path: '/00' }]],
    ['into itself', { a: {} }, [{ op: 'move', from: '/a', path: '/a/b' }]],
    ['unknown op', {}, [{ op: 'merge', path: '/a' }]],
    ['beyond the end', [1], [{ op: 'remove', path: '/-' }]],
  ])('refuses: %s', (_name, before, patch) => expect(() => applyPatch(before, patch)).toThrow(PatchError));

  it('does not reach prototypes', () => {
    const after = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(JSON.stringify(after)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('numbers that a double would change', () => {
  const text = '{"id":12345678901234567890,"price":1.10,"n":100000000000000000}';

  it('stay, also when they are moved and copied', () => {
    const patched = applyPatch(parseExactly(text), [
      { op: 'copy', from: '/id', path: '/copy' },
      { op: 'move', from: '/price', path: '/p' },
      { op: 'test', path: '/p', value: 1.1 },
    ]);
    expect(JSON.stringify(patched)).toBe(
      '{"id":12345678901234567890,"n":100000000000000000,"copy":12345678901234567890,"p":1.10}',
    );
  });

  it.each<[string, PatchOperation]>([
    ['have nothing below them', { op: 'add', path: '/id/rawJSON', value: 1 }],
    ['are not the double next to them', { op: 'test', path: '/id', value: 12345678901234567000 }],
  ])('%s', (_name, operation) => expect(() => applyPatch(parseExactly(text), [operation])).toThrow(PatchError));
});

describe('the form of an operation', () => {
  it.each<[PatchOperation, RegExp | null]>([
    [{ op: 'add', path: '/a', value: null }, null],
    [{ op: 'add', path: '/a' }, /add needs value/],
    [{ op: 'move', path: '/a' }, /move needs from/],
    [{ op: 'remove', path: 'a' }, /JSON Pointer/],
    [{ op: 'remove', path: '/~2' }, /JSON Pointer/],
    [{ op: 'toString', path: '/a' }, /expected op/],
    [{}, /found nothing/],
    [{ op: 'add', path: '/a', value: Number.MAX_SAFE_INTEGER }, null],
    [{ op: 'add', path: '/a', value: 1e300 }, null],
    // What YAML makes of 12345678901234567890.
    [{ op: 'test', path: '/a', value: { b: [12_345_678_901_234_567_000] } }, /12345678901234567000 does not stay/],
  ])('%j', (operation, message) => {
    if (message === null) expect(patchProblem(operation)).toBeNull();
    else expect(patchProblem(operation)).toMatch(message);
  });
});
