import { clsx } from 'clsx';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { wholeBackendName } from '../../format/backend-name.ts';
import { formatDuration, formatSize } from '../../format/quantities.ts';
import { formatFullTime } from '../../format/time.ts';
import { Status } from '../status.tsx';

/** What stands above the heads: both exchanges side by side, and where they differ. */
export function CompareFacts({ a, b }: { a: Exchange; b: Exchange }) {
  const { compare, detail, engine, traffic } = useMessages();
  const both = (of: (exchange: Exchange) => string | undefined): [string, string] => [of(a) ?? '–', of(b) ?? '–'];
  const rows: [label: string, values: [string, string]][] = [
    [detail.started, both(({ startedAt }) => formatFullTime(startedAt))],
    [detail.url, both(({ scheme, host, path }) => `${scheme}://${host}${path}`)],
    [detail.protocol, both(({ protocol }) => protocol)],
    [traffic.column.backend, both(wholeBackendName)],
    [detail.attempts, both(({ attempts }) => String(attempts.length))],
    [detail.duration, both(({ durationMs }) => (durationMs === undefined ? undefined : formatDuration(durationMs)))],
    [traffic.column.size, both(({ responseSizeBytes }) => formatSize(responseSizeBytes))],
    [detail.rules, both(({ rules }) => [...new Set(rules.map(({ name }) => name))].join(', ') || undefined)],
    [detail.errorTitle, both(({ error }) => error && engine(error.message))],
  ];
  return (
    <table className="compare-facts" aria-label={compare.facts}>
      <thead>
        <tr>
          <td />
          <th scope="col">
            #{a.id} <Status row={a} />
          </th>
          <th scope="col">
            #{b.id} <Status row={b} />
          </th>
        </tr>
      </thead>
      <tbody>
        {rows
          .filter(([, values]) => values.some((value) => value !== '–'))
          .map(([label, [left, right]]) => (
            <tr key={label} className={clsx(left !== right && 'compare-differs')}>
              <th scope="row">{label}</th>
              <td>{left}</td>
              <td>{right}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
