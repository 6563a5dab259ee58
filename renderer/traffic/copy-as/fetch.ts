import { type CopiedRequest, ownHeaders } from './copied-request.ts';

/** A request as a call of fetch, for browsers and Node; it sends no body with GET and HEAD. */
export function fetchCall(request: CopiedRequest): string {
  const { method, url, body } = request;
  const headers = ownHeaders(request).map((pair) => `    ${JSON.stringify(pair)},\n`);
  const options = [
    method === 'GET' ? null : `  method: ${JSON.stringify(method)},\n`,
    headers.length > 0 ? `  headers: [\n${headers.join('')}  ],\n` : null,
    body === null || method === 'GET' || method === 'HEAD' ? null : `  body: ${literal(body)},\n`,
  ].filter((option) => option !== null);
  return `await fetch(${JSON.stringify(url)}${options.length > 0 ? `, {\n${options.join('')}}` : ''});`;
}

function literal(body: NonNullable<CopiedRequest['body']>): string {
  if ('text' in body) return JSON.stringify(body.text);
  return `Uint8Array.from(atob(${JSON.stringify(body.base64)}), (char) => char.charCodeAt(0))`;
}
