import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { base64Of, type CopiedRequest, isBeyondUrls, ownHeaders, splitUrl } from './copied-request.ts';

/** A request for libcurl, as a program in C. */
export function cProgram(request: CopiedRequest): string {
  const { url, headers, body } = request;
  const { origin, target } = splitUrl(url);
  const lines = ownHeaders(request).map(([name, value]) => headerLine(name, wireText(value)));
  // libcurl would say that a body is a form.
  if (body && !headers.some(([name]) => name.toLowerCase() === 'content-type')) lines.push('Content-Type:');
  const options = [
    option('URL', quoted(isBeyondUrls(target) ? origin : url)),
    ...(isBeyondUrls(target) ? [option('REQUEST_TARGET', quoted(target))] : []),
    option('PATH_AS_IS', '1L'),
    ...methodOptions(request),
    ...lines.map((line) => `  headers = curl_slist_append(headers, ${quoted(line)});\n`),
    option('HTTPHEADER', 'headers'),
  ];
  return `${BEFORE}${options.join('')}${AFTER}`;
}

function methodOptions({ method, body }: CopiedRequest): string[] {
  if (method === 'HEAD' && !body) return [option('NOBODY', '1L')];
  const custom = option('CUSTOMREQUEST', quoted(method));
  if (!body) return method === 'GET' ? [] : [custom];
  const bytes = atob(base64Of(body));
  return [custom, option('POSTFIELDSIZE', `${bytes.length}L`), option('POSTFIELDS', quotedLines(bytes))];
}

/** A header without value is asked for with a semicolon. */
function headerLine(name: string, value: string): string {
  return value === '' ? `${name};` : `${name}: ${value}`;
}

function option(name: string, value: string): string {
  return `  curl_easy_setopt(curl, CURLOPT_${name}, ${value});\n`;
}

/** A char is a byte; a literal for each line, which the compiler joins. */
function quotedLines(bytes: string): string {
  const lines = bytes.match(/[^\n]*\n|[^\n]+$/g) ?? [''];
  return lines.map((line) => (lines.length > 1 ? `\n    ${quotedBytes(line)}` : quotedBytes(line))).join('');
}

function quoted(text: string): string {
  return quotedBytes(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Also `?`: two of them and another character are one character for C. */
function quotedBytes(bytes: string): string {
  return `"${bytes.replace(/[^ -~]|["\\?]/g, escaped)}"`;
}

/** Octal escapes have at most three digits, so that a digit may follow. */
function escaped(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  return /[ -~]/.test(char) ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

const BEFORE = `#include <curl/curl.h>

int main(void) {
  CURL *curl = curl_easy_init();
  if (!curl) return 1;
  struct curl_slist *headers = NULL;
`;
const AFTER = `
  CURLcode result = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return (int)result;
}`;
