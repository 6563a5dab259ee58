/**
 * Programs and languages that a library writes requests for: those of its targets that quote values of headers, URL and body
 * right. Some write method and names of headers as they are, so `unwritable` keeps others than plain ones from them. It is loaded
 * when one is chosen.
 */
import { goNative } from '@scalar/snippetz/plugins/go/native';
import { javaNethttp } from '@scalar/snippetz/plugins/java/nethttp';
import { nodeAxios } from '@scalar/snippetz/plugins/node/axios';
import { phpGuzzle } from '@scalar/snippetz/plugins/php/guzzle';
import { powershellWebrequest } from '@scalar/snippetz/plugins/powershell/webrequest';
import { rustReqwest } from '@scalar/snippetz/plugins/rust/reqwest';
import { shellHttpie } from '@scalar/snippetz/plugins/shell/httpie';
import { shellWget } from '@scalar/snippetz/plugins/shell/wget';
import { swiftNsurlsession } from '@scalar/snippetz/plugins/swift/nsurlsession';
import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { type CopiedRequest, joinedHeaders, ownHeaders } from './copied-request.ts';
import type { LibraryTarget } from './targets.ts';

const PLUGINS = {
  wget: shellWget,
  httpie: shellHttpie,
  powershell: powershellWebrequest,
  axios: nodeAxios,
  go: goNative,
  java: javaNethttp,
  rust: rustReqwest,
  php: phpGuzzle,
  swift: swiftNsurlsession,
} as const satisfies Record<LibraryTarget, unknown>;

/** A body that is no text cannot be written so; it is left out. */
export function librarySnippet(target: LibraryTarget, request: CopiedRequest): string {
  const { method, url, body } = request;
  const headers = joinedHeaders(ownHeaders(request)).map(([name, value]) => ({
    name,
    value: valueFor(target, wireText(value)),
  }));
  return PLUGINS[target].generate({
    method,
    url: quotable(url),
    headers,
    cookies: [],
    queryString: [],
    httpVersion: 'HTTP/1.1',
    headersSize: -1,
    bodySize: -1,
    // The type stands among the headers; by its name, and in some targets as text, the library would write JSON anew, and numbers would lose digits.
    ...(body && 'text' in body && { postData: { mimeType: 'application/octet-stream', text: body.text } }),
  });
}

/**
 * HTTPie takes `name:@file` for the content of a file, and `name:=1` for JSON; the library leaves empty headers out of Rust. Spaces
 * at the ends of values mean nothing.
 */
function valueFor(target: LibraryTarget, value: string): string {
  if (target === 'rust') return value || ' ';
  return target === 'httpie' && value !== '' ? ` ${value}` : value;
}

/** Some of its targets put the URL between quotes as it is; behind `#` it would not be sent. */
function quotable(url: string): string {
  return url.replace(
    /["'`\\<>{}|^#\s]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
