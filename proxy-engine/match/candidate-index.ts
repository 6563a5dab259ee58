/**
 * An ordered list in which each entry may be bound to hosts, path prefixes, values of fields and texts in the path, and finds the
 * entries that a request can still match: by host in a map, then each by that of its conditions which the fewest others have. Ten
 * entries and ten thousand cost the same, and nothing is made for a request that is like one before.
 */
import { Choice } from './choice.ts';
import type { Candidate } from './guard.ts';
import { byField, byPathNeedle, byPathPrefix, type Lookup } from './lookup.ts';
import { type IndexedBy, keyedBy } from './most-telling.ts';
import type { RequestSubject } from './subject.ts';

export class CandidateIndex<T extends Candidate> {
  readonly #all: readonly T[];
  readonly #by: IndexedBy;
  readonly #hosts: ReadonlySet<string>;
  /** Made when a host is first asked for; only hosts that are named somewhere get one. */
  readonly #byHost = new Map<string, HostIndex<T>>();
  readonly #otherHosts: HostIndex<T>;

  constructor(entries: readonly T[], by: IndexedBy = 'everything') {
    this.#all = entries;
    this.#by = by;
    this.#hosts = new Set(entries.flatMap(({ guard }) => guard.hosts ?? []));
    this.#otherHosts = new HostIndex(
      entries.filter(({ guard }) => guard.hosts === null),
      by,
    );
  }

  /** Entries whose guard lets this request through, in their order. The list is shared: do not change it. */
  find(subject: RequestSubject): readonly T[] {
    return this.#indexOf(subject.host).find(subject);
  }

  #indexOf(host: string): HostIndex<T> {
    const known = this.#byHost.get(host);
    if (known) return known;
    if (!this.#hosts.has(host)) return this.#otherHosts;
    const ofHost = this.#all.filter(({ guard }) => guard.hosts?.includes(host) ?? true);
    const index = new HostIndex(ofHost, this.#by);
    this.#byHost.set(host, index);
    return index;
  }
}

/** The entries of one host. */
class HostIndex<T extends Candidate> {
  readonly #lookups: readonly Lookup<T>[];
  readonly #first: Choice<T>;

  constructor(entries: readonly T[], by: IndexedBy) {
    const { always, path, needles, fields } = keyedBy(entries, by);
    this.#lookups = [
      ...(path.length > 0 ? [byPathPrefix(path)] : []),
      ...[...fields].flatMap(([id, ofField]) => byField(id, ofField)),
      ...(needles.length > 0 ? [byPathNeedle(needles)] : []),
    ];
    this.#first = new Choice(always);
  }

  find(subject: RequestSubject): readonly T[] {
    let choice = this.#first;
    for (let i = 0; i < this.#lookups.length; i++) choice = choice.and(this.#lookups[i]!(subject));
    return choice.list;
  }
}
