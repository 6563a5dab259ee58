import { expect, it } from 'vitest';
import { importing } from './importing.ts';

it('answers as was recorded, the more exact requests first', () => {
  const group = 'HAR';
  expect(importing('session.har').part.rules).toEqual([
    {
      name: 'GET api.test items',
      group,
      match: 'method = GET and host = api.test and path = /items and query = page=2',
      request: [
        {
          respond: {
            status: 200,
            headers: { 'content-type': 'application/json', 'x-price': '$$5' },
            body: '{"cost":"$$5"}',
          },
        },
      ],
    },
    {
      name: 'GET api.test items 2',
      group,
      match: 'method = GET and host = api.test and path = /items',
      request: [{ respond: { status: 200, body: 'hello' } }],
    },
    {
      name: 'GET api.test logo.png',
      group,
      match: 'method = GET and host = api.test and path = /logo.png',
      request: [{ respond: { status: 200 } }],
    },
    {
      name: 'POST ::1 :3000 login',
      group,
      match: 'method = POST and host = ::1 and path = /login',
      request: [{ respond: { status: 204, headers: { 'set-cookie': 'a=b' } } }],
    },
    {
      name: 'GET api.test cut',
      group,
      match: 'method = GET and host = api.test and path = /cut',
      request: [{ respond: { status: 200 } }],
    },
  ]);
});

it('tells of every entry and body that it leaves out', () => {
  const { left, doubtful } = importing('session.har');
  expect(left).toEqual([
    'entry 3: GET https://api.test/items: entry 2 is the same request and answers it',
    'entry 5: GET https://api.test/gone: no response was recorded',
    'entry 6: GET wss://api.test/ws: wss:// is not HTTP',
    'entry 9: GET not a url: its URL cannot be read',
  ]);
  expect(doubtful).toEqual([
    'entry 4: rule GET api.test logo.png: without its body, which is not text; keep it as a file and name it in bodyFile',
    'entry 8: rule GET api.test cut: without its body of 900 bytes, which the file does not have',
  ]);
});
