/** What is wrong with a part of a config that an importer has made. */
import type { z } from 'zod';
import { configSchema } from '../contract/config.ts';
import { variablesOf } from '../contract/environment-reference.ts';
import { findRuleMistakes } from '../rules/find-mistakes.ts';

const LAST = 2_000;
const LONGEST = 1_000;

/** What was found last, by the text of the document: importers ask for the same parts again and again. */
const known = new Map<string, string | null>();

/** The first thing wrong with a document of one entry, or null. */
export function mistakeIn(alone: object): string | null {
  const text = JSON.stringify(alone);
  const before = known.get(text);
  if (before !== undefined) return before;
  const mistake = lookFor(alone);
  if (known.size >= LAST) known.clear();
  if (text.length <= LONGEST) known.set(text, mistake);
  return mistake;
}

function lookFor(alone: object): string | null {
  const [variable] = variablesOf(alone);
  if (variable !== undefined) return `\${${variable}} would be a variable of the environment here`;
  const parsed = configSchema.safeParse({ version: 1, ...alone });
  if (!parsed.success) return deepest(parsed.error.issues).message;
  return findRuleMistakes(parsed.data)[0]?.message ?? null;
}

/** Of the alternatives of a union the one that got furthest says most. */
function deepest(issues: readonly z.core.$ZodIssue[]): { message: string; depth: number } {
  const found = issues.map((issue) => {
    const inner =
      issue.code === 'invalid_union' ? issue.errors.filter((branch) => !branch.some(isWrongKey)).map(deepest) : [];
    const best = inner.toSorted((a, b) => b.depth - a.depth)[0];
    return { message: best?.message ?? describe(issue), depth: issue.path.length + (best?.depth ?? 0) };
  });
  return found.toSorted((a, b) => b.depth - a.depth)[0] ?? { message: 'it does not fit the config', depth: 0 };
}

function isWrongKey(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0;
}

function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}
