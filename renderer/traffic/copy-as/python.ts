import { type CopiedRequest, joinedHeaders, ownHeaders } from './copied-request.ts';

/** A request for Python's `requests`. What JSON escapes, Python reads the same. */
export function pythonCall(request: CopiedRequest): string {
  const { method, url, body } = request;
  const headers = joinedHeaders(ownHeaders(request)).map(
    ([name, value]) => `        ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  return [
    body && 'base64' in body ? 'import base64\n' : '',
    'import requests\n\nresponse = requests.request(\n',
    `    ${JSON.stringify(method)},\n    ${JSON.stringify(url)},\n`,
    headers.length > 0 ? `    headers={\n${headers.join('')}    },\n` : '',
    body ? `    data=${literal(body)},\n` : '',
    ')\nprint(response.status_code, response.text)',
  ].join('');
}

function literal(body: NonNullable<CopiedRequest['body']>): string {
  return 'text' in body ? `${JSON.stringify(body.text)}.encode()` : `base64.b64decode(${JSON.stringify(body.base64)})`;
}
