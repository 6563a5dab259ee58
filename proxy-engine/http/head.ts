/** Start line and headers of a request and of a response: text to head (RFC 9112 §3, §4). Sans-I/O and strict. */
import { ProxyError } from '../errors.ts';
import { CR, DIGIT_0, FIELD_VALUE, LF, SP, TOKEN } from './chars.ts';
import { type FieldLimits, malformed, parseFields } from './fields.ts';
import {
  type ControlFields,
  listsToken,
  readControlFields,
  requestFraming,
  responseFraming,
  wantsKeepAlive,
} from './framing.ts';
import type { RequestHead, ResponseHead } from './message.ts';
import { type Authority, type ParsedTarget, parseAuthority, parseTarget } from './target.ts';

export interface ParsedRequest {
  head: RequestHead;
  target: ParsedTarget;
  authority: Authority;
}

/** `raw` is the whole head with its empty line. Throws ProxyError (4xx, 501, 505). */
export function parseRequestHead(raw: Buffer, limits: FieldLimits): ParsedRequest {
  const text = raw.toString('latin1');
  let i = 0;
  while (TOKEN[text.charCodeAt(i)] === 1) i++;
  if (i === 0 || text.charCodeAt(i) !== SP) throw malformed('the request line does not start with a method', '9112 §3');
  const method = text.substring(0, i);
  const targetEnd = text.indexOf(' ', i + 1);
  const lineEnd = text.indexOf('\r', i + 1);
  if (targetEnd < 0 || targetEnd > lineEnd || targetEnd === i + 1)
    throw malformed('the request line is not: method target version', '9112 §3');
  const minor = parseVersion(text, targetEnd + 1, lineEnd);
  const rawTarget = text.substring(i + 1, targetEnd);
  const target = parseTarget(method, rawTarget);
  const headers = parseFields(text, lineEnd + 2, limits);
  const control = readControlFields(headers.flat, minor);
  if (method === 'CONNECT' && requestFraming(control) !== 'none')
    throw malformed('CONNECT with a body: what follows it belongs to the tunnel', '9110 §9.3.6');
  const authorityText = authorityOf(target, control, minor);
  const authority = authorityText === '' ? { host: '', port: 0 } : parseAuthority(authorityText);
  const head: RequestHead = {
    method,
    target: rawTarget,
    minor,
    headers,
    framing: requestFraming(control),
    contentLength: Math.max(control.contentLength, 0),
    keepAlive: wantsKeepAlive(control.connection, minor),
    authority: authorityText,
    upgrade: upgradeToken(control, minor),
    expectContinue: readExpect(control.expect, minor),
    raw,
  };
  return { head, target, authority };
}

/** One Host, valid, also when the target is absolute; the absolute form then wins (RFC 9112 §3.2.2). */
function authorityOf(target: ParsedTarget, control: ControlFields, minor: number): string {
  if (control.hosts > 1) throw malformed('more than one Host', '9112 §3.2');
  if (control.hosts === 0 && minor === 1) throw malformed('no Host', '9112 §3.2');
  if (control.hosts === 1 && control.host === '') throw malformed('an empty Host', '9112 §3.2');
  if (target.authority === '') return control.host;
  if (control.host !== '') parseAuthority(control.host);
  return target.authority;
}

function upgradeToken(control: ControlFields, minor: number): string | null {
  return control.upgrade !== '' && minor === 1 && listsToken(control.connection, 'upgrade') ? control.upgrade : null;
}

function readExpect(expect: string, minor: number): boolean {
  if (expect === '') return false;
  if (expect.toLowerCase() !== '100-continue' && !/^100-continue(?:[ \t]*,[ \t]*100-continue)*$/i.test(expect))
    throw new ProxyError('EXPECTATION_FAILED', `cannot meet Expect: ${expect.slice(0, 40)} (RFC 9110 §10.1.1)`);
  return minor === 1;
}

/** The minor of `HTTP/1.0` or `HTTP/1.1`. */
function parseVersion(text: string, start: number, end: number): number {
  if (end - start === 8 && text.startsWith('HTTP/1.', start)) {
    const minor = text.charCodeAt(start + 7) - DIGIT_0;
    if (minor === 0 || minor === 1) {
      checkLineEnd(text, end);
      return minor;
    }
  }
  const version = text.substring(start, end);
  if (/^HTTP\/\d\.\d$/.test(version))
    throw new ProxyError('UNSUPPORTED_VERSION', `${version} is not HTTP/1.0 or HTTP/1.1`);
  throw malformed('the request line does not end with HTTP/1.1', '9112 §2.3');
}

function checkLineEnd(text: string, end: number): void {
  if (text.charCodeAt(end) !== CR || text.charCodeAt(end + 1) !== LF) throw malformed('a bare CR', '9112 §2.2');
}

/** `requestMethod` decides whether a body follows. Throws ProxyError BAD_REQUEST; the caller names the side. */
export function parseResponseHead(raw: Buffer, requestMethod: string, limits: FieldLimits): ResponseHead {
  const text = raw.toString('latin1');
  const lineEnd = text.indexOf('\r');
  const minor = text.charCodeAt(7) - DIGIT_0;
  const status = statusAt(text, 9);
  const hasReason = text.charCodeAt(12) === SP;
  if (!text.startsWith('HTTP/1.') || (minor !== 0 && minor !== 1) || text.charCodeAt(8) !== SP || status < 100)
    throw notAStatusLine(text, lineEnd);
  if (!hasReason && lineEnd !== 12) throw notAStatusLine(text, lineEnd);
  const reason = hasReason ? text.substring(13, lineEnd) : '';
  for (let i = 0; i < reason.length; i++)
    if (FIELD_VALUE[reason.charCodeAt(i)] !== 1) throw malformed('a control character in the reason phrase', '9112 §4');
  checkLineEnd(text, lineEnd);
  const headers = parseFields(text, lineEnd + 2, limits);
  const control = readControlFields(headers.flat, 1);
  return {
    status,
    reason,
    minor,
    headers,
    framing: responseFraming(control, status, requestMethod),
    contentLength: control.contentLength,
    // Chunked in HTTP/1.0 may mean something else to whoever wrote it (RFC 9112 §6.1).
    keepAlive: wantsKeepAlive(control.connection, minor) && !(minor === 0 && control.chunked),
    upgrade: upgradeToken(control, 1),
    raw,
  };
}

/** The three digits at `at`; below 100 when they are not a status. */
function statusAt(text: string, at: number): number {
  let status = 0;
  for (let i = at; i < at + 3; i++) {
    const digit = text.charCodeAt(i) - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) return 0;
    status = status * 10 + digit;
  }
  return status;
}

function notAStatusLine(text: string, lineEnd: number): ProxyError {
  return malformed(`not an HTTP/1 status line: ${JSON.stringify(text.slice(0, Math.min(lineEnd, 40)))}`, '9112 §4');
}
