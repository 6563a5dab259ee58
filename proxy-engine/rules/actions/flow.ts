/** `abort`, `delay`, `throttle`, `breakpoint`, `script`: what happens to the exchange as a whole. Both phases. */
import { resolve } from 'node:path';
import type { Action, ActionContext } from '../action.ts';
import type { AbortMode, Throttle } from '../effects.ts';
import { Link } from '../link.ts';

export function compileAbort(mode: AbortMode): Action {
  return { kind: 'effect', words: [`abort ${mode}`], changes: [], effect: () => ({ kind: 'abort', mode }) };
}

export function compileDelay(ms: number): Action {
  return { kind: 'effect', words: [`delay ${ms} ms`], changes: [], effect: () => ({ kind: 'delay', ms }) };
}

export interface ThrottleConfig {
  down?: number | undefined;
  up?: number | undefined;
  latency?: number | undefined;
}

export function compileThrottle({ down, up, latency }: ThrottleConfig): Action {
  const throttle: Throttle = {};
  if (down !== undefined) throttle.down = new Link(down);
  if (up !== undefined) throttle.up = new Link(up);
  if (latency !== undefined) throttle.latencyMs = latency;
  return { kind: 'effect', words: ['throttle'], changes: [], effect: () => ({ kind: 'throttle', throttle }) };
}

export function compileBreakpoint(): Action {
  return { kind: 'effect', words: ['breakpoint'], changes: [], effect: () => ({ kind: 'breakpoint' }) };
}

export function compileScript(file: string, { baseDir, rule }: ActionContext): Action {
  const call = { file: resolve(baseDir, file), rule };
  return { kind: 'effect', words: [`script ${file}`], changes: [], effect: () => ({ kind: 'script', call }) };
}
