import { describe, expect, it } from 'vitest';
import { compileKey, compileTemplate, VARIABLES } from '../../proxy-engine/match/template.ts';
import { liveExchange } from './subjects.ts';

function exchange() {
  const live = liveExchange({
    method: 'PUT',
    target: '/p?a=1',
    clientIp: '10.1.2.3',
    headers: [
      ['X-User', 'alice'],
      ['Cookie', 'id="7"; b=2'],
      ['X-Request-Id', 'r1'],
    ],
  });
  live.route = 'api';
  live.pool = 'pool-1';
  return live;
}

describe('variables', () => {
  it.each([
    ['$client_ip', '10.1.2.3'],
    ['$method', 'PUT'],
    ['$host', 'api.localhost'],
    ['$path', '/p'],
    ['$query', 'a=1'],
    ['$scheme', 'http'],
    ['$listener', 'gateway'],
    ['$route', 'api'],
    ['$pool', 'pool-1'],
    ['$backend', ''],
    ['$exchange_id', '7'],
    ['$request_id', 'r1'],
    ['$header[x-USER]', 'alice'],
    ['$header[none]', ''],
    ['$cookie[id]', '7'],
    ['$cookie[b]', '2'],
    ['$cookie[c]', ''],
    ['plain', 'plain'],
    ['', ''],
    ['cost: $$5, $$', 'cost: $5, $'],
    ['a $ b $', 'a $ b $'],
    ['<$method> $host$path', '<PUT> api.localhost/p'],
    ['$METHOD', 'PUT'],
    ['$path[0]', '/p[0]'],
    ['中', Buffer.from('中').toString('latin1')],
  ])('%s is %s', (text, value) => {
    const template = compileTemplate(text);
    expect(template.issues).toEqual([]);
    expect(template.render(exchange())).toBe(value);
  });

  it.each([
    ['$header[x-name]', true, '中'],
    ['$header[x-name]', false, '\xe4\xb8\xad'],
    ['$route', true, '路'],
    ['$route', false, '\xe8\xb7\xaf'],
  ])('%s is text in a body (%j) and bytes elsewhere', (text, unicode, value) => {
    const live = liveExchange({ headers: [['X-Name', Buffer.from('中').toString('latin1')]] });
    live.route = '路';
    expect(compileTemplate(text, { unicode }).render(live)).toBe(value);
  });

  it('makes a uuid each time and one request id an exchange', () => {
    const uuid = compileTemplate('$uuid');
    const live = liveExchange();
    expect(uuid.render(live)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(uuid.render(live)).not.toBe(uuid.render(live));
    const id = compileTemplate('$request_id');
    expect(id.render(live)).toMatch(/^[0-9a-f]{32}$/);
    expect(id.render(live)).toBe(id.render(live));
  });

  it('writes the time as ISO 8601', () =>
    expect(compileTemplate('$time_iso').render(exchange())).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/));

  it('knows a constant', () => {
    expect(compileTemplate('a$$b').constant).toBe('a$b');
    expect(compileTemplate('a$host').constant).toBeNull();
  });

  it('lists them all', () => expect(VARIABLES).toHaveLength(16));
});

describe('groups', () => {
  it.each([
    ['/new/$1', ['/old/x', 'x'], '/new/x'],
    ['$0', ['all', 'x'], 'all'],
    ['$1$1', ['all', 'x'], 'xx'],
    ['$$1', ['all', 'x'], '$1'],
    ['$1', [], ''],
  ])('%s of %j is %s', (text, groups, value) =>
    expect(compileTemplate(text, { groups: 1 }).render(exchange(), groups)).toBe(value),
  );
});

describe('mistakes', () => {
  it.each([
    ['$clientip', /no variable `\$clientip`; did you mean `\$client_ip`/],
    ['$nothing_like_it_at_all', /no variable.*write \$\$ for a dollar/],
    ['$header', /needs a name in brackets: \$header\[NAME\]/],
    ['$2', /no such group/],
    ['$constructor', /no variable/],
    ['$hasOwnProperty[x]', /no variable/],
  ])('%s', (text, message) => {
    const template = compileTemplate(text);
    expect(template.issues[0]).toMatch(message);
    expect(template.render(exchange())).toBe(text);
  });

  it('lets unknown words be in a body', () => {
    const template = compileTemplate('$(".x"); $5 $jquery $host', { lenient: true, unicode: true });
    expect(template.issues).toEqual([]);
    expect(template.render(exchange())).toBe('$(".x"); $5 $jquery api.localhost');
  });
});

it.each([
  ['client_ip', '10.1.2.3'],
  ['header[x-user]', 'alice'],
  ['$host$path', 'api.localhost/p'],
])('the key %s is %s', (text, value) => expect(compileKey(text).render(exchange())).toBe(value));

it('refuses other keys', () => expect(compileKey('nothing').issues).toHaveLength(1));
