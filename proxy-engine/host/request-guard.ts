/** Who may talk to the control port. Decisions about request heads, without I/O. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../downstream/address.ts';

export interface Refusal {
  status: 401 | 403;
  code: 'UNAUTHORIZED' | 'FORBIDDEN_HOST' | 'FORBIDDEN_ORIGIN';
  message: string;
}

export interface GuardOptions {
  token: string;
  /** Origins besides our own page's: the desktop window's `app://…`. */
  allowedOrigins?: readonly string[];
}

/** 192 random bits, in characters that may stand in a URL and in a WebSocket subprotocol. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * A page of another site can reach 127.0.0.1 by a name of its own (DNS rebinding: Host tells) or by a plain cross-site request
 * (Origin tells, Sec-Fetch-Site where there is no Origin).
 */
export function refuseForeign(headers: IncomingHttpHeaders, options: GuardOptions): Refusal | null {
  if (!isLoopback(hostOf(headers.host)))
    return { status: 403, code: 'FORBIDDEN_HOST', message: 'Host is not loopback; use 127.0.0.1 or localhost' };
  const { origin } = headers;
  if (origin !== undefined) {
    if (origin === `http://${headers.host}` || options.allowedOrigins?.includes(origin)) return null;
    return { status: 403, code: 'FORBIDDEN_ORIGIN', message: 'pages of another origin may not use this API' };
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate')
    return { status: 403, code: 'FORBIDDEN_ORIGIN', message: 'pages of another site may not use this API' };
  return null;
}

/** `Authorization: Bearer TOKEN`; on a WebSocket also the subprotocol `token.TOKEN`, as browsers cannot set headers there. */
export function refuseStranger(headers: IncomingHttpHeaders, options: GuardOptions): Refusal | null {
  const given = bearerOf(headers.authorization) ?? subprotocolToken(headers['sec-websocket-protocol']);
  if (given !== null && sameToken(given, options.token)) return null;
  const message = given === null ? 'Authorization: Bearer TOKEN is missing' : 'the token is not the one of this run';
  return { status: 401, code: 'UNAUTHORIZED', message };
}

function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null;
}

function subprotocolToken(protocols: string | undefined): string | null {
  const token = protocols?.split(',').find((protocol) => protocol.trim().startsWith('token.'));
  return token === undefined ? null : token.trim().slice('token.'.length);
}

/** Takes the same time wherever they differ, and whatever their lengths. */
function sameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `[::1]:4780` → `::1`; '' when it is not host[:port]. */
function hostOf(authority: string | undefined): string {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::\d+)?$/.exec(authority ?? '');
  return match?.[1] ?? match?.[2] ?? '';
}
