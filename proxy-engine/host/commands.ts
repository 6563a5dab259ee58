/** Every command of the contract and what it does. */

import { stringify } from 'yaml';
import { type CommandName, type CommandResult, commands, type ParsedInput } from '../contract/api.ts';
import type { Config } from '../contract/config.ts';
import type { ParsedEdit } from '../contract/config-edit.ts';
import { nearest } from '../contract/expression/nearest-word.ts';
import type { ImportResult } from '../contract/transfer.ts';
import { exportConfig } from '../exporters/export.ts';
import { findBrowser, NO_BROWSER } from './browser/find-browser.ts';
import { CommandFailure, noExchange, notThere, toCommandFailure } from './command-failure.ts';
import { asWritten, writtenAs } from './config/as-written.ts';
import { partOf } from './config/entry-names.ts';
import { formatPath } from './config/path.ts';
import { validate } from './config/validate.ts';
import { startDemo } from './demo/start.ts';
import { descriptorHandlers } from './descriptor-commands.ts';
import { drillHandlers } from './drills/drill-commands.ts';
import type { EngineHost } from './engine-host.ts';
import { exchangeHandlers } from './exchange-commands.ts';
import { checkSelection } from './export-selection.ts';
import { harHandlers } from './har-commands.ts';
import { importJob } from './importing/read-import.ts';
import { poolHandlers } from './pool-commands.ts';
import { recordingHandlers } from './recording-commands.ts';
import { sendingHandlers } from './sending-commands.ts';

type Handler<C extends CommandName> = (
  host: EngineHost,
  input: ParsedInput<C>,
) => CommandResult<C> | Promise<CommandResult<C>>;

const handlers: { [C in CommandName]: Handler<C> } = {
  'state.get': (host) => host.state(),

  'config.get': (host) => {
    const { text, file, sources } = host.config;
    return { text, config: asWritten(host.config), file, revision: revisionOf(host), sources: sources.map(partOf) };
  },
  'config.check': async (host, input) => ({ issues: await host.changes.check(textOf(input)) }),
  'config.apply': async (host, input) => {
    await host.changes.applyText(textOf(input), input.persist);
    return { revision: revisionOf(host) };
  },
  'config.export': async (host, { target, ...options }) => {
    checkSelection(host.config.config, options.select);
    return exportConfig(host.config.config, target, { ...options, ...writtenAs(host.config) });
  },
  'config.import': async (host, input) => previewImport(host, input),
  'config.edit': async (host, { edits, expect, persist }) => ({
    ...(await host.changes.edit(() => edits, persist, expect)),
    text: host.config.text,
  }),
  'config.replace': (host, { texts, persist }) => host.changes.replaceTexts(texts, persist),

  'demo.start': async (host) => {
    await startDemo(host);
    return { revision: revisionOf(host) };
  },
  ...poolHandlers,
  ...drillHandlers,
  'rule.setEnabled': (host, { rule, enabled, persist }) =>
    host.changes.edit(({ config }) => enableEdits(config, rule, enabled), persist),
  'rule.test': (host, input) => host.engine.testRule(input),

  'ca.get': (host) => host.engine.authority(),
  'browser.open': (host, { listener, url }) => openBrowser(host, listener, url),

  ...exchangeHandlers,
  'exchanges.tree': (host, input) => host.engine.store.tree(input),
  'exchange.body': async (host, input) => (await host.engine.store.body(input)) ?? noExchange(input.id),
  'exchange.bodyMessages': async (host, input) => (await host.engine.store.bodyMessages(input)) ?? noExchange(input.id),
  'exchange.messages': async (host, input) => (await host.engine.store.messages(input)) ?? noExchange(input.id),
  'exchange.mark': async (host, input) => {
    const answer = await host.engine.store.mark(input);
    if ('refused' in answer) throw new CommandFailure('BAD_INPUT', answer.refused, { path: 'pinned' });
    return answer.marked > 0 ? answer : noExchange(input.ids[0] as number);
  },
  ...sendingHandlers,
  ...harHandlers,
  ...descriptorHandlers,
  ...recordingHandlers,
  'exchanges.clear': async (host) => {
    await host.engine.store.clear();
    return null;
  },
  'recording.set': async (host, { recording }) => {
    host.engine.store.setRecording(recording);
    await host.engine.settled();
    return null;
  },

  'breakpoint.list': (host) => host.engine.breakpoints.state(),
  'breakpoint.get': async (host, { id }) => (await host.engine.breakpoints.detail(id)) ?? notHeld(id),
  'breakpoint.resume': async (host, input) => {
    if (!(await host.engine.breakpoints.detail(input.id))) notHeld(input.id);
    return done(await host.engine.breakpoints.decide(input), 'edits');
  },
  'breakpoint.next': async (host, input) => {
    const problem = host.engine.breakpoints.awaitNext(input);
    await host.engine.settled();
    return done(problem, 'match');
  },
};

/** Parses the input and runs the command. Rejects with a `CommandFailure`, whatever went wrong. */
export async function runCommand(host: EngineHost, name: string, input: unknown): Promise<unknown> {
  if (!isCommandName(name)) throw unknownCommand(name);
  const parsed = validate(commands[name], input);
  if (!parsed.ok) {
    const [first, ...more] = parsed.mistakes;
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    throw new CommandFailure('BAD_INPUT', `${first?.message ?? 'not the input of this command'}${rest}`, {
      path: formatPath(first?.path ?? []),
    });
  }
  try {
    return await (handlers[name] as (host: EngineHost, input: unknown) => unknown)(host, parsed.value);
  } catch (error) {
    throw toCommandFailure(name, error);
  }
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function unknownCommand(name: string): CommandFailure {
  const meant = nearest(name, Object.keys(commands));
  const hint = meant === undefined ? `commands are ${Object.keys(commands).join(', ')}` : `did you mean ${meant}?`;
  return new CommandFailure('UNKNOWN_COMMAND', `no command is called ${JSON.stringify(name)}; ${hint}`);
}

// ── the browser ──────────────────────────────────────────────────────────────────────────────────────────────────────

async function openBrowser(
  host: EngineHost,
  name: string | undefined,
  url: string,
): Promise<CommandResult<'browser.open'>> {
  const forward = host.engine.state().listeners.filter(({ mode }) => mode === 'forward');
  const listener = name === undefined ? forward[0] : forward.find((item) => item.name === name);
  if (!listener) throw noProxy(name);
  const browser = findBrowser();
  if (browser === null) throw new CommandFailure('NOT_FOUND', NO_BROWSER);
  const { spkiHash } = await host.engine.authority();
  const { address: proxy, secure: secureProxy } = listener;
  return { browser, pid: await host.browsers.open({ browser, proxy, secureProxy, spkiHash, url }) };
}

function noProxy(name: string | undefined): CommandFailure {
  const what = name === undefined ? 'there is no forward listener' : `no forward listener is called ${name}`;
  return new CommandFailure('NOT_FOUND', `${what}; add one with mode: forward`, { path: 'listener' });
}

// ── importing ────────────────────────────────────────────────────────────────────────────────────────────────────────

async function previewImport(
  host: EngineHost,
  { text, format, asker }: ParsedInput<'config.import'>,
): Promise<ImportResult> {
  const outcome = await host.imports.read(() => importJob(host.config, text, format), asker);
  if ('result' in outcome) return outcome.result;
  throw new CommandFailure('BAD_INPUT', outcome.unreadable, { path: 'text' });
}

// ── parts of handlers ────────────────────────────────────────────────────────────────────────────────────────────────

function revisionOf(host: EngineHost): number {
  return host.engine.revision;
}

function textOf(input: { text: string } | { config?: unknown }): string {
  return 'text' in input ? input.text : stringify(input.config ?? {}, { lineWidth: 0 });
}

function notHeld(id: number): never {
  throw new CommandFailure(
    'NOT_FOUND',
    `exchange ${id} is not held; it was let go, its time was up, or its client left`,
    {
      path: 'id',
    },
  );
}

function done(problem: string | null, path: string): null {
  if (problem === null) return null;
  throw new CommandFailure('BAD_INPUT', problem, { path });
}

/** Enabling a rule of a group with `select: one` takes the other members out. */
function enableEdits({ rules, groups }: Config, name: string, enabled: boolean): ParsedEdit[] {
  const { group } = rules.find((rule) => rule.name === name) ?? notThere('rule', name, rules);
  const alone = enabled && group !== undefined && groups[group]?.select === 'one';
  const others = alone ? rules.filter((rule) => rule.name !== name && rule.group === group && rule.enabled) : [];
  const set = (rule: string, value: boolean): ParsedEdit => ({ path: ['rules', rule, 'enabled'], value });
  return [...others.map((rule) => set(rule.name, false)), set(name, enabled)];
}
