/** Commands about what an exchange carried, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import type { WebSocketMessage } from './exchange.ts';
import { ofRecording } from './recording-commands.ts';

/** Of one message of a body so many bytes are given at most. */
export const MAX_BODY_MESSAGE_BYTES = 4 * 1024 ** 2;

const ofBody = {
  ...ofRecording,
  id: z.number().int().positive(),
  side: z.enum(['request', 'response']),
  decoded: z.boolean().default(true),
};

export const bodyCommands = {
  'exchange.body': z.strictObject({
    ...ofBody,
    offset: z.number().int().min(0).default(0),
    length: z
      .number()
      .int()
      .min(1)
      .max(4 * 1024 ** 2)
      .default(256 * 1024),
  }),
  /** Messages that lie one after the other in a body, as its content type says: gRPC, gRPC-Web, Connect, delimited protobuf. */
  'exchange.bodyMessages': z.strictObject({
    ...ofBody,
    /** Index of the first message wanted; negative counts from the end. */
    from: z.number().int().default(0),
    /** Fewer are given when they are large. */
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  'exchange.messages': z.strictObject({
    ...ofRecording,
    id: z.number().int().positive(),
    /** Index of the first message wanted, with `contains` among those found; negative counts from the end. */
    from: z.number().int().default(-200),
    limit: z.number().int().min(1).max(1000).default(200),
    /** Only messages with this text in them, in letters of either case. */
    contains: z.string().max(200).optional(),
  }),
} as const;

export interface BodyWindow {
  /** base64 */
  data: string;
  offset: number;
  /** Bytes there are in all, decoded when asked for decoded. */
  totalBytes: number;
  truncated: boolean;
  contentType?: string;
  /** Why it could not be decoded; the raw bytes are given then. */
  decodeError?: string;
  /** All that was sent was kept, and yet it ends within its content coding; it is decoded as far as it goes. */
  endsEarly?: true;
}

export interface BodyMessageWindow {
  /** Messages there are so far, the last one maybe cut. */
  total: number;
  /** About 1 MiB of them at most, at least one when there is one. */
  messages: BodyMessage[];
  /** Why there are no more, though there are more bytes: they are no messages. */
  problem?: string;
}

/** One message of a body, behind its length. */
export interface BodyMessage {
  /** From 0, in the order of the body. */
  index: number;
  /** Bytes in the body, without what stands before them. */
  sizeBytes: number;
  /** base64: what it says, decompressed; at most `MAX_BODY_MESSAGE_BYTES`. */
  data: string;
  /** Bytes when decompressed, of which `data` may be the first. */
  totalBytes: number;
  /** How it is compressed; absent: it is not, or nothing says how. */
  encoding?: string;
  /** Why it could not be decompressed; its bytes are given as they were sent. */
  decodeError?: string;
  /** Not all of it was kept, or has come. */
  isCut?: true;
  /** What ends a stream: the trailers of gRPC-Web as lines, the JSON of Connect. */
  isEnd?: true;
}

export interface MessageWindow {
  /** Messages that have passed. */
  total: number;
  /** Index of the first that is still kept. */
  firstKept: number;
  messages: WebSocketMessage[];
  /** With `contains`: how many there are, and which of them the first of `messages` is. */
  found?: number;
  foundFrom?: number;
}

export interface BodyCommandResults {
  'exchange.body': BodyWindow;
  'exchange.bodyMessages': BodyMessageWindow;
  'exchange.messages': MessageWindow;
}
