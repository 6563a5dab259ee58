import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { type CopiedRequest, joinedHeaders, ownHeaders, splitUrl } from './copied-request.ts';

/** A request for Ruby's `net/http`, which takes a method and a target as they are. */
export function rubyCall(request: CopiedRequest): string {
  const { method, url, body } = request;
  const { origin, target } = splitUrl(url);
  const headers = joinedHeaders(ownHeaders(request)).map(
    ([name, value]) => `request[${quoted(name)}] = ${quoted(wireText(value))}\n`,
  );
  return [
    "require 'net/http'\n\n",
    `url = URI(${quoted(origin)})\n`,
    `request = Net::HTTPGenericRequest.new(${quoted(method)}, ${body !== null}, ${method !== 'HEAD'}, ${quoted(target || '/')})\n`,
    ...headers,
    body ? `request.body = ${literal(body)}\n` : '',
    "response = Net::HTTP.start(url.host, url.port, use_ssl: url.scheme == 'https') { |http| http.request(request) }\n",
    'puts response.code, response.body',
  ].join('');
}

function literal(body: NonNullable<CopiedRequest['body']>): string {
  return 'text' in body ? quoted(body.text) : `${quoted(body.base64)}.unpack1("m")`;
}

/** What JSON escapes, Ruby reads the same; behind `#` it would run code and read variables. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('#', '\\#');
}
