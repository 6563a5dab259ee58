import writeFileAtomic from 'write-file-atomic';
import { ConfigError } from '../../config-error.ts';
import type { ExportResult, ExportTarget } from '../../contract/transfer.ts';
import { exportConfig } from '../../exporters/export.ts';
import { formatIssue } from '../config/load.ts';
import { type ReadConfig, readConfigText, readConfigWithShared, UnreadableFile } from '../config-file.ts';
import { SharedSets } from '../shared/shared-sets.ts';
import { CliFailure } from './failure.ts';

export interface ExportCommandOptions {
  to: ExportTarget;
  output?: string;
  targetVersion?: string;
  strict?: boolean;
}

/** Writes the config for another program; what is not the same there is told on standard error. */
export async function exportFile(file: string, options: ExportCommandOptions): Promise<void> {
  const { config, text } = await read(file);
  const version = options.targetVersion === undefined ? {} : { targetVersion: options.targetVersion };
  const result = exportConfig(config, options.to, { ...version, source: text });
  process.stderr.write(report(result));
  await write(result.text, options.output);
  if (options.strict && result.unmapped.length > 0)
    throw new CliFailure(3, `${file}: ${result.unmapped.length} things were not mapped to ${options.to}`);
}

async function read(file: string): Promise<ReadConfig> {
  const shared = new SharedSets(null);
  try {
    return await readConfigWithShared(readConfigText(file), shared);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    if (error instanceof ConfigError)
      throw new CliFailure(1, error.issues.map(formatIssue).join('\n'), { cause: error });
    throw error;
  } finally {
    await shared.close();
  }
}

function report({ mapped, approximated, unmapped }: ExportResult): string {
  const lines = [`mapped: ${mapped.length}, approximated: ${approximated.length}, not mapped: ${unmapped.length}`];
  for (const { path, what, why } of approximated) lines.push(`approximated: ${path}: ${what}: ${why}`);
  for (const { path, what, why } of unmapped) lines.push(`not mapped: ${path}: ${what}: ${why}`);
  return `${lines.join('\n')}\n`;
}

async function write(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFileAtomic(output, text);
  } catch (error) {
    throw new CliFailure(2, `${output}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
