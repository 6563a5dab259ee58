/**
 * Every command of the control API and of the channel: the schema of its input and the type of its result.
 * Adding one touches this table, one handler (`host/commands`) and one call site.
 */
import { z } from 'zod';
import { type BodyCommandResults, bodyCommands } from './body-commands.ts';
import type { BreakpointState, HeldDetail } from './breakpoint.ts';
import type { Config, PolicyName } from './config.ts';
import { type Changed, type ConfigPart, configEdit, expectation } from './config-edit.ts';
import type { ConfigIssue } from './config-issue.ts';
import { type DescriptorCommandResults, descriptorCommands } from './descriptor-commands.ts';
import { type DrillCommandResults, drillCommands } from './drill-commands.ts';
import type { Exchange, ExchangeRow, HeaderLines, RequestHead, ResponseHead } from './exchange.ts';
import { type ExchangeCommandResults, exchangeCommands } from './exchange-commands.ts';
import { type HarCommandResults, harCommands } from './har-commands.ts';
import type { HeadStep } from './head-step.ts';
import { type PoolCommandResults, poolCommands } from './pool-commands.ts';
import { ofRecording, type RecordingCommandResults, recordingCommands } from './recording-commands.ts';
import { methodName, type SendingCommandResults, sendingCommands, writtenHeaders } from './sending.ts';
import type { EngineState } from './state.ts';
import { EXPORT_TARGETS, type ExportResult, IMPORT_FORMATS, type ImportResult } from './transfer.ts';

/** Numbers that a list can be sorted by. */
export const SORT_FIELDS = [
  'host',
  'path',
  'duration',
  'ttfb',
  'status',
  'attempts',
  'requestSize',
  'responseSize',
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

const SHOWN_HEADER = /^(request|response):[!#$%&'*+.^_`|~0-9a-z-]+$/;

const none = z.strictObject({}).default({});
const id = z.number().int().positive();
const headerLines = z.array(z.tuple([z.string(), z.string()]));

export const commands = {
  'state.get': none,
  'config.get': none,
  'config.check': z.union([z.strictObject({ text: z.string() }), z.strictObject({ config: z.unknown() })]),
  'config.apply': z.union([
    z.strictObject({ text: z.string(), persist: z.boolean().default(true) }),
    z.strictObject({ config: z.unknown(), persist: z.boolean().default(true) }),
  ]),
  /** The running config for another program; a kind that `select` leaves out is taken whole. */
  'config.export': z.strictObject({
    target: z.enum(EXPORT_TARGETS),
    targetVersion: z
      .string()
      .regex(/^\d+(\.\d+)*$/, 'expected a version such as 1.22')
      .optional(),
    select: z
      .strictObject({
        routes: z.array(z.string()).optional(),
        pools: z.array(z.string()).optional(),
        rules: z.array(z.string()).optional(),
      })
      .optional(),
  }),
  /** What another program's file would make, and the running document with it; nothing changes: apply `merged`. Format left out: told by the text. */
  'config.import': z.strictObject({
    text: z.string(),
    format: z.enum(IMPORT_FORMATS).optional(),
    asker: z
      .string()
      .optional()
      .describe('Who asks again under this name ends the reading that is under way: it answers CONFLICT.'),
  }),
  /** Edits the config's documents in place: comments and order of the rest stay. All edits or none are made. */
  'config.edit': z.strictObject({
    edits: z.array(configEdit).min(1),
    expect: z.array(expectation).default([]),
    persist: z.boolean().default(true),
  }),
  /** Replaces whole documents, each only if it still has the text `was`. */
  'config.replace': z.strictObject({
    texts: z.array(z.strictObject({ source: z.string(), was: z.string(), text: z.string() })).min(1),
    persist: z.boolean().default(true),
  }),
  ...poolCommands,
  /** The sample config with three backends and some traffic, where there are no listeners and pools yet; written to no file. */
  'demo.start': none,
  ...drillCommands,
  'rule.setEnabled': z.strictObject({ rule: z.string(), enabled: z.boolean(), persist: z.boolean().default(true) }),
  'rule.test': z.strictObject({
    request: z.strictObject({
      method: methodName.default('GET'),
      /** A path is one of `http://localhost`. */
      url: z
        .string()
        .trim()
        .refine(
          (text) => text.startsWith('/') || (/^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text)),
          'expected a path such as /v1/items or a URL such as http://api.test/v1/items',
        ),
      headers: writtenHeaders.default([]),
      body: z.string().optional(),
    }),
    response: z
      .strictObject({
        status: z.number().int(),
        headers: writtenHeaders.default([]),
        /** Left out: the one that would get the request, if it is known. */
        backend: z.string().optional(),
        attempts: z.number().int().min(0).max(1000).default(1),
        /** Milliseconds to its head. */
        ttfbMs: z.number().min(0).optional(),
        /** Code of the failure that Switchyard answered for; left out: a backend gave it. */
        error: z.string().optional(),
      })
      .optional(),
    /** Left out: the first. */
    listener: z.string().optional(),
    clientIp: z.string().default('127.0.0.1'),
    protocol: z.string().default('HTTP/1.1'),
  }),
  'exchanges.query': z.strictObject({
    ...ofRecording,
    filter: z.string().optional(),
    /** A view made by an earlier query: its filter and order are kept, only the window moves. When it is gone, the filter that is given with it is used. */
    view: z.number().int().optional(),
    /** First row of the window; negative counts from the end. */
    from: z.number().int().default(0),
    limit: z.number().int().min(0).max(1000).default(100),
    order: z.enum(['asc', 'desc']).default('asc'),
    /** What the order goes by; left out: when they began. */
    sort: z.enum(SORT_FIELDS).optional(),
    /** Headers that the rows shall have: `request:user-agent`, `response:x-id`; names in lower case. */
    headers: z.array(z.string().max(100).regex(SHOWN_HEADER)).max(8).optional(),
    /** Who looks: a new filter or order of the same viewer takes the place of its last one, and ends what goes on for it. */
    viewer: z.string().max(64).optional(),
    /** After so long the answer is what was found so far; asked again with its view, it tells more. Left out: it waits for the end. */
    patienceMs: z.number().int().min(0).max(60_000).optional(),
  }),
  'exchange.get': z.strictObject({ ...ofRecording, id }),
  ...bodyCommands,
  ...exchangeCommands,
  ...recordingCommands,
  'ca.get': none,
  /** A browser with a profile of its own that goes through a forward listener (the first, unless named) and trusts the local authority. */
  'browser.open': z.strictObject({ listener: z.string().optional(), url: z.string().default('about:blank') }),
  ...sendingCommands,
  ...harCommands,
  ...descriptorCommands,
  'exchanges.clear': none,
  'recording.set': z.strictObject({ recording: z.boolean() }),
  'breakpoint.list': none,
  'breakpoint.get': z.strictObject({ id }),
  /** `respond`: the edits are the answer (status 200 unless given). `abort`: the client's connection is reset unless `mode` says otherwise. */
  'breakpoint.resume': z.strictObject({
    id,
    action: z.enum(['continue', 'respond', 'abort']),
    mode: z.enum(['reset', 'close', 'hang']).default('reset'),
    edits: z
      .strictObject({
        method: z.string().optional(),
        /** Path with query. */
        target: z.string().optional(),
        status: z.number().int().min(200).max(599).optional(),
        headers: headerLines.optional(),
        body: z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]).optional(),
      })
      .default({}),
  }),
  /** Holds the next exchange for which `match` holds, once; null: none. */
  'breakpoint.next': z.strictObject({
    match: z.string().nullable(),
    phase: z.enum(['request', 'response']).default('request'),
  }),
} as const;

export type CommandName = keyof typeof commands;
export type CommandInput<C extends CommandName> = z.input<(typeof commands)[C]>;
export type ParsedInput<C extends CommandName> = z.output<(typeof commands)[C]>;

export interface ExchangeWindow {
  total: number;
  /** All recorded exchanges, whatever the filter. */
  recorded: number;
  /** Index of the first row within the view. */
  from: number;
  view: number;
  rows: ExchangeRow[];
  /** The share of the exchanges that has been looked at, 0 to 1, when the search still goes on: `total` is only what was found so far. */
  searched?: number;
  /** The share of them that has been looked at, 0 to 1, when they are still being put in order: there are no rows yet. */
  ordered?: number;
}

export interface RuleTest {
  route?: string;
  pool?: string;
  backend?: string;
  /** Backends of the pool that may get it: one when the request alone decides, every available one when they take turns. */
  candidates?: string[];
  /** In place of `pool`: the origin that a rule names, or the client of a forward listener. */
  origin?: string;
  /** In place of `pool`: the pools among which the route shares out what comes, whose turn it is. `share`: 0 to 1. */
  split?: { pool: string; share: number; candidates: string[] }[];
  /** Files that are looked for in this order before a backend is asked; the first that is there answers. */
  localFiles?: string[];
  routes: { name: string; held: boolean }[];
  rules: { name: string; held: boolean }[];
  request: { before: RequestHead; after: RequestHead };
  response?: { before: ResponseHead; after: ResponseHead };
  /** What each action of each rule that holds did to the heads, in order, as on a recorded exchange. */
  steps: HeadStep[];
  /** Set when a rule or route answers by itself. */
  answer?: { status: number; headers: HeaderLines };
}

/** The certificate of the local authority, for clients to trust. */
export interface AuthorityInfo {
  certificatePem: string;
  /** File that holds it. */
  certificateFile: string;
  /** SHA-256 of the certificate: `AB:CD:…`, as browsers and systems show it. */
  fingerprint: string;
  /** Base64 SHA-256 of its public key, as Chromium's `--ignore-certificate-errors-spki-list` takes it. */
  spkiHash: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  /** What was found lax and put right. */
  warnings: string[];
}

export interface CommandResults
  extends PoolCommandResults,
    BodyCommandResults,
    ExchangeCommandResults,
    RecordingCommandResults,
    SendingCommandResults,
    HarCommandResults,
    DescriptorCommandResults,
    DrillCommandResults {
  'state.get': EngineState;
  /** `text`: of the config's own document, which is the first of `sources`. `config`: texts that take `${NAME}` are as written. */
  'config.get': { text: string; config: Config; file?: string; revision: number; sources: ConfigPart[] };
  'config.check': { issues: ConfigIssue[] };
  'config.apply': { revision: number };
  'config.export': ExportResult;
  'config.import': ImportResult;
  /** `text`: of the config's own document. */
  'config.edit': Changed & { text: string };
  'config.replace': Changed;
  'demo.start': { revision: number };
  'rule.setEnabled': Changed;
  'rule.test': RuleTest;
  'exchanges.query': ExchangeWindow;
  'exchange.get': Exchange;
  'ca.get': AuthorityInfo;
  'browser.open': { browser: string; pid: number };
  'exchanges.clear': null;
  'recording.set': null;
  'breakpoint.list': BreakpointState;
  'breakpoint.get': HeldDetail;
  'breakpoint.resume': null;
  'breakpoint.next': null;
}

export type CommandResult<C extends CommandName> = CommandResults[C];
export type { PolicyName };

/** What a refused command answers; `issues` when a config was refused. */
export interface ApiError {
  code: string;
  message: string;
  path?: string;
  issues?: ConfigIssue[];
}
