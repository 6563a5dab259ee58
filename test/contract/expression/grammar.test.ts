import { readFileSync } from 'node:fs';
import { buildParserFile } from '@lezer/generator';
import { expect, it } from 'vitest';
import * as terms from '../../../proxy-engine/contract/expression/expression.generated.terms.ts';

const folder = new URL('../../../proxy-engine/contract/expression/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

it('the committed parser is the one that the grammar makes', () => {
  const built = buildParserFile(read('expression.grammar'), { typeScript: true, moduleStyle: 'es' });
  expect(read('expression.generated.ts').trim()).toBe(built.parser.trim());
  const made = [...built.terms.matchAll(/(\w+) = (\d+)/g)].map(([, name, id]) => [name, Number(id)]);
  expect(Object.fromEntries(made)).toEqual({ ...terms });
});
