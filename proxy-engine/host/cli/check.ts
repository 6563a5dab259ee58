import { ConfigError } from '../../config-error.ts';
import { formatIssue } from '../config/load.ts';
import { type ReadConfig, readConfig, readConfigText, UnreadableFile } from '../config-file.ts';
import { CliFailure } from './failure.ts';

/** Prints every mistake of the file on a line of its own, or what it declares when there is none. */
export function check(file: string): void {
  try {
    process.stdout.write(`${file}: ok: ${summary(readConfig(readConfigText(file)))}\n`);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    if (!(error instanceof ConfigError)) throw error;
    for (const issue of error.issues) process.stdout.write(`${formatIssue(issue)}\n`);
    throw new CliFailure(1, '', { cause: error });
  }
}

function summary({ config }: ReadConfig): string {
  const counts: [number, string][] = [
    [Object.keys(config.listeners).length, 'listener'],
    [config.routes.length, 'route'],
    [Object.keys(config.pools).length, 'pool'],
    [config.rules.length, 'rule'],
  ];
  return counts.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
}
