/** The commands that write recorded exchanges as HAR 1.2 and read them, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import { ofRecording } from './recording-commands.ts';

const id = z.number().int().positive();

export const harCommands = {
  /**
   * In pieces of about 1 MiB, which a client appends to each other: while the answer is not `done`, it asks again with its
   * `export`. `GET /api/exchanges.har` is the same in one.
   */
  'har.export': z.union([
    z.strictObject({
      /** Exchanges for which it holds; neither this nor `ids`: all. */
      filter: z.string().optional(),
      ids: z.array(id).min(1).max(10_000).optional(),
      ...ofRecording,
      /** False: also the values of the headers that `capture.redact` names. */
      redact: z.boolean().default(true),
    }),
    z.strictObject({ export: id }),
  ]),
  /**
   * Records the exchanges of a HAR. In one, or in pieces: `more` with all but the last, and from the second on the `import`
   * that the first answered.
   */
  'har.import': z.strictObject({
    text: z.string(),
    /** Of the file, for the note on its exchanges. */
    name: z.string().max(200).default('a HAR'),
    import: id.optional(),
    more: z.boolean().default(false),
  }),
} as const;

export interface HarPiece {
  export: number;
  text: string;
  /** It was the last piece. */
  done: boolean;
}

/** Something that was wrong with a HAR. */
export interface HarProblem {
  /** Where it was first: `entry 12`, `file`. */
  at: string;
  outcome: 'mended' | 'left-out';
  why: string;
  /** Entries that have it. */
  times: number;
}

export interface HarImportResult {
  import: number;
  /** Recorded so far. */
  exchanges: number;
  /** Of the first and the last of them. */
  firstId?: number;
  lastId?: number;
  problems: HarProblem[];
}

export interface HarCommandResults {
  'har.import': HarImportResult;
  'har.export': HarPiece;
}
