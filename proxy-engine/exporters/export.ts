/** Rule sets for production proxies: one neutral plan, one emitter a target, and a report of what is not the same there. */
import type { Config } from '../contract/config.ts';
import type { ExportResult, ExportSelection, ExportTarget } from '../contract/transfer.ts';
import { exportCaddy } from './caddy/caddyfile.ts';
import { exportDocument } from './document.ts';
import { exportEnvoy } from './envoy/envoy.ts';
import { exportHaproxy } from './haproxy/haproxy.ts';
import { exportNginx } from './nginx/nginx.ts';
import { Notes } from './notes.ts';
import { makePlan, type Plan } from './plan.ts';
import { selectConfig } from './select.ts';
import { exportTraefik } from './traefik/traefik.ts';

export interface ExportOptions {
  /** The target's, such as `1.22` or `2.6.12`. Default: the one in Debian 12, of Envoy 1.31 and of Traefik 3.6. */
  targetVersion?: string;
  select?: ExportSelection;
  /** The document as it was written: `yaml` then keeps its comments and order. */
  source?: string;
}

interface Emitter {
  defaultVersion: string;
  emit(this: void, plan: Plan): string;
}

const EMITTERS: Record<Exclude<ExportTarget, 'yaml' | 'json'>, Emitter> = {
  nginx: { defaultVersion: '1.22', emit: exportNginx },
  haproxy: { defaultVersion: '2.6', emit: exportHaproxy },
  caddy: { defaultVersion: '2.6', emit: exportCaddy },
  traefik: { defaultVersion: '3.6', emit: exportTraefik },
  envoy: { defaultVersion: '1.31', emit: exportEnvoy },
};

/** Writes `config` for `target`. Never throws on a validated config; what the target cannot do is in the result's lists. */
export function exportConfig(config: Config, target: ExportTarget, options: ExportOptions = {}): ExportResult {
  const notes = new Notes();
  const selected = selectConfig(config, options.select);
  const text = write(selected, target, notes, options);
  const { mapped, approximated, unmapped } = notes;
  return { text, mapped, approximated, unmapped };
}

function write(
  selected: ReturnType<typeof selectConfig>,
  target: ExportTarget,
  notes: Notes,
  options: ExportOptions,
): string {
  if (target === 'yaml' || target === 'json') return exportDocument(selected.config, target, notes, options);
  const { defaultVersion, emit } = EMITTERS[target];
  return emit(makePlan(selected.config, notes, options.targetVersion ?? defaultVersion, selected.indexes));
}
