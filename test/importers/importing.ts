/** A file of test/importers/files as it is imported. */
import { readFileSync } from 'node:fs';
import { type ImportedPart, type ImportOptions, importConfig, printPart } from '../../proxy-engine/importers/import.ts';

export function fileNamed(name: string): string {
  return readFileSync(new URL(`files/${name}`, import.meta.url), 'utf8');
}

export function importing(name: string, options: ImportOptions = {}) {
  const imported = importConfig(fileNamed(name), options);
  const { items } = imported;
  const left = items
    .filter(({ outcome }) => outcome === 'unmapped')
    .map(({ at, what, why }) => `${at}: ${what}: ${why}`);
  const doubtful = items
    .filter(({ outcome }) => outcome === 'approximated')
    .map(({ at, what, why }) => `${at}: ${what}: ${why}`);
  return { ...imported, left, doubtful, text: printPart(imported.part) };
}

/** Without those that every import of nginx has first. */
export function ownRules({ rules }: ImportedPart): ImportedPart['rules'] {
  return rules.filter(({ name }) => !/^nginx (methods|header names)/.test(name));
}
