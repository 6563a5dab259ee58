/** Parses a value with a schema of the contract and tells every mistake by its path, in words for people. */
import type { z } from 'zod';
import { configSchema } from '../../contract/config.ts';
import { nearest } from '../../contract/expression/nearest-word.ts';
import { describeIssue, foundText, shapeKeys, unionKeys, unknownKey } from './expectations.ts';
import { type Path, valueAt } from './path.ts';

export interface Mistake {
  path: Path;
  message: string;
  /** Whether the name at the end of the path is wrong, or what it stands for. */
  place: 'key' | 'value';
  /** UTF-16 units into the text at the path, where a part of it is wrong. */
  offset?: number | undefined;
  /** The key that a misspelt one probably stands for. */
  meant?: string | undefined;
}

export type Validated<T> = { ok: true; value: T } | { ok: false; mistakes: Mistake[] };

type Issue = z.core.$ZodIssue;
type Branches = readonly (readonly Issue[])[];

interface Parsed {
  root: unknown;
  /** The schema behind an issue, which a finished issue no longer has; by the one array that survives. */
  schemas: Map<object, unknown>;
}

export function validate<S extends z.ZodType>(schema: S, value: unknown): Validated<z.output<S>> {
  const parsed: Parsed = { root: value, schemas: new Map() };
  const result = schema.safeParse(value, {
    error(issue) {
      if (issue.code === 'invalid_union') parsed.schemas.set(issue.errors, issue.inst);
      if (issue.code === 'unrecognized_keys') parsed.schemas.set(issue.keys, issue.inst);
      return describeIssue(issue);
    },
  });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, mistakes: toldOnce(result.error.issues.flatMap((issue) => flatten(issue, [], parsed))) };
}

/** A key that is missing because it is misspelt is one mistake, not two. */
function toldOnce(mistakes: Mistake[]): Mistake[] {
  const meant = new Set(mistakes.flatMap(({ path, meant }) => (meant === undefined ? [] : [beside(path, meant)])));
  return mistakes.filter(({ path, message }) => !message.startsWith('missing') || !meant.has(pointer(path)));
}

function beside(path: Path, key: string): string {
  return pointer([...path.slice(0, -1), key]);
}

function pointer(path: Path): string {
  return JSON.stringify(path);
}

function flatten(issue: Issue, base: Path, parsed: Parsed): Mistake[] {
  const path = [...base, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = shapeKeys(parsed.schemas.get(issue.keys));
      return issue.keys.map((key) => unknownKeyAt([...path, key], key, known));
    }
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, place: 'key' }];
    case 'invalid_union':
      return flattenUnion(issue.errors, issue.message, path, parsed);
    default:
      return [{ path, message: withFound(issue.message, valueAt(parsed.root, path)), place: 'value' }];
  }
}

function unknownKeyAt(path: Path, key: string, known: readonly string[]): Mistake {
  return { path, message: unknownKey(key, known), place: 'key', meant: nearest(key, known) };
}

/** Schemas that bring their own message often say only what they expect. */
function withFound(message: string, input: unknown): string {
  if (!message.startsWith('expected') || message.includes('found')) return message;
  return input === undefined ? `missing; ${message}` : `${message}, found ${foundText(input)}`;
}

function flattenUnion(branches: Branches, message: string, path: Path, parsed: Parsed): Mistake[] {
  const input = valueAt(parsed.root, path);
  const keys = isMap(input) ? Object.keys(input) : [];
  const known = unionKeys(parsed.schemas.get(branches));
  const stranger = keys.find((key) => !known.includes(key));
  const best = chooseBranch(branches, keys);
  if (best) {
    if (stranger === undefined && rejectedKeys(best).length > 0)
      return [
        { path, message: `expected only one of ${keys.join(', ')} here; make an entry for each`, place: 'value' },
      ];
    return best.flatMap((issue) => flatten(issue, path, parsed));
  }
  if (stranger !== undefined && known.length > 0)
    return [
      { path: [...path, stranger], message: ofOtherPhase(stranger, path) ?? unknownKey(stranger, known), place: 'key' },
    ];
  return [{ path, message: onlyFitting(branches, input) ?? message, place: 'value' }];
}

/** An action that is there for the other phase only. */
function ofOtherPhase(key: string, [kind, , phase]: Path): string | null {
  if (kind !== 'rules' || (phase !== 'request' && phase !== 'response')) return null;
  const other = phase === 'request' ? 'response' : 'request';
  const rule = configSchema.shape.rules.unwrap().element;
  const actions = unionKeys(rule.shape[other].unwrap().element);
  return actions.includes(key) ? `${key} acts on the ${other}; put it under ${other}` : null;
}

/** The branch that the keys which are there name: it knows the most of them and, among equals, finds least wrong. */
function chooseBranch(branches: Branches, keys: readonly string[]): readonly Issue[] | null {
  let best: readonly Issue[] | null = null;
  let bestKnown = 0;
  for (const branch of branches) {
    if (branch.some(isOfAnotherType)) continue;
    const known = keys.length - rejectedKeys(branch).length;
    if (known < bestKnown || known === 0) continue;
    if (known > bestKnown || (best && branch.length < best.length)) [best, bestKnown] = [branch, known];
  }
  return best;
}

function isOfAnotherType(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function rejectedKeys(branch: readonly Issue[]): string[] {
  return branch.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []));
}

/** The message of the only branch that takes values of this type: `expected a range such as 200-399`, not `a number or text`. */
function onlyFitting(branches: Branches, input: unknown): string | null {
  const fitting = branches.filter((branch) => !branch.some(isOfAnotherType));
  const message = fitting.length === 1 ? fitting[0]?.[0]?.message : undefined;
  return message === undefined ? null : withFound(message, input);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
