/** What the engine and its store thread say to each other. A batch that was taken in is acknowledged; its memory goes back when it is not needed. */
import type { MessagePort } from 'node:worker_threads';
import type { ParsedInput } from '../../contract/api.ts';
import type { RecordingCommand } from '../../contract/recording-commands.ts';
import type { Limits } from '../disk/retention.ts';
import type { DiskState } from '../disk-store.ts';

export interface StoreThreadData {
  directory: string;
  /** Where saved recordings live. */
  saved: string;
  limits: Limits;
  /** Names of headers whose values are taken out of what leaves. */
  redact: readonly string[];
}

export interface Questions {
  query: ParsedInput<'exchanges.query'>;
  ids: { filter?: string | undefined; recording?: string | undefined };
  get: ParsedInput<'exchange.get'>;
  messages: ParsedInput<'exchange.messages'>;
  body: ParsedInput<'exchange.body'>;
  bodyMessages: ParsedInput<'exchange.bodyMessages'>;
  tree: ParsedInput<'exchanges.tree'>;
  values: ParsedInput<'exchanges.values'>;
  mark: ParsedInput<'exchange.mark'>;
  recordings: { [C in RecordingCommand]: { command: C; input: ParsedInput<C> } }[RecordingCommand];
  notKept: readonly number[];
  clear: null;
  close: null;
}

export type Question = { [K in keyof Questions]: { kind: K; input: Questions[K] } }[keyof Questions];

export interface RecordedBatch {
  type: 'batch';
  /** Given away unless it is shared. It comes back. */
  buffer: ArrayBufferLike;
  length: number;
}

export type ToStoreThread =
  | RecordedBatch
  /** Batches of another thread come by that port; their answers go by it. */
  | { type: 'writer'; port: MessagePort }
  | { type: 'configure'; limits: Limits; redact: readonly string[] }
  /** Recordings that are too old at that time (epoch milliseconds) are to go, and what could not be written before is tried again. */
  | { type: 'tidy'; now: number }
  | { type: 'ask'; call: number; question: Question };

export type BatchAnswer =
  /** `bytes`: of the memory of the batch. */
  | { type: 'taken'; bytes: number; state: DiskState }
  /** To be used for another batch. Given away unless it is shared. */
  | { type: 'back'; buffer: ArrayBufferLike };

export type FromStoreThread =
  | { type: 'ready'; state: DiskState; note: string | null }
  /** It cannot be used at all. */
  | { type: 'unusable'; message: string }
  | BatchAnswer
  /** A batch of another writer was taken in, or recordings changed by themselves. */
  | { type: 'news'; state: DiskState }
  | { type: 'answer'; call: number; result: unknown; state: DiskState }
  | { type: 'refusal'; call: number; message: string; code?: string | undefined };

export function givenAway({ buffer }: { buffer: ArrayBufferLike }): ArrayBuffer[] {
  return buffer instanceof SharedArrayBuffer ? [] : [buffer];
}
