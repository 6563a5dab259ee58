import { expect, test } from 'vitest';
import { xmlText } from '../../../renderer/traffic/xml-lines.ts';
import { runAtOnce } from '../../../renderer/ui/slices.ts';

test.each([
  ['elements', '<a><b>1</b><c/></a>', '<a>\n  <b>1</b>\n  <c/>\n</a>'],
  ['what is indented already', '<a>\n      <b> 1 </b>\n</a>', '<a>\n  <b> 1 </b>\n</a>'],
  ['text with elements in it, as it is', '<p>one <b>two</b>\n <i/>three</p>', '<p>one <b>two</b>\n <i/>three</p>'],
  ['nothing in it', '<a><b></b></a>', '<a>\n  <b></b>\n</a>'],
  [
    'everything else',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><!-- c --><a x="1>0"><![CDATA[<b>]]>&e;</a>',
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<!-- c -->\n<a x="1>0"><![CDATA[<b>]]>&e;</a>',
  ],
  ['white space that counts', '<a xml:space="preserve"> <b/> </a>', '<a xml:space="preserve"> <b/> </a>'],
  ['what breaks off', '<a><b>1</b><c d="', '<a>\n  <b>1</b>\n  <c d=\n  "'],
  ['a declaration that breaks off', '<!DOCTYPE a [<!ENTITY b "c"> <d>', '<!DOCTYPE a [<!ENTITY b "c"> <d>'],
  ['an end too many', '</a><b/>', '</a>\n<b/>'],
  ['no XML at all', 'a < b', 'a\n< b'],
])('%s', (_, text, expected) => {
  expect(runAtOnce(xmlText(text))).toBe(expected);
});

test('loses no character but white space, however deep and long it is', () => {
  const text = `${'<d a="1">'.repeat(20_000)}x${'</d>'.repeat(20_000)}${'<e/>'.repeat(20_000)}`;
  expect(runAtOnce(xmlText(text)).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
});
