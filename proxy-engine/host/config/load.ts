/** From text to a config that can be applied: syntax, environment, includes, schema, references. */
import { isAbsolute, join } from 'node:path';
import { isScalar } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../../config-error.ts';
import { type Config, configSchema } from '../../contract/config.ts';
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { findRuleMistakes } from '../../rules/find-mistakes.ts';
import { isShared, tellShared } from '../shared/shared-address.ts';
import { type Environment, substituteEnvironment, withoutValues } from './environment.ts';
import { localThings } from './from-afar.ts';
import type { Path } from './path.ts';
import { checkReferences, type Part } from './references.ts';
import { withoutMistakes } from './salvage.ts';
import { secretHeaders } from './secret-headers.ts';
import { type ConfigSource, issueAt, parseSource } from './source.ts';
import { withTypedVariables } from './typed-variables.ts';
import type { Mistake, Validated } from './validate.ts';
import { validateParts } from './validate-parts.ts';

/** What an included file may have. */
const includedSchema = z.strictObject({
  version: configSchema.shape.version,
  ...configSchema.pick({ routes: true, pools: true, rules: true, groups: true }).shape,
});

/** Keys that only the document itself may have. */
const OWN_KEYS = Object.keys(configSchema.shape).filter((key) => !Object.hasOwn(includedSchema.shape, key));

export interface LoadedConfig {
  config: Config;
  /** The document itself first, then what it includes, in order. */
  sources: readonly ConfigSource[];
}

export type LoadResult = ({ ok: true } & LoadedConfig) | { ok: false; issues: ConfigIssue[]; files: string[] };

export interface LoadOptions {
  /** The document's file as it is told to people. */
  file?: string;
  /** Where relative paths start. */
  baseDir: string;
  environment: Environment;
  /** Of a file, or of a shared rule set by its address. Throws when it cannot be read; `ConfigError` with what is wrong in it. */
  readFile(path: string): string;
  /** Documents that were read before: one that has the same text is not read again. */
  parsed?: readonly ConfigSource[];
}

/** Every mistake is told, in the order of the text; files are named even then, so that they can be watched. */
export function loadConfig(text: string, options: LoadOptions): LoadResult {
  const issues: ConfigIssue[] = [];
  const found: Found = { issues, notTaken: [], files: [] };
  const main = readPart(sourceOf(text, options.file, options), options, found);
  const included = main
    ? includePaths(main.value).flatMap((path, index) => readIncluded(main, path, index, options, found))
    : [];
  const parts = main ? [main, ...included] : [];
  const sources = parts.map(({ source }) => source);
  const config = mergeParts(parts, issues);
  issues.push(...checkReferences(parts));
  if (config) {
    const mistakes = findRuleMistakes(config);
    issues.push(...mistakes.map((mistake) => locate(mistake, parts)));
    if (issues.length === 0) return { ok: true, config: withSecrets(config, sources), sources };
  }
  return {
    ok: false,
    issues: withoutValues(inOrder(withoutConsequences(issues, found.notTaken)), sources, options.environment),
    files: found.files,
  };
}

/** What a rule takes from the environment is kept from leaving, as what the document names is. */
function withSecrets(config: Config, sources: readonly ConfigSource[]): Config {
  const { capture } = config;
  const redact = new Set([...capture.redact, ...secretHeaders(sources.map(({ value }) => value))]);
  return { ...config, capture: { ...capture, redact: [...redact] } };
}

function sourceOf(text: string, file: string | undefined, { parsed = [] }: LoadOptions): ConfigSource {
  const known = parsed.filter((source) => source.file === file);
  return known.find((source) => source.text === text) ?? parseSource(text, file, known[0]);
}

interface Found {
  issues: ConfigIssue[];
  /** Among them: what was not put in place, such as variables of the environment that are not set. */
  notTaken: ConfigIssue[];
  /** What it includes, read or not. */
  files: string[];
}

function readPart(source: ConfigSource, options: LoadOptions, { issues, notTaken }: Found): Part | null {
  issues.push(...source.issues);
  if (source.value === undefined) return null;
  const missing: ConfigIssue[] = [];
  const value = substituteEnvironment(source, options.environment, missing);
  issues.push(...missing);
  notTaken.push(...missing);
  return { source, value };
}

/** What comes from afar takes nothing of this machine. */
function readShared(source: ConfigSource, { issues, notTaken }: Found): Part | null {
  issues.push(...source.issues);
  if (source.value === undefined) return null;
  // A write that came through half is seldom meant to take all rules of a team away.
  const { contents } = source.document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    issues.push(issueAt(source, [], 'the key is empty; a rule set without rules is {}'));
  const local = localThings(source);
  issues.push(...local);
  notTaken.push(...local);
  return { source, value: source.value };
}

/** What a variable that is not set leaves in its place is wrong as well: that says nothing new. */
function withoutConsequences(issues: readonly ConfigIssue[], notTaken: readonly ConfigIssue[]): ConfigIssue[] {
  const places = new Set(notTaken.map(({ file, path }) => `${file} ${path}`));
  return issues.filter((issue) => notTaken.includes(issue) || !places.has(`${issue.file} ${issue.path}`));
}

function includePaths(value: unknown): string[] {
  const paths = (value as { include?: unknown } | null)?.include;
  return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
}

/** An address that nothing is read from here; `C:/` is a drive. */
const OTHER_ADDRESS = /^(?!(?:rediss?|etcds?):\/\/)[a-z][a-z0-9+.-]+:\//i;
const OTHER_EXPECTED = 'expected a file, or an address that begins with redis://, rediss://, etcd:// or etcds://';

function readIncluded(main: Part, path: string, index: number, options: LoadOptions, found: Found): Part[] {
  if (OTHER_ADDRESS.test(path)) {
    found.issues.push(issueAt(main.source, ['include', index], `cannot read ${tellShared(path)}: ${OTHER_EXPECTED}`));
    return [];
  }
  const shared = isShared(path);
  const full = shared || isAbsolute(path) ? path : join(options.baseDir, path);
  const told = shared ? tellShared(path) : full;
  if (found.files.includes(told)) {
    found.issues.push(issueAt(main.source, ['include', index], `${told} is included already; take one of the two out`));
    return [];
  }
  found.files.push(told);
  try {
    const source = sourceOf(options.readFile(full), told, options);
    const part = shared ? readShared(source, found) : readPart(source, options, found);
    return part ? [part] : [];
  } catch (error) {
    const message = `cannot read ${told}: ${(error as Error).message}`;
    found.issues.push(
      ...(error instanceof ConfigError ? error.issues : [issueAt(main.source, ['include', index], message)]),
    );
    return [];
  }
}

function mergeParts(parts: readonly Part[], issues: ConfigIssue[]): Config | null {
  const [main, ...included] = parts;
  if (!main) return null;
  const config = parsePart(configSchema, main, issues);
  for (const part of included) {
    const more = parsePart(includedSchema, part, issues);
    if (!config || !more) continue;
    config.routes.push(...more.routes);
    config.rules.push(...more.rules);
    config.pools = { ...config.pools, ...more.pools };
    config.groups = { ...more.groups, ...config.groups };
  }
  return config;
}

/** With mistakes, what they leave of it; null: nothing. */
function parsePart<S extends z.ZodType<Record<string, unknown>>>(
  schema: S,
  part: Part,
  issues: ConfigIssue[],
): z.output<S> | null {
  const result = validated(schema, part);
  if (result.ok) return result.value;
  issues.push(
    ...result.mistakes.map((mistake) => issueAt(part.source, mistake.path, messageOf(mistake), mistake.place)),
  );
  const rest = schema.safeParse(
    withoutMistakes(
      part.value,
      result.mistakes.map(({ path }) => path),
    ),
  );
  return rest.success ? rest.data : null;
}

function messageOf({ path, message }: Mistake): string {
  const isOwn = path.length === 1 && message.startsWith('unknown key') && OWN_KEYS.includes(String(path[0]));
  return isOwn ? 'this is for the document that includes, not for what it includes' : message;
}

function validated<S extends z.ZodType<Record<string, unknown>>>(schema: S, part: Part): Validated<z.output<S>> {
  const result = validateParts(schema, part.value);
  const typed = result.ok
    ? null
    : withTypedVariables(
        part,
        result.mistakes.map(({ path }) => path),
      );
  if (typed === null) return result;
  part.value = typed;
  return validateParts(schema, typed);
}

function locate({ path, message, place, offset }: Mistake, parts: readonly Part[]): ConfigIssue {
  const { source, path: own } = ownPath(
    path,
    parts.map((part) => part.source),
  );
  return issueAt(source, own, message, place, offset);
}

/** Which source a path of the merged config comes from, and the path inside it. */
export function ownPath(path: Path, sources: readonly ConfigSource[]): { source: ConfigSource; path: Path } {
  const [kind, key, ...rest] = path;
  let index = typeof key === 'number' ? key : 0;
  for (const source of sources) {
    const part = (source.value as Record<string, unknown> | null)?.[kind ?? ''];
    if (typeof key === 'string' && part && Object.hasOwn(part, key)) return { source, path };
    if (typeof key !== 'number' || !kind) continue;
    const length = Array.isArray(part) ? part.length : 0;
    if (index < length) return { source, path: [kind, index, ...rest] };
    index -= length;
  }
  return { source: sources[0] as ConfigSource, path };
}

function inOrder(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const files = [...new Set(issues.map((issue) => issue.file))];
  const rank = (issue: ConfigIssue) => files.indexOf(issue.file);
  return [...issues].sort(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** `file:line:col: path: message`, one line. */
export function formatIssue(issue: ConfigIssue): string {
  const place = [issue.file ?? 'config', issue.line, issue.column].filter((part) => part !== undefined).join(':');
  return [place, issue.path, issue.message.replace(/\s*\n\s*/g, ' ')].filter((part) => part !== '').join(': ');
}
