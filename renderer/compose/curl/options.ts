/** What curl's options mean for the request; those that only concern curl itself are passed over. */

/** By their letter. */
const LETTERS: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  u: 'user',
  d: 'data',
  F: 'form',
  G: 'get',
  I: 'head',
  r: 'range',
  T: 'upload-file',
  x: 'proxy',
  E: 'cert',
  K: 'config',
  o: 'output',
  m: 'max-time',
  c: 'cookie-jar',
  w: 'write-out',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
  C: 'continue-at',
  D: 'dump-header',
  t: 'telnet-option',
  U: 'proxy-user',
  Q: 'quote',
  P: 'ftp-port',
  g: 'globoff',
};

/** A word follows. */
const WITH_VALUE = new Set([
  ...Object.values(LETTERS).filter((name) => name !== 'get' && name !== 'head' && name !== 'globoff'),
  ...'url data-raw data-ascii data-binary data-urlencode json form-string oauth2-bearer resolve connect-to key'.split(
    ' ',
  ),
  ...'cacert capath cert-type key-type pass ciphers tls13-ciphers tls-max curves pinnedpubkey crlfile'.split(' '),
  ...'connect-timeout retry retry-delay retry-max-time max-redirs max-filesize limit-rate rate parallel-max'.split(' '),
  ...'interface local-port dns-servers dns-interface doh-url unix-socket abstract-unix-socket proto proto-redir'.split(
    ' ',
  ),
  ...'proto-default stderr trace trace-ascii trace-config netrc-file noproxy preproxy socks4 socks4a socks5'.split(' '),
  ...'socks5-hostname proxy-header output-dir create-file-mode keepalive-time expect100-timeout aws-sigv4'.split(' '),
  ...'happy-eyeballs-timeout-ms hsts alt-svc request-target variable ip-tos etag-save etag-compare url-query'.split(
    ' ',
  ),
]);

/** Without them the request is another one, or goes elsewhere. */
const MISSED = new Set(
  'upload-file proxy preproxy socks4 socks5 resolve connect-to cert config aws-sigv4 unix-socket request-target time-cond'.split(
    ' ',
  ),
);

export type CurlOption = { name: string; value: string } | { word: string };

/** The words behind `curl`, option by option. */
export function readOptions(words: readonly string[]): CurlOption[] {
  const options: CurlOption[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith('--') && word.length > 2) {
      const name = word.slice(2);
      options.push({ name, value: WITH_VALUE.has(name) ? (rest.shift() ?? '') : '' });
    } else if (/^-[A-Za-z0-9#:]/.test(word)) options.push(...shortOptions(word.slice(1), rest));
    else options.push({ word });
  }
  return options;
}

/** `-sXPOST`: flags, then one that takes the rest, or the next word. */
function shortOptions(letters: string, rest: string[]): CurlOption[] {
  const options: CurlOption[] = [];
  for (let i = 0; i < letters.length; i++) {
    const name = LETTERS[letters[i] as string];
    if (name === undefined) continue;
    if (!WITH_VALUE.has(name)) options.push({ name, value: '' });
    else {
      options.push({ name, value: letters.slice(i + 1) || (rest.shift() ?? '') });
      break;
    }
  }
  return options;
}

export function isMissed(name: string): boolean {
  return MISSED.has(name);
}
