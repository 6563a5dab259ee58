import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { importing } from './importing.ts';

it('makes a rule of each pair', () => {
  const { part } = importing('requestly.json');
  expect(part.groups).toEqual({ 'Local dev': { select: 'many' } });
  expect(part.rules).toEqual([
    {
      name: 'Tokens',
      group: 'Local dev',
      match: 'method in (GET, POST) and url *= example.com/api',
      request: [{ set: { Authorization: 'Bearer $$x' } }, { delete: ['Cookie'] }],
      response: [{ set: { 'X-Frame-Options': 'DENY' } }],
    },
    { name: 'Old headers', enabled: false, match: 'host = a.test', response: [{ set: { 'X-Old': '1' } }] },
    { name: 'To local', match: 'host = api.example.com', request: [{ scheme: 'http' }, { host: 'localhost:3000' }] },
    { name: 'To local 2', match: 'path ~i "^/v[0-9]+"', request: [{ path: { replace: '/v1/', with: '/v2/' } }] },
    {
      name: 'Away',
      match: 'url = https://a.test/x',
      request: [{ respond: { status: 307, headers: { location: 'https://b.test/y' } } }],
    },
    { name: 'Away 2', match: 'url = https://a.test/app.js', request: [{ mapLocal: { file: '/home/me/app.js' } }] },
    { name: 'Parameters', match: 'host $= .a.test', request: [{ query: { set: { debug: '1' }, delete: ['utm'] } }] },
    { name: 'Block', match: 'url *= ads', request: [{ abort: 'close' }] },
    { name: 'Slow', match: 'url *= slow', request: [{ delay: '300ms' }] },
    { name: 'Agent', match: 'url *= m.', request: [{ set: { 'user-agent': 'Phone/1.0' } }] },
    {
      name: 'Mock',
      match: 'url = https://a.test/me',
      request: [{ respond: { status: 201, body: '{"price":"$$5"}' } }],
    },
    { name: 'Mock 2', match: 'url = https://a.test/you', response: [{ body: { set: 'hi' } }, { status: 404 }] },
  ]);
});

it('tells what it leaves out, and what is not quite the same', () => {
  const { left, doubtful } = importing('requestly.json');
  expect(left).toEqual([
    'rule 5, pair 2: Away: its destination has parts of the URL ($1); make a route with a redirect of it',
    'rule 10, pair 3: Mock: its code uses another interface; see docs/scripts.md',
    'rule 11: Script: it puts scripts into pages; a body action can insert text',
    'rule 12: Nothing: it has no pairs of a condition and a change',
  ]);
  expect(doubtful).toEqual([
    'rule 2: rule Tokens: its filter resourceType is left out, so that it acts on more requests',
    'rule 4, pair 2: rule To local 2: in the path only, at every place',
    'rule 5, pair 1: rule Away: as an answer with 307, which clients follow',
  ]);
});

it('a filter of the older form is told as well', () => {
  const source = { key: 'Url', operator: 'Contains', value: 'a', filters: { resourceType: ['main_frame'] } };
  const rule = {
    id: '1',
    name: 'Block',
    objectType: 'rule',
    ruleType: 'Cancel',
    status: 'Active',
    pairs: [{ source }],
  };
  expect(importConfig(JSON.stringify([rule])).items).toMatchObject([
    { outcome: 'approximated', why: expect.stringContaining('resourceType') },
  ]);
});

it('a request is not left without Host', () => {
  const pairs = [
    {
      source: { key: 'Url', operator: 'Contains', value: 'a' },
      modifications: { Request: [{ header: 'Host', type: 'Remove' }] },
    },
  ];
  const rule = { id: '1', name: 'R', objectType: 'rule', ruleType: 'Headers', status: 'Active', pairs };
  expect(importConfig(JSON.stringify([rule])).items).toMatchObject([
    { outcome: 'unmapped', why: expect.stringContaining('one Host') },
  ]);
});
