import { expect, it } from 'vitest';
import { shortSource } from '../../../renderer/rules/short-source.ts';

it.each([
  ['redis://127.0.0.1:6379/team/rules', 'team/rules'],
  ['etcds://etcd.internal/rules', 'rules'],
  ['/home/me/team-rules.yaml', 'team-rules.yaml'],
  ['C:\\rules\\team.yaml', 'team.yaml'],
  ['team.yaml', 'team.yaml'],
])('%s: %s', (source, short) => expect(shortSource(source)).toBe(short));
