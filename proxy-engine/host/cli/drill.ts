/** `switchyard drill`: runs a failover drill, on an engine of its own or on a running one, and tells the verdict. */
import type { DrillReport, DrillStatus } from '../../contract/drill.ts';
import { type DrillFormat } from '../../contract/drill-formats.ts';
import { printReport } from '../../drills/print-report.ts';
import { showAt, showCount } from '../../drills/report-words.ts';
import { formatIssue } from '../config/load.ts';
import { readConfigText, UnreadableFile } from '../config-file.ts';
import { type LoadedDrill, loadDrill } from '../drills/drill-document.ts';
import { withMistakes, writeOutput } from './config-document.ts';
import { type DrillPlace, ownEngine, runningEngine } from './drill-place.ts';
import { CliFailure } from './failure.ts';

export interface DrillCommandOptions {
  junit?: string;
  html?: string;
  json?: string;
  /** A running engine: `HOST:PORT`, or the address that it told when it was ready. */
  ui?: string;
  token?: string;
  data?: string;
}

const LOOK_EVERY_MS = 200;
const FILES = ['junit', 'html', 'json'] as const satisfies readonly DrillFormat[];

export async function drill(file: string, options: DrillCommandOptions): Promise<void> {
  const { text, baseDir } = readOrFail(file);
  const loaded = checked(text, file);
  const { config } = loaded.drill;
  const place =
    config !== undefined && options.ui === undefined
      ? await ownEngine(config, { baseDir, data: options.data, text, file })
      : await runningEngine(options, { text, file });
  const report = await follow(place);
  // First: a file that cannot be written does not take the verdict with it.
  process.stdout.write(printReport(report, 'text'));
  for (const format of FILES) {
    const output = options[format];
    if (output !== undefined) await writeOutput(printReport(report, format), output);
  }
  process.exitCode = report.outcome === 'passed' ? 0 : report.outcome === 'failed' ? 1 : 2;
}

function readOrFail(file: string) {
  try {
    return readConfigText(file);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    throw withMistakes(error, 2);
  }
}

/** A file with mistakes cannot be run: 2, for 1 is a drill that failed. */
function checked(text: string, file: string): LoadedDrill {
  const loaded = loadDrill(text, file, process.env);
  if (loaded.ok) return loaded;
  throw new CliFailure(2, loaded.issues.map(formatIssue).join('\n'));
}

/** Until it has ended, or a signal ended it; the engine has set everything back then. */
async function follow(place: DrillPlace): Promise<DrillReport> {
  const release = onSignals(() => void place.stop().catch(() => {}));
  try {
    for (;;) {
      const status = await place.status();
      if (status?.outcome !== 'running') return await place.report();
      showProgress(status);
      await Promise.race([place.ended, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))]);
    }
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    release();
    await place.close();
  }
}

function showProgress({ elapsedMs, durationMs, requests, failed }: DrillStatus): void {
  if (!process.stderr.isTTY) return;
  const counts = `${showCount(requests)} requests, ${showCount(failed)} failed`;
  process.stderr.write(`\r\x1b[K  ${showAt(Math.min(elapsedMs, durationMs))} of ${showAt(durationMs)}  ${counts}`);
}

/** The first signal stops the drill, a second one ends at once. */
function onSignals(stop: () => void): () => void {
  let stopping = false;
  const listener = (): void => {
    if (stopping) process.exit(2);
    stopping = true;
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
  };
}
