import { readFileSync } from 'node:fs';
import type { ImportFormat, ImportItem } from '../../contract/transfer.ts';
import { UnreadableImport } from '../../importers/draft.ts';
import { type Imported, importConfig, printPart } from '../../importers/import.ts';
import { mergeText } from '../config/merge.ts';
import type { ReadConfig } from '../config-file.ts';
import { thisMachine } from '../importing/this-machine.ts';
import { checkedConfig, readConfigOf, writeOutput } from './config-document.ts';
import { CliFailure } from './failure.ts';
import { includedBy } from './included-files.ts';

export interface ImportCommandOptions {
  from?: ImportFormat;
  output?: string;
  into?: string;
  yes?: boolean;
  strict?: boolean;
}

/** Another program's file as a config of its own, or, after a preview, added to one; what was not mapped is told on standard error. */
export async function importFile(file: string, options: ImportCommandOptions): Promise<void> {
  if (options.yes && options.into === undefined)
    throw new CliFailure(1, '--yes writes into a config; name it with --into CONFIG');
  const target = options.into === undefined ? null : await readConfigOf(options.into);
  const imported = read(file, options.from, target);
  process.stderr.write(report(imported));
  if (target) await merge(target, imported, options);
  else await writeOutput(printPart(imported.part), options.output);
  if (options.strict && imported.items.some(({ outcome }) => outcome === 'unmapped'))
    throw new CliFailure(3, `${file}: not everything was mapped`);
}

function read(file: string, format: ImportFormat | undefined, target: ReadConfig | null): Imported {
  try {
    return importConfig(contentOf(file), {
      ...(format ? { format } : {}),
      ...(target ? { into: target.config } : {}),
      ...thisMachine(target?.baseDir ?? '.'),
      ...(file === '-' ? {} : { readIncluded: includedBy(file) }),
    });
  } catch (error) {
    if (error instanceof UnreadableImport) throw new CliFailure(1, `${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliFailure(2, `${file}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Without `--yes` or `-o` it only shows what would be added. */
async function merge(
  target: ReadConfig,
  { part }: Imported,
  { into, yes, output }: ImportCommandOptions,
): Promise<void> {
  const text = mergeText(target.text, part);
  await checkedConfig({ ...target, text });
  if (output !== undefined) return writeOutput(text, output);
  if (yes) return writeOutput(text, into);
  process.stderr.write(`${into} stays as it is; add --yes to write this into it:\n`);
  await writeOutput(printPart(part), undefined);
}

function report({ format, items }: Imported): string {
  const count = (outcome: ImportItem['outcome']) => items.filter((item) => item.outcome === outcome).length;
  const lines = [
    `${format}: mapped: ${count('mapped')}, approximated: ${count('approximated')}, not mapped: ${count('unmapped')}`,
  ];
  for (const { at, what, outcome, why } of items)
    if (outcome !== 'mapped') lines.push(`${outcome === 'unmapped' ? 'not mapped' : outcome}: ${at}: ${what}: ${why}`);
  return `${lines.join('\n')}\n`;
}
