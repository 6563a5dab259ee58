/** What is exported: everything until somebody takes things out, so that what is added later comes along. */
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';

export const KINDS = ['routes', 'rules', 'pools'] as const;
export type Kind = (typeof KINDS)[number];

export interface ExportChoice {
  target: ExportTarget;
  /** Empty: the one that the target has by default. */
  version: string;
  /** Names that are left out. */
  without: Readonly<Record<Kind, ReadonlySet<string>>>;
}

export const FIRST_CHOICE: ExportChoice = {
  target: 'nginx',
  version: '',
  without: { routes: new Set(), rules: new Set(), pools: new Set() },
};

/** The names of one kind in their order. */
export function namesOf(config: Config | null, kind: Kind): string[] {
  if (config === null) return [];
  return kind === 'pools' ? Object.keys(config.pools) : config[kind].map(({ name }) => name);
}

export function withName(choice: ExportChoice, kind: Kind, name: string, taken: boolean): ExportChoice {
  const left = new Set(choice.without[kind]);
  if (taken) left.delete(name);
  else left.add(name);
  return { ...choice, without: { ...choice.without, [kind]: left } };
}

/** All or none of one kind. */
export function withAll(choice: ExportChoice, kind: Kind, names: readonly string[], taken: boolean): ExportChoice {
  return { ...choice, without: { ...choice.without, [kind]: new Set(taken ? [] : names) } };
}

export function isVersion(text: string): boolean {
  return text === '' || /^\d+(\.\d+)*$/.test(text);
}

/** The input of `config.export`; a kind of which nothing was left out is not named. */
export function exportInput(
  { target, version, without }: ExportChoice,
  config: Config | null,
): CommandInput<'config.export'> {
  const chosen = KINDS.filter((kind) => without[kind].size > 0).map((kind) => [
    kind,
    namesOf(config, kind).filter((name) => !without[kind].has(name)),
  ]);
  const select = chosen.length === 0 ? {} : { select: Object.fromEntries(chosen) as Partial<Record<Kind, string[]>> };
  return { target, ...(version === '' ? {} : { targetVersion: version }), ...select };
}

/** The name that a file of the target has by custom. */
export const FILE_NAMES: Record<ExportTarget, string> = {
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  caddy: 'Caddyfile',
  envoy: 'envoy.yaml',
  traefik: 'traefik-dynamic.yaml',
  yaml: 'switchyard.yaml',
  json: 'switchyard.json',
};

export const TARGET_NAMES: Record<ExportTarget, string> = {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  caddy: 'Caddy',
  envoy: 'Envoy',
  traefik: 'Traefik',
  yaml: 'YAML',
  json: 'JSON',
};
