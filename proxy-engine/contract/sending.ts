/** The commands that send requests of Switchyard's own, composed or recorded, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import type { ErrorSource } from './exchange.ts';
import { ofRecording } from './recording-commands.ts';

/** Of one command. */
export const MAX_TIMES = 10_000;
export const MAX_CONCURRENCY = 256;
const MAX_SELECTED = 1000;

const id = z.number().int().positive();
const headerLines = z.array(z.tuple([z.string(), z.string()]));
const body = z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]);
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Lines that can stand in a head (RFC 9110 §5). */
export const writtenHeaders = z.array(
  z.tuple([
    z.string().regex(NAME, 'expected the name of a header, such as x-user'),
    z.string().regex(/^[^\r\n\0]*$/, 'expected a value without line breaks'),
  ]),
);
/** A token (RFC 9110 §9.1). */
export const methodName = z.string().regex(NAME, 'expected a method such as GET');
const method = methodName.refine((name) => name !== 'CONNECT', 'CONNECT opens a tunnel; it cannot be composed');

const how = {
  times: z.number().int().min(1).max(MAX_TIMES).default(1),
  /** How many are under way at once. */
  concurrency: z.number().int().min(1).max(MAX_CONCURRENCY).default(1),
  /** False: answers as soon as it has begun; `sending.get` tells the rest. */
  wait: z.boolean().default(true),
};

export const sendingCommands = {
  'compose.send': z
    .strictObject({
      method: method.default('GET'),
      /** With its host; `http://` may be left out. */
      url: z.string().min(1),
      /** Host and Content-Length are added when they are missing. */
      headers: headerLines.default([]),
      body: body.optional(),
      /** The listener that it comes in by. Left out: the one at the URL's address, else the first forward one, else the first. */
      listener: z.string().optional(),
      /** Straight to this pool, past routes and rules; and to this backend of it. */
      pool: z.string().optional(),
      backend: z.string().optional(),
      ...how,
    })
    .refine(({ pool: name, backend }) => backend === undefined || name !== undefined, {
      path: ['backend'],
      error: 'a backend needs its pool',
    }),
  'exchange.replay': z.union([
    z.strictObject({
      ...ofRecording,
      id,
      /** What is to be different; the rest is as the client sent it. */
      edits: z
        .strictObject({
          method: method.optional(),
          url: z.string().min(1).optional(),
          headers: headerLines.optional(),
          body: body.optional(),
        })
        .default({}),
      ...how,
    }),
    z.strictObject({
      ...ofRecording,
      /** Each once, in this order. */
      ids: z.array(id).min(1).max(MAX_SELECTED),
      /** `original`: each begins as long after the first as it did when it was recorded. */
      spacing: z.enum(['original', 'none']).default('none'),
      concurrency: how.concurrency,
      wait: how.wait,
    }),
  ]),
  /** How far a sending has come. `from`: index of the first answer wanted. */
  'sending.get': z.strictObject({ sending: id, from: z.number().int().min(0).default(0) }),
  /** Nothing more is sent, and what is under way is given up. */
  'sending.cancel': z.strictObject({ sending: id }),
} as const;

/** What became of one of the requests. */
export interface SentAnswer {
  /** Of its exchange. */
  id: number;
  pool?: string;
  backend?: string;
  /** Absent: it was not answered. */
  status?: number;
  durationMs: number;
  sizeBytes: number;
  error?: { code: string; source: ErrorSource; message: string };
}

export interface SendingProgress {
  sending: number;
  state: 'running' | 'done' | 'cancelled';
  total: number;
  begun: number;
  ended: number;
  /** In the order in which they came. */
  answers: SentAnswer[];
}

/** `ids`: of the exchanges that have begun, in order. */
export interface SendingReport extends SendingProgress {
  ids: number[];
}

export interface SendingCommandResults {
  'compose.send': SendingReport;
  'exchange.replay': SendingReport;
  'sending.get': SendingProgress;
  'sending.cancel': null;
}
