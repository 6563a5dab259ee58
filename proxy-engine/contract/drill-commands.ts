/** The commands about drills, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import type { ConfigIssue } from './config-issue.ts';
import type { DrillDocument, DrillReport, DrillSummary } from './drill.ts';
import { DRILL_FORMAT_NAMES } from './drill-formats.ts';

const text = z.string().max(1024 ** 2);
const id = z.string();

export const drillCommands = {
  /** Whether `text` is a drill that the running engine could run; what it says, as written. */
  'drill.check': z.strictObject({ text }),
  /** One at a time, on the running engine: `config` of the document is only for the command line. */
  'drill.start': z.strictObject({ text }),
  /** Ends the drill that runs and answers when everything is as it was before. */
  'drill.stop': z.strictObject({}).default({}),
  'drill.list': z.strictObject({}).default({}),
  'drill.get': z.strictObject({ id }),
  /** The report for people and for other programs. */
  'drill.export': z.strictObject({ id, format: z.enum(DRILL_FORMAT_NAMES) }),
} as const;

export interface DrillCommandResults {
  'drill.check': { issues: ConfigIssue[]; document?: DrillDocument };
  'drill.start': { id: string };
  'drill.stop': { id: string } | null;
  /** Newest first. */
  'drill.list': { runs: DrillSummary[] };
  'drill.get': DrillReport;
  'drill.export': { text: string };
}
