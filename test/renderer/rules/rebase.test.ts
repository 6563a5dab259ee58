import { describe, expect, test } from 'vitest';
import type { RawRule } from '../../../renderer/rules/document.ts';
import { rebase, settle } from '../../../renderer/rules/rebase.ts';
import { ROUTE_FORM } from '../../../renderer/rules/route-draft.ts';
import { RULE_FORM, type RuleDraft } from '../../../renderer/rules/rule-draft.ts';

const BASE: RawRule = { name: 'R', match: 'path = /a', request: [{ set: { x: '1' } }] };
const typed = (part: Partial<RuleDraft>) => ({ draft: { ...RULE_FORM.draftOf(BASE), ...part }, base: BASE });

describe('what somebody else changes while a rule is edited', () => {
  test('follows where nothing was typed, and is no edit of mine', () => {
    const now = { ...BASE, group: 'Env', enabled: false };
    const { draft, base, conflicts } = rebase(typed({ match: 'path = /mine' }), now, RULE_FORM);
    expect(draft).toMatchObject({ match: 'path = /mine', group: 'Env' });
    expect(base).toEqual(now);
    expect(conflicts).toEqual([]);
    expect(RULE_FORM.apply(base, draft)).toEqual({ ...now, match: 'path = /mine' });
  });

  test('is a conflict where the same was typed over, with both values', () => {
    const now = { ...BASE, match: 'path = /theirs' };
    const { draft, base, conflicts } = rebase(typed({ match: 'path = /mine' }), now, RULE_FORM);
    expect(conflicts).toEqual([{ key: 'match', mine: 'path = /mine', theirs: 'path = /theirs' }]);
    // An edit that was made of it would be refused: it still expects what it began with.
    expect([draft.match, base.match]).toEqual(['path = /mine', 'path = /a']);
  });

  test('is none where both did the same', () => {
    const now = { ...BASE, match: 'path = /both' };
    expect(rebase(typed({ match: 'path = /both' }), now, RULE_FORM).conflicts).toEqual([]);
  });

  test('a conflict is settled either way', () => {
    const now = { ...BASE, match: 'path = /theirs', group: 'G' };
    const open = rebase(typed({ match: 'path = /mine' }), now, RULE_FORM);
    expect(rebase(settle(open, now, 'match', 'mine', RULE_FORM), now, RULE_FORM)).toMatchObject({
      draft: { match: 'path = /mine' },
      base: now,
      conflicts: [],
    });
    expect(rebase(settle(open, now, 'match', 'theirs', RULE_FORM), now, RULE_FORM)).toMatchObject({
      draft: { match: 'path = /theirs', group: 'G' },
      conflicts: [],
    });
  });

  test('what theirs took out is nothing', () => {
    const { match: _, ...now } = BASE;
    const open = rebase(typed({ match: 'path = /mine' }), now, RULE_FORM);
    expect(open.conflicts).toEqual([{ key: 'match', mine: 'path = /mine', theirs: undefined }]);
    expect(settle(open, now, 'match', 'mine', RULE_FORM).base).toEqual(now);
  });

  test('what is typed and says nothing yet stays typed while nobody else changes anything', () => {
    const draft = { ...RULE_FORM.draftOf(BASE), limit: { requests: '', burst: '20', key: '', status: '' } };
    expect(rebase({ draft, base: BASE }, { ...BASE }, RULE_FORM).draft).toBe(draft);
  });
});

test('where a route leads is one thing, whatever the keys', () => {
  const base: RawRule = { name: 'r', pool: 'a' };
  const draft = { ...ROUTE_FORM.draftOf(base), fields: { pool: 'mine' } };
  const now: RawRule = { name: 'r', match: 'path = /', redirect: { location: '/' } };
  const { draft: rebased, conflicts } = rebase({ draft, base }, now, ROUTE_FORM);
  expect(conflicts).toEqual([{ key: 'pool', mine: 'mine', theirs: undefined }]);
  expect(rebased).toMatchObject({ to: 'pool', fields: { pool: 'mine' }, match: 'path = /' });
});
