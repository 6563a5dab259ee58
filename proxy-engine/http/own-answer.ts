/** Answers that the proxy makes itself. They carry `x-switchyard-error`; a backend's answer never does. */
import { STATUS_CODES } from 'node:http';
import type { ProxyError } from '../errors.ts';
import { toWire } from '../match/wire-text.ts';
import { Headers } from './headers.ts';

export interface OwnAnswer {
  status: number;
  reason: string;
  headers: Headers;
  body: Buffer;
}

export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? '';
}

export function errorAnswer(error: ProxyError, pool: string | undefined): OwnAnswer {
  const body = Buffer.from(`${error.status} ${reasonOf(error.status)}\n${error.message}\n`, 'utf8');
  const headers = new Headers([
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(body.length),
    'X-Switchyard-Error',
    error.code,
  ]);
  if (pool !== undefined) headers.append('X-Switchyard-Pool', toWire(pool));
  return { status: error.status, reason: reasonOf(error.status), headers, body };
}
