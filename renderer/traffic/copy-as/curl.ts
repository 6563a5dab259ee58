import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { shellQuote } from '../../format/shell-quote.ts';
import { base64Of, type CopiedRequest, isArgument, isBeyondUrls, ownHeaders, splitUrl } from './copied-request.ts';

/** A request as a command line for a POSIX shell. */
export function curlCommand(request: CopiedRequest): string {
  const { body, headers } = request;
  const parts = ['curl', ...methodOptions(request), ...urlOptions(request.url)];
  const lines = ownHeaders(request).map(([name, value]) => headerOption(name, wireText(value)));
  if (body && !headers.some(([name]) => name.toLowerCase() === 'content-type')) lines.push("-H 'Content-Type:'");
  if (headers.some(([name]) => name.toLowerCase() === 'accept-encoding')) lines.push('--compressed');
  const isPiped = body !== null && !isArgument(body);
  if (isPiped) lines.push('--data-binary @-');
  else if (body) lines.push(`--data-raw ${shellQuote(body.text)}`);
  const command = [parts.join(' '), ...lines].join(' \\\n  ');
  return !isPiped ? command : `printf %s ${shellQuote(base64Of(body))} | base64 -d | ${command}`;
}

function methodOptions({ method, body }: CopiedRequest): string[] {
  if (method === 'HEAD' && !body) return ['--head'];
  return method === 'GET' && !body ? [] : ['-X', shellQuote(method)];
}

/** curl itself gives brackets, braces and dots in paths a meaning. */
function urlOptions(url: string): string[] {
  const { origin, target } = splitUrl(url);
  if (isBeyondUrls(target)) return ['--request-target', shellQuote(target), shellQuote(origin)];
  return [
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(/\/\.\.?(?:[/?]|$)/.test(url) ? ['--path-as-is'] : []),
    shellQuote(url),
  ];
}

/** A header without value is asked for with a semicolon. */
function headerOption(name: string, value: string): string {
  return `-H ${shellQuote(value === '' ? `${name};` : `${name}: ${value}`)}`;
}
