/** Checks of a pool's backends. */
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { block, quoted } from './text.ts';

export function checkLines({ notes, version }: Plan, { config, path }: PlannedPool): string[] {
  const check = config.healthCheck;
  if (!check) return [];
  if (check.type !== 'http') {
    notes.refuse(`${path}.healthCheck`, `${check.type} check`, 'Caddy checks with HTTP only');
    return [];
  }
  const hasThresholds = isAtLeast(version, '2.8');
  const lines = [
    `health_uri ${quoted(check.path)}`,
    `health_interval ${duration(check.interval)}`,
    `health_timeout ${duration(check.timeout)}`,
  ];
  if (check.port !== undefined) lines.push(`health_port ${check.port}`);
  if (hasThresholds) lines.push(`health_passes ${check.rise}`, `health_fails ${check.fall}`);
  else
    notes.approximate(
      `${path}.healthCheck`,
      `rise ${check.rise}, fall ${check.fall}`,
      'Caddy counts from 2.8 on; one probe flips',
    );
  const headers = Object.entries({
    ...(check.host === undefined ? {} : { Host: check.host }),
    ...spelt(check.headers),
  });
  if (headers.length > 0)
    lines.push(
      ...block(
        'health_headers',
        headers.map(([key, value]) => `${key} ${quoted(value)}`),
      ),
    );
  if (check.method !== 'GET') notes.approximate(`${path}.healthCheck.method`, check.method, 'GET');
  lines.push(`health_status ${statusWord({ notes }, check.expectStatus, path)}`);
  if (check.expectBody !== undefined) lines.push(`health_body ${quoted(bodyPattern(check.expectBody))}`);
  notes.map(`${path}.healthCheck`, `http check`);
  return lines;
}

/** Go has Host apart from headers, and looks for it by this spelling. */
function spelt(headers: Record<string, string>): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase() === 'host' ? 'Host' : name, value]));
}

function bodyPattern(expected: string): string {
  return /^\/(.*)\/$/.exec(expected)?.[1] ?? expected.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

function statusWord({ notes }: Pick<Plan, 'notes'>, expected: readonly (number | string)[], path: string): string {
  const [first = 200] = expected;
  const range = /^(\d)00-\d99$/.exec(String(first));
  const word = range ? `${range[1]}xx` : String(first).slice(0, 3);
  const isSaid = range ? String(first).slice(4, 5) === range[1] : String(first) === word;
  if (expected.length > 1 || !isSaid)
    notes.approximate(
      `${path}.healthCheck.expectStatus`,
      expected.join(', '),
      `Caddy takes one status or class: ${word}`,
    );
  return word;
}
