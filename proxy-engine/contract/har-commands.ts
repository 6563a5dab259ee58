/** The commands that write recorded exchanges as HAR 1.2 and read them, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';

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
      /** False: also the values of the headers that `capture.redact` names. */
      redact: z.boolean().default(true),
    }),
    z.strictObject({ export: id }),
  ]),
} as const;

export interface HarPiece {
  export: number;
  text: string;
  /** It was the last piece. */
  done: boolean;
}

export interface HarCommandResults {
  'har.export': HarPiece;
}
