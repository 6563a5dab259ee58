/** Where a drill of the command line runs: an engine of its own in this process, or a running one over its control API. */
import { isAbsolute, join } from 'node:path';
import { ConfigError } from '../../config-error.ts';
import type { ApiError, CommandInput, CommandName, CommandResult } from '../../contract/api.ts';
import { isUsableToken } from '../../contract/channel.ts';
import type { DrillReport, DrillStatus } from '../../contract/drill.ts';
import { CommandFailure } from '../command-failure.ts';
import { formatIssue } from '../config/load.ts';
import { UnreadableFile } from '../config-file.ts';
import type { EngineHost } from '../engine-host.ts';
import { launch } from '../launch.ts';
import { productVersion } from '../product.ts';
import { CliFailure } from './failure.ts';

export interface DrillPlace {
  /** undefined: another drill is in its place. */
  status(): Promise<DrillStatus | undefined>;
  report(): Promise<DrillReport>;
  stop(): Promise<unknown>;
  /** When it has ended, as far as that is known without asking. */
  ended: Promise<unknown>;
  close(): Promise<void>;
}

interface DrillText {
  text: string;
  /** As it is told to people. */
  file: string;
}

const DISCOVERY_MS = 5000;

// ── an engine of its own ─────────────────────────────────────────────────────────────────────────────────────────────

export async function ownEngine(
  config: string,
  { baseDir, data, text, file }: DrillText & { baseDir: string; data: string | undefined },
): Promise<DrillPlace> {
  const configFile = isAbsolute(config) ? config : join(baseDir, config);
  const { host, close } = await launchOrFail(configFile, data);
  try {
    await discovered(host);
    const { id, ended } = await host.drills.start(text, file);
    const stop = () => host.drills.stop();
    const status = async () => host.drills.status();
    return { status, report: () => host.drills.get(id), stop, ended, close: () => close(0) };
  } catch (error) {
    await close(0);
    throw asCliFailure(error, file);
  }
}

async function launchOrFail(configFile: string, dataDir: string | undefined) {
  try {
    // What is recorded would be gone with the engine, unless it was told where to keep it.
    const capture = dataDir !== undefined;
    return await launch({ configFile, dataDir, capture, host: 'headless', version: productVersion, web: null });
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.issues.map((issue) => formatIssue({ file: configFile, ...issue }));
    throw new CliFailure(2, lines.join('\n'), { cause: error });
  }
}

/** Backends that come from DNS or a file are there a moment after the start. */
async function discovered(host: EngineHost): Promise<void> {
  const until = Date.now() + DISCOVERY_MS;
  while (host.state().pools.some(({ backends }) => backends.length === 0) && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

function asCliFailure(error: unknown, file: string): unknown {
  if (!(error instanceof CommandFailure)) return error;
  return refusal(error.toApiError(), file, error);
}

function refusal({ issues = [], message }: ApiError, file: string, cause?: unknown): CliFailure {
  const lines = issues.map((issue) => formatIssue({ ...issue, file }));
  return new CliFailure(2, lines.length > 0 ? lines.join('\n') : `${file}: ${message}`, { cause });
}

// ── a running engine ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Address {
  origin: string;
  token: string;
}

export async function runningEngine(
  options: { ui?: string; token?: string },
  { text, file }: DrillText,
): Promise<DrillPlace> {
  const address = addressOf(options);
  const call = <C extends CommandName>(command: C, input: CommandInput<C>) => callEngine(address, command, input, file);
  const { id } = await call('drill.start', { text });
  return {
    async status() {
      const { drill } = await call('state.get', {});
      return drill?.id === id ? drill : undefined;
    },
    report: () => call('drill.get', { id }),
    stop: () => call('drill.stop', {}),
    ended: new Promise(() => {}),
    close: async () => {},
  };
}

function addressOf({ ui = '127.0.0.1:4780', token }: { ui?: string; token?: string }): Address {
  const text = /^https?:\/\//.test(ui) ? ui : `http://${ui}`;
  if (!URL.canParse(text)) throw new CliFailure(2, `--ui ${ui}: expected HOST:PORT, such as 127.0.0.1:4780`);
  const { origin, hash } = new URL(text);
  const given = token ?? /token=([^&]+)/.exec(hash)?.[1] ?? process.env.SWITCHYARD_TOKEN;
  if (given && !isUsableToken(given)) throw new CliFailure(2, 'the token of the running engine has other characters');
  if (given) return { origin, token: given };
  const how = 'give it with --token, in SWITCHYARD_TOKEN, or give --ui the address that it told when it was ready';
  throw new CliFailure(2, `the drill names no config, and the running engine at ${origin} wants its token: ${how}`);
}

interface Answer<C extends CommandName> {
  result: CommandResult<C>;
  error: ApiError;
}

async function callEngine<C extends CommandName>(
  { origin, token }: Address,
  command: C,
  input: CommandInput<C>,
  file: string,
): Promise<CommandResult<C>> {
  const headers = { authorization: `Bearer ${token}` };
  const body = JSON.stringify(input);
  const response = await fetch(`${origin}/api/${command}`, { method: 'POST', headers, body }).catch(
    (error: unknown) => {
      throw new CliFailure(2, `no engine answers at ${origin}; start one with \`switchyard run\``, { cause: error });
    },
  );
  const answer = (await response.json().catch(() => null)) as Partial<Answer<C>> | null;
  if (answer?.error?.message) throw refusal(answer.error, file);
  if (answer?.result === undefined) throw new CliFailure(2, `what answers at ${origin} is no engine of Switchyard`);
  return answer.result;
}
