import type { Config } from '../../contract/config.ts';
import { nearest } from '../../contract/expression/nearest-word.ts';
import { type ExportResult, type ExportSelection, type ExportTarget, gathered } from '../../contract/transfer.ts';
import { exportConfig } from '../../exporters/export.ts';
import { partedDoubts } from '../../exporters/notes.ts';
import { writtenAs } from '../config/as-written.ts';
import { readConfigOf, writeOutput } from './config-document.ts';
import { CliFailure } from './failure.ts';

export interface ExportCommandOptions {
  to: ExportTarget;
  output?: string;
  targetVersion?: string;
  strict?: boolean;
  /** Names; of none of the three: everything. */
  route?: string[];
  rule?: string[];
  pool?: string[];
}

/** Writes the config for another program; what is not the same there is told on standard error. */
export async function exportFile(file: string, options: ExportCommandOptions): Promise<void> {
  const { config, sources } = await readConfigOf(file);
  const version = options.targetVersion === undefined ? {} : { targetVersion: options.targetVersion };
  const select = selectionOf(file, config, options);
  const result = exportConfig(config, options.to, { ...version, ...writtenAs({ sources }), ...(select && { select }) });
  process.stderr.write(report(result));
  await writeOutput(result.text, options.output);
  if (options.strict && result.unmapped.length > 0)
    throw new CliFailure(3, `${file}: not everything was mapped to ${options.to}`);
}

/** Only what is named, and the pools that it needs. A name that is not there is an error. */
function selectionOf(
  file: string,
  config: Config,
  { route, rule, pool }: ExportCommandOptions,
): ExportSelection | null {
  if (!route && !rule && !pool) return null;
  checkNames(file, 'route', route, config.routes);
  checkNames(file, 'rule', rule, config.rules);
  checkNames(
    file,
    'pool',
    pool,
    Object.keys(config.pools).map((name) => ({ name })),
  );
  return { routes: route ?? [], rules: rule ?? [], pools: pool ?? [] };
}

function checkNames(file: string, kind: string, names: string[] = [], known: readonly { name: string }[]): void {
  const all = known.map(({ name }) => name);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, all);
  const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
  throw new CliFailure(1, `${file}: there is no ${kind} ${JSON.stringify(unknown)}${hint}`);
}

function report({ mapped, approximated, unmapped }: ExportResult): string {
  const { particular, always } = partedDoubts(approximated);
  const lines = [`mapped: ${mapped.length}, approximated: ${particular.length}, not mapped: ${unmapped.length}`];
  for (const { path, what, why } of gathered(particular)) lines.push(`approximated: ${path}: ${what}: ${why}`);
  for (const { path, what, why } of gathered(unmapped)) lines.push(`not mapped: ${path}: ${what}: ${why}`);
  if (always.length > 0) lines.push('always different there:');
  for (const { what, why } of always) lines.push(`  ${what}: ${why}`);
  return `${lines.join('\n')}\n`;
}
