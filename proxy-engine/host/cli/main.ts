/** The command line. Each command's module is loaded when it is called, so that none pays for the others. */
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXPORT_TARGETS, IMPORT_FORMATS } from '../../contract/transfer.ts';
import { duration } from '../../contract/units.ts';
import { NoHome } from '../data-directory.ts';
import { productVersion } from '../product.ts';
import type { BrowserCommandOptions } from './browser.ts';
import type { CaOptions } from './ca.ts';
import type { DrillCommandOptions } from './drill.ts';
import type { ExportCommandOptions } from './export.ts';
import type { ExportHarOptions } from './export-har.ts';
import { CliFailure } from './failure.ts';
import type { ImportCommandOptions } from './import.ts';
import type { RunOptions } from './run.ts';

const MAX_WORKERS = 64;
const WORKERS_HELP = 'threads that carry exchanges and accept at the same addresses (Linux)';

type ExportOptions = (ExportCommandOptions | { to: 'har' }) & ExportHarOptions;
const ONLY_OF_HAR: readonly string[] = ['filter', 'redact'];
const OF_ALL_EXPORTS: readonly string[] = ['to', 'output'];

function createProgram(): Command {
  const program = new Command('switchyard')
    .description('A desktop debugging and load-balancing proxy. Without a command it opens the window.')
    .version(productVersion)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `switchyard: ${text
            .trim()
            .replace(/^error: /, '')
            .replace(/\s*\n\s*/g, ' ')}\n`,
        ),
    });

  // Given here, they are those of the headless run that stands in where there is no window.
  withRunOptions(program)
    .hook('preSubcommand', refuseOptionsBefore)
    .action(async (options: RunOptions, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined)
        throw new CliFailure(1, `there is no command ${unknown}; \`switchyard --help\` names all`);
      await (await import('./desktop.ts')).openDesktop(options, givenOptions(command));
    });

  withRunOptions(
    program.command('run [file]').description('runs the engine without a window; FILE defaults to switchyard.yaml'),
  ).action(async (file: string | undefined, options: RunOptions) => (await import('./run.ts')).run(file, options));
  withRunOptions(program.command('demo').description('three demo backends and a sample config'))
    .option('--quiet', 'no traffic of its own')
    .action(async (options: RunOptions & { quiet?: boolean }) => (await import('./demo.ts')).runDemo(options));
  program
    .command('check <file>')
    .description('validates a config; prints every error as file:line:col: path: message')
    .action(async (file: string) => (await import('./check.ts')).check(file));
  program
    .command('export <file>')
    .description(
      'writes a config for another proxy, and tells on standard error what is not the same there; --to har: FILE is the directory of a recording (--data)',
    )
    .addOption(new Option('--to <target>', 'what to write').choices([...EXPORT_TARGETS, 'har']).makeOptionMandatory())
    .option('-o, --output <file>', 'a file instead of standard output')
    .addOption(new Option('--target-version <version>', 'of the other proxy, such as 1.22').argParser(parseVersion))
    .option('--strict', 'exit code 3 when something was not mapped')
    .option('--route <name>', 'only this route, with the pools that it needs; may be repeated', collect)
    .option('--rule <name>', 'only this rule, with the pools that it needs; may be repeated', collect)
    .option('--pool <name>', 'only this pool; may be repeated', collect)
    .option('--filter <expression>', 'har: only exchanges for which it holds')
    .option('--no-redact', 'har: with the values of the headers that capture.redact names')
    .action(async (file: string, options: ExportOptions, command: Command) => {
      refuseOptionsOfOtherTargets(options.to, command);
      await (options.to === 'har'
        ? (await import('./export-har.ts')).exportHar(file, options)
        : (await import('./export.ts')).exportFile(file, options));
    });
  program
    .command('import <file>')
    .description(
      "makes a config of another program's file (- is standard input); tells on standard error what is not mapped",
    )
    .addOption(
      new Option('--from <format>', 'what the file is; told by its content when left out').choices(IMPORT_FORMATS),
    )
    .option('-o, --output <file>', 'a file instead of standard output')
    .option('--into <config>', 'a config to add it to; shows what would be added')
    .option('--yes', 'writes it into that config')
    .option('--strict', 'exit code 3 when something was not mapped')
    .action(async (file: string, options: ImportCommandOptions) =>
      (await import('./import.ts')).importFile(file, options),
    );
  program
    .command('drill <file>')
    .description('runs a failover drill; exit code 0: passed, 1: failed, 2: it could not run')
    .option('--junit <file>', 'writes the verdict as JUnit XML')
    .option('--html <file>', 'writes the report as a page that needs nothing else')
    .option('--json <file>', 'writes the report as JSON')
    .option(
      '--ui <address>',
      'a running engine, in place of the config of the drill; where it has none: 127.0.0.1:4780',
    )
    .option('--token <token>', 'of the running engine; or in SWITCHYARD_TOKEN')
    .addOption(dataOption('where recordings and reports of an engine of its own are kept'))
    .action(async (file: string, options: DrillCommandOptions) => (await import('./drill.ts')).drill(file, options));
  program
    .command('schema')
    .description('prints the JSON Schema of the config, for editors')
    .option('--drill', 'of drills instead')
    .action(async (options: { drill?: boolean }) => (await import('./schema.ts')).printSchema(options));
  program
    .command('ca')
    .description('the local certificate authority: where it is and how clients trust it')
    .addOption(new Option('--pem', 'only the certificate, PEM').conflicts('path'))
    .option('--path', 'only the path of its file')
    .addOption(dataOption('where state lives'))
    .action(async (options: CaOptions) => (await import('./ca.ts')).showAuthority(options));
  program
    .command('browser [url]')
    .description('opens a browser that goes through a running forward listener and trusts the local authority')
    .option('--proxy <host:port>', 'address of the forward listener', '127.0.0.1:8888')
    .addOption(dataOption('where state lives'))
    .action(async (url: string | undefined, options: BrowserCommandOptions) =>
      (await import('./browser.ts')).openBrowser(url, options),
    );
  // Its own is an unknown command. Said last: commands take over how their program was set when they were made.
  return program.allowExcessArguments();
}

/** They would be those of the window, and the command would not have them. */
function refuseOptionsBefore(program: Command, command: Command): void {
  const [given] = givenOptions(program);
  if (given !== undefined)
    throw new CliFailure(
      1,
      `${given} stands before the command; options come behind it: \`switchyard ${command.name()} ${given} …\``,
    );
}

/** As they were written, by name. */
function givenOptions(command: Command): string[] {
  const given = command.options.filter((option) => {
    const name = option.attributeName();
    const isOff = command.getOptionValue(name) === false; // `--no-ui` and `--ui` are one to it
    return command.getOptionValueSource(name) === 'cli' && option.negate === isOff;
  });
  return given.map(({ long, flags }) => long ?? flags);
}

/** They would be left out of account without a word. */
function refuseOptionsOfOtherTargets(target: string, command: Command): void {
  const others = command.options.filter((option) => {
    const name = option.attributeName();
    return !OF_ALL_EXPORTS.includes(name) && ONLY_OF_HAR.includes(name) !== (target === 'har');
  });
  const given = others.find((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  if (given) throw new CliFailure(1, `${given.long} has no meaning with --to ${target}; leave it out`);
}

function withRunOptions(command: Command): Command {
  return command
    .addOption(new Option('--ui <host:port>', 'address of web UI and control API').default('127.0.0.1:4780'))
    .option('--no-ui', 'neither web UI nor control API')
    .option('--token <token>', 'token of the control API instead of a new one; or in SWITCHYARD_TOKEN')
    .addOption(dataOption('where state lives'))
    .addOption(new Option('--workers <n>', WORKERS_HELP).argParser(parseWorkers).default(1))
    .addOption(
      new Option('--log <format>', 'format of the log on standard error').choices(['pretty', 'json']).default('pretty'),
    )
    .option('--no-capture', 'exchanges are not recorded')
    .addOption(
      new Option('--drain <duration>', 'how long exchanges in flight may take at the end')
        .argParser(parseDuration)
        .default(10_000, '10s'),
    );
}

function dataOption(description: string): Option {
  return new Option('--data <dir>', description).argParser(parseDirectory);
}

/** Empty, as a variable that is not set leaves it, it would be the working directory. In /proc making one never ends. */
function parseDirectory(text: string): string {
  if (text.trim() !== '' && !/^\/proc(\/|$)/.test(resolve(text))) return text;
  throw new InvalidArgumentError('expected a directory in which files can be kept');
}

function parseDuration(text: string): number {
  const result = duration.safeParse(text);
  if (result.success) return result.data;
  throw new InvalidArgumentError(result.error.issues[0]?.message ?? 'expected a duration such as 10s');
}

function parseVersion(text: string): string {
  if (/^\d+(\.\d+)*$/.test(text)) return text;
  throw new InvalidArgumentError('expected a version such as 1.22');
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > MAX_WORKERS)
    throw new InvalidArgumentError(`expected a number from 1 to ${MAX_WORKERS}`);
  if (workers > 1 && process.platform !== 'linux')
    throw new InvalidArgumentError('more than one worker needs Linux, where several sockets can share a port');
  return workers;
}

/** Of an option that may be repeated. */
function collect(name: string, before: string[] = []): string[] {
  return [...before, name];
}

async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithReader);
  // Nobody reads the log any more, or its disk is full: what runs goes on.
  process.stderr.on('error', () => {}).once('error', endWithTerminal);
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Who reads the output may have had enough of it, as `head` has. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`switchyard: standard output cannot be written: ${error.message}\n`);
  process.exit(2);
}

/** Without its terminal it would go on unseen. */
function endWithTerminal({ code }: NodeJS.ErrnoException): void {
  if (code === 'EIO' && process.stderr.isTTY) process.kill(process.pid, 'SIGTERM');
}

/** Says what went wrong in one line; answers the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode; // it has said so itself
  if (error instanceof CliFailure) {
    if (error.message !== '') process.stderr.write(`switchyard: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof NoHome) {
    process.stderr.write(`switchyard: ${error.message}\n`);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`switchyard: this is a bug, please report it: ${text}\n`);
  return 2;
}

void main(process.argv);
