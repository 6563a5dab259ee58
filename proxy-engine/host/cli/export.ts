import type { ExportResult, ExportTarget } from '../../contract/transfer.ts';
import { exportConfig } from '../../exporters/export.ts';
import { readConfigOf, writeOutput } from './config-document.ts';
import { CliFailure } from './failure.ts';

export interface ExportCommandOptions {
  to: ExportTarget;
  output?: string;
  targetVersion?: string;
  strict?: boolean;
}

/** Writes the config for another program; what is not the same there is told on standard error. */
export async function exportFile(file: string, options: ExportCommandOptions): Promise<void> {
  const { config, text } = await readConfigOf(file);
  const version = options.targetVersion === undefined ? {} : { targetVersion: options.targetVersion };
  const result = exportConfig(config, options.to, { ...version, source: text });
  process.stderr.write(report(result));
  await writeOutput(result.text, options.output);
  if (options.strict && result.unmapped.length > 0)
    throw new CliFailure(3, `${file}: ${result.unmapped.length} things were not mapped to ${options.to}`);
}

function report({ mapped, approximated, unmapped }: ExportResult): string {
  const lines = [`mapped: ${mapped.length}, approximated: ${approximated.length}, not mapped: ${unmapped.length}`];
  for (const { path, what, why } of approximated) lines.push(`approximated: ${path}: ${what}: ${why}`);
  for (const { path, what, why } of unmapped) lines.push(`not mapped: ${path}: ${what}: ${why}`);
  return `${lines.join('\n')}\n`;
}
