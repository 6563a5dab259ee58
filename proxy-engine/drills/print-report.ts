/** The report of a drill as a file. */
import type { DrillReport } from '../contract/drill.ts';
import type { DrillFormat } from '../contract/drill-formats.ts';
import { htmlReport } from './report-html.ts';
import { junitReport } from './report-junit.ts';
import { textReport } from './report-text.ts';

export function printReport(report: DrillReport, format: DrillFormat): string {
  switch (format) {
    case 'text':
      return textReport(report);
    case 'html':
      return htmlReport(report);
    case 'junit':
      return junitReport(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
  }
}
