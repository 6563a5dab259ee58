/** Commands about what was recorded as a whole, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import { MARK_COLORS } from './exchange.ts';
import { ofRecording } from './recording-commands.ts';
import { VALUE_FIELDS } from './value-fields.ts';

export const exchangeCommands = {
  /** What is left out stays as it is; null takes it away. Pinned exchanges are not pushed out by newer ones. */
  'exchange.mark': z.strictObject({
    ids: z.array(z.number().int().positive()).min(1).max(1000),
    color: z.enum(MARK_COLORS).nullable().optional(),
    note: z.string().max(2000).nullable().optional(),
    pinned: z.boolean().optional(),
  }),
  /** Counts by host and path. Of a host or path only the next level, and only when it is among `open`. */
  'exchanges.tree': z.strictObject({
    ...ofRecording,
    filter: z.string().optional(),
    /** Paths without the slash at their end; '': the host itself. */
    open: z
      .array(z.strictObject({ host: z.string(), path: z.string() }))
      .max(500)
      .default([]),
    /** Nodes at each level, those with the most exchanges. */
    limit: z.number().int().min(1).max(1000).default(200),
  }),
  /** Values that a field has among the newest exchanges, the most frequent first; of a few fields, among all of them. */
  'exchanges.values': z.strictObject({
    ...ofRecording,
    field: z.enum(VALUE_FIELDS),
    startsWith: z.string().default(''),
    limit: z.number().int().min(1).max(100).default(10),
  }),
} as const;

export interface TreeNode {
  /** A host in lower case without its port, or a segment of a path; '' is what comes after a slash at its end. */
  name: string;
  count: number;
  /** Something lies below it. */
  hasMore: boolean;
  /** Of one that is open. */
  children?: TreeNode[];
  /** Beside its children. */
  rest?: TreeRest;
}

/** Nodes beyond the limit of their level. */
export interface TreeRest {
  names: number;
  count: number;
}

export interface ExchangeTree {
  total: number;
  nodes: TreeNode[];
  rest?: TreeRest;
}

export interface ExchangeCommandResults {
  /** How many of them were there. */
  'exchange.mark': { marked: number };
  'exchanges.tree': ExchangeTree;
  'exchanges.values': { values: string[] };
}
