import { describe, expect, it } from 'vitest';
import { givenToken } from '../../../proxy-engine/host/cli/run.ts';

describe('the token of the control API', () => {
  it.each([
    ['the option counts before the environment', 'a', 'b', 'a'],
    ['the environment, which others on the machine do not see', undefined, 'b', 'b'],
    ['an empty variable is none', undefined, '', undefined],
    ['neither: a new one', undefined, undefined, undefined],
  ])('%s', (_what, option, SWITCHYARD_TOKEN, token) => {
    expect(givenToken(option, { SWITCHYARD_TOKEN })).toBe(token);
  });

  it.each([
    ['--token', 'é', 'b'],
    ['--token', '', 'b'],
    ['SWITCHYARD_TOKEN', undefined, 'a b'],
  ])('%s with characters that no header takes is refused by name', (name, option, SWITCHYARD_TOKEN) => {
    expect(() => givenToken(option, { SWITCHYARD_TOKEN })).toThrow(`${name} has characters`);
  });
});
