/** `switchyard run`: the engine without a window, until a signal ends it. */
import { existsSync } from 'node:fs';
import { ConfigError } from '../../config-error.ts';
import { isUsableToken } from '../../contract/channel.ts';
import { formatIssue } from '../config/load.ts';
import { UnreadableFile } from '../config-file.ts';
import { CannotListen, type Launched, launch } from '../launch.ts';
import { productVersion, rendererDir } from '../product.ts';
import { createToken } from '../request-guard.ts';
import type { WebServerOptions } from '../web-server.ts';
import { CliFailure, exitCodeOf } from './failure.ts';
import { hostAndPort } from './host-and-port.ts';
import type { LogFormat } from './log.ts';
import { handleSignals } from './signals.ts';

export interface RunOptions {
  /** false: `--no-ui`. */
  ui: string | false;
  token?: string;
  data?: string;
  workers: number;
  log: LogFormat;
  capture: boolean;
  /** Milliseconds. */
  drain: number;
}

const DEFAULT_FILE = 'switchyard.yaml';

export async function run(file: string | undefined, options: RunOptions): Promise<void> {
  await runFile(file ?? defaultFile(), options);
}

function defaultFile(): string {
  if (existsSync(DEFAULT_FILE)) return DEFAULT_FILE;
  throw new CliFailure(2, `there is no ${DEFAULT_FILE} here; name a file, or start with \`switchyard demo\``);
}

/** Resolves when it is ready; the process then lives until a signal. `onClose` runs after the engine has ended. */
export async function runFile(
  configFile: string,
  options: RunOptions,
  onClose?: () => Promise<void>,
): Promise<Launched> {
  const web = webOptions(options);
  const launched = await start(configFile, options, web);
  handleSignals(launched, options, onClose);
  process.stdout.write(`${readyLine(launched, web?.token)}\n`);
  void launched.host.watchFile();
  const { note } = launched.host.engine.state().capture;
  const unwritten = `${configFile} is no file that could be written: what is changed is gone at the end`;
  for (const warning of [note, launched.host.config.file === undefined ? unwritten : undefined])
    if (warning !== undefined) (await import('./log.ts')).createLog(options.log).warn(warning);
  return launched;
}

async function start(configFile: string, options: RunOptions, web: WebServerOptions | null): Promise<Launched> {
  try {
    const { data: dataDir, capture, workers } = options;
    return await launch({ configFile, dataDir, capture, workers, host: 'headless', version: productVersion, web });
  } catch (error) {
    throw asCliFailure(error, configFile);
  }
}

function webOptions({ ui, token }: RunOptions): WebServerOptions | null {
  const given = givenToken(token, process.env);
  if (ui === false) return null;
  const { host, port } = hostAndPort('--ui', ui);
  return { hostname: host, port, token: given ?? createToken(), rendererDir };
}

/** Everybody on the machine reads the arguments of a process, and only its user its environment. undefined: a new one is made. */
export function givenToken(option: string | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  // Empty, it is a variable that was not set.
  const token = option ?? (environment.SWITCHYARD_TOKEN || undefined);
  if (token === undefined || isUsableToken(token)) return token;
  const where = option === undefined ? 'SWITCHYARD_TOKEN' : '--token';
  throw new CliFailure(1, `${where} has characters that cannot be sent in a header; use letters, digits, - and _`);
}

function asCliFailure(error: unknown, file: string): unknown {
  if (error instanceof UnreadableFile || error instanceof CannotListen)
    return new CliFailure(2, error.message, { cause: error });
  if (!(error instanceof ConfigError)) return error;
  const lines = error.issues.map((issue) => formatIssue({ file, ...issue }));
  return new CliFailure(exitCodeOf(error.issues), lines.join('\n'), { cause: error });
}

/** `ready ui=http://127.0.0.1:4780/#token=… gateway=127.0.0.1:8080` */
function readyLine({ host, web }: Launched, token: string | undefined): string {
  const ui = web ? [`ui=${reachable(web.origin)}/#token=${token}`] : [];
  const listeners = host.engine.state().listeners.map(({ name, address }) => `${name}=${address}`);
  return ['ready', ...ui, ...listeners].join(' ');
}

/** A wildcard address is reached over loopback. */
function reachable(origin: string): string {
  return origin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
