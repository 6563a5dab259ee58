/** What somebody has written of listeners and names, and a target does not do: told by itself, unlike a default. */
import { limits as limitsSchema } from '../contract/listener-config.ts';
import type { DnsDiscovery } from './backend-facts.ts';
import type { Notes } from './notes.ts';
import type { PlannedListener } from './plan.ts';

type Limit = keyof PlannedListener['config']['limits'];

export const DEFAULT_LIMITS = limitsSchema.parse({});

/** Of the limits of a listener: those besides `kept` that are not the default, and one that no other line of a report names. */
export function noteLimits(
  notes: Notes,
  { config, path }: PlannedListener,
  target: string,
  kept: readonly Limit[],
): void {
  for (const [name, value] of Object.entries(config.limits)) {
    const isDefault = value === DEFAULT_LIMITS[name as Limit];
    if (!kept.includes(name as Limit) && (!isDefault || name === 'requestTimeout'))
      notes.lack(`${path}.limits.${name}`, `${name} ${value}`, `${target} has no such bound`, isDefault);
  }
}

/** Of targets that always take HTTP/1.1. */
export function noteHttp2Alone(notes: Notes, { config, path }: PlannedListener, target: string): void {
  if (!config.protocols.includes('http1'))
    notes.approximate(`${path}.protocols`, 'HTTP/2 alone', `${target} takes HTTP/1.1, too`);
}

/** Tells of a target that may reset a stream behind an answer of its own while the request's body still comes (RFC 9113 §8.1). */
export function noteHttp2Answers(notes: Notes, { config, path }: PlannedListener, target: string): void {
  if (config.protocols.includes('http2'))
    notes.approximate(
      `${path}.protocols`,
      `answers of ${target} itself to HTTP/2`,
      'to a request with a body, they may break off before a client such as curl has read them',
    );
}

/** What a report calls a name that is looked up. */
export function lookupOf({ dns, type, refresh }: DnsDiscovery): string {
  return `DNS name ${dns} (${type}, every ${refresh} ms)`;
}
