/** Switchyard's own format: what was written, whole or the chosen part of it. */
import { parse } from 'yaml';
import type { Config } from '../contract/config.ts';
import { cutText } from './cut.ts';
import type { Notes } from './notes.ts';
import { withoutPasswords } from './passwords.ts';
import type { Selected } from './select.ts';

/** `documents`: the config's own text, then those that it includes; a selection has what is taken of these in it. */
export function exportDocument(
  selected: Selected,
  target: 'yaml' | 'json',
  notes: Notes,
  { documents, whole }: { documents: readonly string[]; whole: boolean },
): string {
  const written = whole ? (documents[0] ?? '') : cutText(documents, selected);
  const { text, paths } = withoutPasswords(written);
  for (const path of paths)
    notes.refuse(path, 'user and password', 'passwords are in no export; write ${NAME} instead');
  const document: unknown = parse(text, { merge: true });
  if (whole) noteWritten(document as Written, notes);
  else noteContents(contents(selected.config), notes);
  return target === 'yaml' ? text : `${JSON.stringify(document, null, 2)}\n`;
}

function noteContents(found: readonly [kind: string, names: string[]][], notes: Notes): void {
  for (const [kind, names] of found) for (const name of names) notes.map(kind, name);
}

/** What is included is named by the text, not in it. */
function noteWritten(document: Written, notes: Notes): void {
  const { listeners = {}, routes = [], pools = {}, rules = [], include = [] } = document ?? {};
  const lists = [
    ['listeners', Object.keys(listeners ?? {})],
    ['routes', namesOf(routes)],
    ['pools', Object.keys(pools ?? {})],
    ['rules', namesOf(rules)],
  ] as const;
  noteContents(
    lists.map(([kind, names]) => [kind, [...names]]),
    notes,
  );
  (include ?? []).forEach((name, i) =>
    notes.approximate(
      `include[${i}]`,
      String(name),
      'named only: take it along, or export a selection, which has it in it',
    ),
  );
}

/** As it was parsed; the config made of it is valid. */
type Written =
  | (Partial<Record<'listeners' | 'pools', object | null>> &
      Partial<Record<'routes' | 'rules', readonly { name: string }[] | null>> & { include?: readonly string[] | null })
  | null;

function namesOf(list: readonly { name: string }[] | null): string[] {
  return (list ?? []).map(({ name }) => name);
}

function contents(config: Config): [kind: string, names: string[]][] {
  return [
    ['listeners', Object.keys(config.listeners)],
    ['routes', config.routes.map(({ name }) => name)],
    ['pools', Object.keys(config.pools)],
    ['rules', config.rules.map(({ name }) => name)],
  ];
}
