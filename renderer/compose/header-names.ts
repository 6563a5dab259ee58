/** Offered while a header is typed: what a client sends most (RFC 9110 and around), and what some of them usually say. */
export const HEADER_NAMES = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Authorization',
  'Cache-Control',
  'Content-Encoding',
  'Content-Type',
  'Cookie',
  'Host',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'Origin',
  'Prefer',
  'Range',
  'Referer',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Site',
  'User-Agent',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Request-Id',
  'X-Requested-With',
  'traceparent',
] as const;

const VALUES: Readonly<Record<string, readonly string[]>> = {
  accept: ['*/*', 'application/json', 'text/html', 'text/event-stream', 'application/xml'],
  'accept-encoding': ['gzip', 'br', 'zstd', 'identity', 'gzip, deflate, br, zstd'],
  'accept-language': ['en', 'zh-TW', 'de, en;q=0.5'],
  authorization: ['Bearer ', 'Basic '],
  'cache-control': ['no-cache', 'no-store', 'max-age=0'],
  'content-type': [
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain; charset=utf-8',
    'application/xml',
    'application/octet-stream',
  ],
  'x-forwarded-proto': ['https', 'http'],
  'x-requested-with': ['XMLHttpRequest'],
};

export function headerValues(name: string): readonly string[] {
  return VALUES[name.trim().toLowerCase()] ?? [];
}
