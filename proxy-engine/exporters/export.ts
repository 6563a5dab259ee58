/** Rule sets for production proxies: one neutral plan, one emitter a target, and a report of what is not the same there. */
import { parse } from 'yaml';
import type { Config } from '../contract/config.ts';
import { type Environment, hideValues, variablesOf } from '../contract/environment-reference.ts';
import type { ExportResult, ExportSelection, ExportTarget } from '../contract/transfer.ts';
import { exportCaddy } from './caddy/caddyfile.ts';
import { matcher } from './caddy/conditions.ts';
import { exportDocument } from './document.ts';
import { noteEnvironment } from './environment.ts';
import { routeMatches } from './envoy/conditions.ts';
import { exportEnvoy } from './envoy/envoy.ts';
import type { Writer } from './guards.ts';
import { exportHaproxy } from './haproxy/haproxy.ts';
import { check } from './haproxy/text.ts';
import { ask } from './nginx/conditions.ts';
import { exportNginx } from './nginx/nginx.ts';
import { Notes, partedDoubts } from './notes.ts';
import { isAtLeast, makePlan, type Plan } from './plan.ts';
import { selectConfig } from './select.ts';
import type { Several } from './several.ts';
import { ruleText } from './traefik/rule-syntax.ts';
import { exportTraefik } from './traefik/traefik.ts';

export interface ExportOptions {
  /** The target's, such as `1.22` or `2.6.12`. Default: the one in Debian 12, of Envoy 1.31 and of Traefik 3.6. */
  targetVersion?: string;
  select?: ExportSelection;
  /**
   * As they were written: the config's own, then what it includes, in order. `yaml` and `json` are cut from them; the report of other
   * targets tells what they take from the environment.
   */
  documents?: readonly string[];
  /** What the documents were read with: the report says nothing of its values. */
  environment?: Environment;
}

interface Emitter {
  defaultVersion: string;
  /** Before it files may be of no use: what its versions differ in is known from there on. */
  oldest?: string;
  emit(this: void, plan: Plan): string;
  write: Writer;
  asksPeer?: string;
  several?(this: void, version: string): Several;
}

const EMITTERS: Record<Exclude<ExportTarget, 'yaml' | 'json'>, Emitter> = {
  nginx: {
    defaultVersion: '1.22',
    oldest: '1.22',
    emit: exportNginx,
    write: ask,
    several: (version) => (isAtLeast(version, '1.23') ? { header: 'joined' } : {}),
  },
  haproxy: { defaultVersion: '2.6', oldest: '2.6', emit: exportHaproxy, write: check },
  caddy: {
    defaultVersion: '2.6',
    oldest: '2.6',
    emit: exportCaddy,
    write: (condition) => matcher('asked', condition),
    asksPeer: 'Caddy',
  },
  traefik: {
    defaultVersion: '3.6',
    oldest: '3.0',
    emit: exportTraefik,
    write: ruleText,
    asksPeer: 'Traefik',
    several: () => ({ header: 'each', parameter: 'each', cookie: 'each' }),
  },
  envoy: {
    defaultVersion: '1.31',
    emit: exportEnvoy,
    write: routeMatches,
    several: () => ({ header: 'joined', parameter: 'each', cookie: 'each' }),
  },
};

/** Writes `config` for `target`. Never throws on a validated config; what the target cannot do is in the result's lists. */
export function exportConfig(config: Config, target: ExportTarget, options: ExportOptions = {}): ExportResult {
  const { documents = [], environment = {} } = options;
  const names = variablesOf(documents.map((document): unknown => parse(document, { merge: true })));
  const notes = new Notes((told) => hideValues(told, names, environment));
  const selected = selectConfig(config, options.select);
  const text = write(selected, target, notes, options);
  const { particular, always } = partedDoubts(notes.approximated);
  return { text, mapped: notes.mapped, approximated: [...particular, ...always], unmapped: notes.unmapped };
}

function write(
  selected: ReturnType<typeof selectConfig>,
  target: ExportTarget,
  notes: Notes,
  options: ExportOptions,
): string {
  const { documents = [], environment = {}, select } = options;
  if (target === 'yaml' || target === 'json')
    return exportDocument(selected, target, notes, { documents, whole: select === undefined });
  noteEnvironment(documents, selected, environment, notes);
  const { defaultVersion, oldest, emit, several, ...asking } = EMITTERS[target];
  const version = options.targetVersion ?? defaultVersion;
  if (oldest !== undefined && !isAtLeast(version, oldest))
    notes.always(
      `version ${version}`,
      `the file is made as for ${oldest}, the oldest that is known here; it may be refused`,
    );
  const { config, indexes } = selected;
  return emit(makePlan(config, notes, version, { indexes, ...asking, several: several?.(version) }));
}
