/** Every directive of nginx, wherever it stands, is mapped or told: none is lost silently. */
import { describe, expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { isUnseen } from '../../proxy-engine/importers/nginx/known-directives.ts';
import { DIRECTIVES } from './nginx-directives.ts';

/** `HERE` on a line of its own: where the directive stands. */
const CONTEXTS: Record<string, string> = {
  main: 'HERE\nhttp { server { listen 127.0.0.1:80; location / { proxy_pass http://a.test; } } }',
  http: 'http {\nHERE\nserver { listen 127.0.0.1:80; location / { proxy_pass http://a.test; } } }',
  server: 'http { server { listen 127.0.0.1:80;\nHERE\nlocation / { proxy_pass http://a.test; } } }',
  'server that answers': 'http { server { listen 127.0.0.1:80;\nHERE\nreturn 200; } }',
  upstream:
    'http { upstream u { server a.test;\nHERE\n} server { listen 127.0.0.1:80; location / { proxy_pass http://u; } } }',
  location: 'http { server { listen 127.0.0.1:80; location /a {\nHERE\nproxy_pass http://a.test; } } }',
  'location of files': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\nroot /www; } } }',
  'location that answers': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\nreturn 200; } } }',
  'location of grpc': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\ngrpc_pass a.test:1; } } }',
  'location of TLS': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\nproxy_pass https://a.test; } } }',
  'location without content': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\n} } }',
  'nested location':
    'http { server { listen 127.0.0.1:80; location /a { location /a/b {\nHERE\nproxy_pass http://a.test; } } } }',
  'named location':
    'http { server { listen 127.0.0.1:80; root /www; location / { try_files $uri @app; } location @app {\nHERE\nproxy_pass http://a.test; } } }',
  'named location that nothing leads to':
    'http { server { listen 127.0.0.1:80; location / { proxy_pass http://a.test; } location @app {\nHERE\nproxy_pass http://a.test; } } }',
  'closed location': 'http { server { listen 127.0.0.1:80; location /a {\nHERE\ndeny all; } } }',
  if: 'http { server { listen 127.0.0.1:80; location / { if ($request_method = POST) {\nHERE\n} proxy_pass http://a.test; } } }',
  'if that answers':
    'http { server { listen 127.0.0.1:80; location / { if ($request_method = POST) {\nHERE\nreturn 403; } proxy_pass http://a.test; } } }',
  'if of a server':
    'http { server { listen 127.0.0.1:80; if ($request_method = POST) {\nHERE\nreturn 403; } location / { proxy_pass http://a.test; } } }',
  limit_except:
    'http { server { listen 127.0.0.1:80; location / { limit_except GET {\nHERE\n} proxy_pass http://a.test; } } }',
};

/** What changes nothing in nginx either, where it stands alone, or is answered before it is asked. */
const NO_EFFECT: Record<string, string> = {
  '': 'break limit_req_status limit_req_zone satisfy ssl_certificate ssl_certificate_key merge_slashes proxy_ssl_server_name ignore_invalid_headers',
  upstream: 'keepalive keepalive_requests keepalive_time keepalive_timeout zone',
  'location that answers': 'allow deny auth_basic auth_jwt auth_request secure_link limit_req',
  'server that answers': 'limit_req',
  'closed location': 'allow deny rewrite',
};

/** A block that is told as a whole: of what stands in it nothing more is said. */
const LEFT_OUT = /^line \d+ (location @app|if \(\$request_method = POST\)) /m;

function outcome(conf: string): { told: string; made: string } {
  const { part, items } = importConfig(conf, { format: 'nginx' });
  const told = items.filter((item) => item.outcome !== 'mapped').map(({ at, what, why }) => `${at} ${what} ${why}`);
  return { told: told.join('\n'), made: JSON.stringify(part) };
}

describe.each(Object.entries(CONTEXTS))('in %s', (context, around) => {
  const line = around.split('\n').indexOf('HERE') + 1;
  const plain = outcome(around.replace('HERE', ''));
  const quiet = [NO_EFFECT[''], NO_EFFECT[context]].flatMap((names) => names?.split(' ') ?? []);

  it('each directive is mapped or told', () => {
    const lost = DIRECTIVES.filter(([name, text]) => {
      if (isUnseen({ name, words: [], line }) || quiet.includes(name)) return false;
      const { told, made } = outcome(around.replace('HERE', () => text));
      return made === plain.made && told === plain.told && !LEFT_OUT.test(told);
    });
    expect(lost.map(([, text]) => text)).toEqual([]);
  });

  it.each(['zz_unknown on;', 'zz_unknown { proxy_pass http://c.test; }'])(
    'one that nobody knows is told: %s',
    (text) => {
      const { told } = outcome(around.replace('HERE', text));
      expect(told).toMatch(new RegExp(`^line ${line} zz_unknown|${LEFT_OUT.source}`, 'm'));
    },
  );
});
