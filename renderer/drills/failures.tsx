import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import { showRecorded } from '../traffic/show-traffic.ts';
import { Section } from '../ui/section.tsx';
import { showSeconds } from './step-words.ts';

/** The page shows these many; the exported report has the first 200. */
const SHOWN = 50;

/** The requests that failed, with the way to their exchanges. */
export function Failures({ report }: { report: DrillReport }) {
  const app = useApp();
  const { drills, engine } = useMessages();
  if (report.failures.length === 0) return null;
  const filter = `failed and requestHeader[x-switchyard-drill] ^= ${report.id}`;
  return (
    <div className="card">
      <Section
        title={drills.failedRequests(formatCount(report.totals.failed))}
        extra={
          <button type="button" className="link" onClick={() => showRecorded(app, filter)}>
            {drills.showInTraffic}
          </button>
        }
      >
        <table className="drill-failures">
          <thead>
            <tr>
              <th scope="col">{drills.when}</th>
              <th scope="col">{drills.clientSaw}</th>
              <th scope="col">{drills.tried}</th>
              <th scope="col">{drills.exchange}</th>
            </tr>
          </thead>
          <tbody>
            {report.failures.slice(0, SHOWN).map(({ atMs, reason, tried, exchange }) => (
              <tr key={`${atMs} ${exchange ?? ''}`}>
                <td>{showSeconds(atMs)}</td>
                <td>{engine(reason)}</td>
                <td>{engine(tried) || '–'}</td>
                <td>{exchange ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </div>
  );
}
