/** The commands about saved recordings, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';

/** Of a saved recording: also the name of its folder. */
const recordingId = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'expected the id of a recording, as recordings.list tells it');
const name = z.string().trim().min(1, 'a recording needs a name').max(200);
const transfer = z.number().int().positive();

/** Which exchanges are meant: those of a saved recording; absent: what is being recorded now. */
export const ofRecording = { recording: recordingId.optional() };

export const recordingCommands = {
  'recordings.list': z.strictObject({}).default({}),
  /** Keeps what is recorded now, or that of it for which `filter` holds. */
  'recordings.save': z.strictObject({ name, filter: z.string().optional() }),
  'recordings.rename': z.strictObject({ recording: recordingId, name }),
  'recordings.delete': z.strictObject({ recording: recordingId }),
  /** How requests of the same kind did in one and in the other; null: what is recorded now. */
  'recordings.compare': z.strictObject({
    before: recordingId.nullable(),
    after: recordingId.nullable(),
    filter: z.string().optional(),
    limit: z.number().int().min(1).max(1000).default(200),
  }),
  /** As one file, in pieces that a client appends to each other: while the answer is not `done`, it asks again with its `export`. */
  'recordings.export': z.union([
    z.strictObject({
      ...ofRecording,
      filter: z.string().optional(),
      /** False: also the values of the headers that `capture.redact` names. */
      redact: z.boolean().default(true),
    }),
    z.strictObject({ export: transfer }),
  ]),
  /** The file of an export, in pieces of at most 4 MiB; the first answer names the `import` of the others. */
  'recordings.import': z.strictObject({
    import: transfer.optional(),
    data: z.base64().max(6 * 1024 ** 2, 'a piece has at most 4 MiB'),
    /** It is the last piece. */
    last: z.boolean(),
  }),
} as const;

export interface SavedRecording {
  recording: string;
  name: string;
  /** Epoch milliseconds. */
  savedAt: number;
  exchanges: number;
  /** On disk, bodies included. */
  bytes: number;
  /** Start of its first and of its last exchange, in epoch milliseconds. */
  from: number;
  to: number;
  /** It has only what this filter let through. */
  filter?: string;
  /** Names of headers whose values were taken out before it came here. */
  redacted?: string[];
}

export interface SavedRecordings {
  /** The newest first. */
  recordings: SavedRecording[];
  /** Folders in which there is none that can be read, and why. */
  unreadable: { folder: string; why: string }[];
}

/** Of one kind of requests in one recording. */
export interface ComparedSide {
  count: number;
  /** Answered with 5xx, or not answered. */
  failed: number;
  /** How many had which status, by its first digit: `2xx`; `none`: not answered. */
  statuses: Record<string, number>;
  p50Ms: number;
  p95Ms: number;
}

/** Requests with the same method, host and path; what looks like an id in the path is `{id}`. */
export interface ComparedRequests {
  method: string;
  host: string;
  path: string;
  before?: ComparedSide;
  after?: ComparedSide;
}

export interface RecordingComparison {
  before: ComparedSide;
  after: ComparedSide;
  /** Those that differ most first. */
  requests: ComparedRequests[];
  /** Beyond the limit. */
  more: number;
}

export interface RecordingPiece {
  export: number;
  /** base64 */
  data: string;
  /** It was the last piece. */
  done: boolean;
  /** Names of headers of which values were taken out so far. */
  redacted: string[];
  /** Exchanges that are not in it so far: they were cleared or pushed out of the list, or cannot be read. */
  missing: number;
}

/** `recording`: absent as long as it was not the last piece. */
export interface RecordingImport {
  import: number;
  recording?: SavedRecording;
  /** Bytes of the file that belong to no exchange that could be read. */
  unreadableBytes?: number;
}

export interface RecordingCommandResults {
  'recordings.list': SavedRecordings;
  'recordings.save': SavedRecording;
  'recordings.rename': SavedRecording;
  'recordings.delete': null;
  'recordings.compare': RecordingComparison;
  'recordings.export': RecordingPiece;
  'recordings.import': RecordingImport;
}

export type RecordingCommand = keyof typeof recordingCommands;
