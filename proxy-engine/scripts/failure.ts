/** What went wrong in a script, in words that name the line. */
import { SCRIPT_CPU_MS, SCRIPT_MEMORY_BYTES, type ScriptFailure } from './protocol.ts';

/** What a script used up. */
export type Limit = 'time' | 'memory';

const LIMIT_WORDS: Record<Limit, string> = {
  time: `took longer than ${SCRIPT_CPU_MS} ms`,
  memory: `needed more than ${SCRIPT_MEMORY_BYTES / 1024 ** 2} MiB`,
};

/** Of the place where it was interrupted no more is known than the function. */
const WITHIN = ', in the function that begins here';

interface DumpedError {
  name?: unknown;
  message?: unknown;
  stack?: unknown;
}

/** `dumped` is what was thrown, as QuickJS tells it; `limit`: what the host knows to be used up. */
export function errorOf(
  dumped: unknown,
  scriptName: string,
  limit: Limit | null,
): { limit: Limit | null; failure: ScriptFailure } {
  if (limit === null && (typeof dumped !== 'object' || dumped === null))
    return { limit, failure: { message: `threw ${dumped === undefined ? 'undefined' : JSON.stringify(dumped)}` } };
  const { name, message, stack }: DumpedError = typeof dumped === 'object' && dumped !== null ? dumped : {};
  const reached = limit ?? (name === 'InternalError' && message === 'out of memory' ? 'memory' : null);
  const place = placeIn(textOr(stack, ''), scriptName);
  const within = place.line === undefined ? '' : WITHIN;
  const text = reached ? LIMIT_WORDS[reached] + within : `${textOr(name, 'Error')}: ${textOr(message, '')}`;
  return { limit: reached, failure: { message: text, ...place } };
}

/** The innermost place that is in the script itself. */
function placeIn(stack: string, scriptName: string): { line?: number; column?: number } {
  for (const frame of stack.split('\n')) {
    const at = frame.lastIndexOf(`${scriptName}:`);
    const place = at < 0 ? null : /^(\d+)(?::(\d+))?/.exec(frame.slice(at + scriptName.length + 1));
    if (place) return { line: Number(place[1]), ...(place[2] && { column: Number(place[2]) }) };
  }
  return {};
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
