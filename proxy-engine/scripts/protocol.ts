/** What crosses between the engine and the worker in which scripts run. Header values are latin1, one char a byte, targets text. */
import type { ConsoleLine, HeaderLines } from '../contract/exchange.ts';
import type { AbortMode } from '../rules/effects.ts';

/** CPU milliseconds that a call may take. */
export const SCRIPT_CPU_MS = 50;
/** Bytes that a script may hold: its variables between calls, and about 6 MiB that the interpreter needs. */
export const SCRIPT_MEMORY_BYTES = 32 * 1024 ** 2;

export interface ScriptRequestHead {
  method: string;
  /** Path with query. */
  target: string;
  headers: HeaderLines;
}

export interface ScriptResponseHead {
  status: number;
  headers: HeaderLines;
}

/** The exchange as a script sees it. */
export interface ScriptExchange {
  id: number;
  rule: string;
  phase: 'request' | 'response';
  listener: string;
  clientIp: string;
  scheme: string;
  /** host[:port] */
  authority: string;
  route?: string;
  pool?: string;
  backend?: string;
  request: ScriptRequestHead;
  /** In the phase `response` only. */
  response?: ScriptResponseHead;
  /** false: the body is too long to be shown. */
  bodyComplete: boolean;
}

export interface ScriptJob extends ScriptOrder {
  id: number;
}

/** What is to be run. */
export interface ScriptOrder {
  /** Absolute path. */
  file: string;
  exchange: ScriptExchange;
  /** Of the message of that phase. */
  body: Uint8Array;
}

/** What a script changed; what is absent is as it was. */
export interface ScriptChanges {
  request?: ScriptRequestHead;
  response?: ScriptResponseHead;
  body?: Uint8Array;
  answer?: { status: number; headers: HeaderLines; body: Uint8Array };
  abort?: AbortMode;
  note?: string;
}

export interface ScriptFailure {
  message: string;
  /** Where in the script, from 1; absent when it is not known. */
  line?: number;
  column?: number;
}

export interface ScriptReply {
  id: number;
  changes: ScriptChanges;
  error: ScriptFailure | null;
  console: ConsoleLine[];
  durationMs: number;
}

export type FromScriptWorker = { type: 'ready' } | ({ type: 'reply' } & ScriptReply);
