import { describe, expect, it } from 'vitest';
import { Networks, networkProblem } from '../../proxy-engine/downstream/networks.ts';

describe('networks', () => {
  it.each<[networks: string[], ip: string, has: boolean]>([
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['::1'], '::1', true],
    [['fd00::/8', '192.168.0.0/16'], 'fd12::1', true],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '::1', false],
    [[], '127.0.0.1', false],
    [['10.0.0.0/8'], 'not an address', false],
  ])('%j holds %s: %s', (networks, ip, has) => {
    expect(new Networks(networks).has(ip)).toBe(has);
  });

  it.each<[text: string, isProblem: boolean]>([
    ['10.0.0.0/8', false],
    ['10.0.0.1', false],
    ['::/0', false],
    ['10.0.0.0/33', true],
    ['::/129', true],
    ['10.0.0.0/', true],
    ['10.0.0/8', true],
    ['example.test', true],
    ['', true],
  ])('%j is a problem: %s', (text, isProblem) => {
    expect(networkProblem(text) !== null).toBe(isProblem);
  });
});
