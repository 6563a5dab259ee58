import { describe, expect, it } from 'vitest';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { editBody } from '../../proxy-engine/rules/body-edit.ts';
import { BodySearch, MIN_CHARACTERS } from '../../proxy-engine/rules/body-search.ts';
import { liveExchange } from '../match/subjects.ts';
import { ruleSet } from './rules.ts';

/** What a rule with that action makes of the body, and whether this thread went on to other work meanwhile. */
async function replaced(
  body: { replace: string; with: string },
  text: string,
): Promise<{ text: string; wentOn: boolean }> {
  const edits = ruleSet([{ name: 'r', request: [{ body }] }]).applyRequest(liveExchange())?.body ?? [];
  let isDone = false;
  const editing = editBody(edits, Buffer.from(text), new Headers([])).finally(() => (isDone = true));
  for (let i = 0; i < 1000; i++) await Promise.resolve(); // what needs no other turn of the event loop is done by then
  const wentOn = !isDone;
  const result = await editing;
  expect(result.problem).toBeNull();
  return { text: Buffer.from(result.body).toString(), wentOn };
}

const line = 'abcdefgh foo ijklmno '.repeat(Math.ceil(MIN_CHARACTERS / 20));

describe('a long body', () => {
  it.each([
    ['foo.*', 'x', 'abcdefgh x'],
    ['\\s+$', '', line.trimEnd()],
    ['(b)|(zzz)*q', '<$1$2>', line.replaceAll('b', '<b>')],
    ['nowhere.*', 'x', line],
  ])('%s is searched while others have their turns', async (pattern, by, expected) => {
    const { text, wentOn } = await replaced({ replace: pattern, with: by }, line);
    expect(text).toBe(expected);
    expect(wentOn).toBe(true);
  });

  it('has the same replaced as a short one', async () => {
    const short = 'a1 b22 é333 ';
    const action = { replace: '(\\pL)(\\d+)|(x)?', with: '$2$1$3.' };
    const once = await replaced(action, short);
    const often = await replaced(action, short.repeat(MIN_CHARACTERS / 8));
    expect(often.text).toBe(`${once.text.slice(0, -1).repeat(MIN_CHARACTERS / 8)}.`);
  });
});

describe('searches', () => {
  it('come one after the other, each with its own matches', async () => {
    const search = new BodySearch(600_000);
    const found = ['a+', 'b+', '(c)(x)?'].map((source) => search.find({ source, text: 'aabbc' }));
    expect((await Promise.all(found)).map((places) => [...places])).toEqual([
      [0, 2],
      [2, 4],
      [4, 5, 4, 5, -1, -1],
    ]);
  });

  it('that take too long are ended, and those behind them too when they do', async () => {
    const search = new BodySearch(1);
    const text = 'a'.repeat(1_000_000);
    const found = [1, 2].map(() => search.find({ source: `${'a?'.repeat(300)}b`, text }));
    expect(await Promise.all(found)).toEqual(Array.from({ length: 2 }, () => 'the search took longer than 0.001 s'));
  });
});
