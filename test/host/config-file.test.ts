import { expect, it } from 'vitest';
import { refuseEmptied } from '../../proxy-engine/host/config-file.ts';

const MAIN = 'version: 1\nlisteners: {}\n';

it.each<[name: string, before: Record<string, string>, now: Record<string, string>, refused: string | null]>([
  ['the document', { 'a.yaml': MAIN }, { 'a.yaml': '' }, 'a.yaml is empty'],
  ['the document, but for a line', { 'a.yaml': MAIN }, { 'a.yaml': ' \n' }, 'a.yaml is empty'],
  ['what it includes', { 'a.yaml': MAIN, 'b.yaml': 'rules: []' }, { 'a.yaml': MAIN, 'b.yaml': '' }, 'b.yaml is empty'],
  ['what was empty before', { 'a.yaml': MAIN, 'b.yaml': '' }, { 'a.yaml': MAIN, 'b.yaml': '' }, null],
  ['what it includes from now on', { 'a.yaml': MAIN }, { 'a.yaml': MAIN, 'b.yaml': '' }, null],
  ['a document that says nothing', { 'a.yaml': MAIN }, { 'a.yaml': 'version: 1' }, null],
])('emptied: %s', (_, before, now, refused) => {
  const check = () => refuseEmptied(new Map(Object.entries(now)), new Map(Object.entries(before)));
  if (refused === null) expect(check).not.toThrow();
  else expect(check).toThrow(refused);
});
