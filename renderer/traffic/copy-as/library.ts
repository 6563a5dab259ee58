/**
 * Programs and languages that a library writes requests for: those of its targets that quote headers, URL and body right. It is
 * loaded when one is chosen.
 */
import { cLibcurl } from '@scalar/snippetz/plugins/c/libcurl';
import { goNative } from '@scalar/snippetz/plugins/go/native';
import { javaNethttp } from '@scalar/snippetz/plugins/java/nethttp';
import { nodeAxios } from '@scalar/snippetz/plugins/node/axios';
import { phpGuzzle } from '@scalar/snippetz/plugins/php/guzzle';
import { powershellWebrequest } from '@scalar/snippetz/plugins/powershell/webrequest';
import { rubyNative } from '@scalar/snippetz/plugins/ruby/native';
import { rustReqwest } from '@scalar/snippetz/plugins/rust/reqwest';
import { shellHttpie } from '@scalar/snippetz/plugins/shell/httpie';
import { shellWget } from '@scalar/snippetz/plugins/shell/wget';
import { swiftNsurlsession } from '@scalar/snippetz/plugins/swift/nsurlsession';
import { type CopiedRequest, joinedHeaders, ownHeaders, wireText } from './copied-request.ts';
import type { LibraryTarget } from './targets.ts';

const PLUGINS = {
  wget: shellWget,
  httpie: shellHttpie,
  powershell: powershellWebrequest,
  axios: nodeAxios,
  go: goNative,
  java: javaNethttp,
  ruby: rubyNative,
  rust: rustReqwest,
  php: phpGuzzle,
  swift: swiftNsurlsession,
  c: cLibcurl,
} as const satisfies Record<LibraryTarget, unknown>;

/** A body that is no text cannot be written so; it is left out. */
export function librarySnippet(target: LibraryTarget, request: CopiedRequest): string {
  const { method, url, body } = request;
  const headers = joinedHeaders(ownHeaders(request)).map(([name, value]) => ({ name, value: wireText(value) }));
  return PLUGINS[target].generate({
    method,
    url: quotable(url),
    headers,
    cookies: [],
    queryString: [],
    httpVersion: 'HTTP/1.1',
    headersSize: -1,
    bodySize: -1,
    // The type stands among the headers; by its name the library would write JSON anew, and numbers would lose digits.
    ...(body && 'text' in body && { postData: { mimeType: 'text/plain', text: body.text } }),
  });
}

/** Some of its targets put the URL between quotes as it is. */
function quotable(url: string): string {
  return wireText(url).replace(
    /["'`\\<>{}|^\s]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
