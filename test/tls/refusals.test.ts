import { describe, expect, it } from 'vitest';
import { Refusals } from '../../proxy-engine/tls/refusals.ts';

const REFUSED = { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' };
const LEFT = { code: 'ECONNRESET' };
const curl = { serverName: 'a.test', alpn: [], ciphers: '1301 1302' };
const browser = { ...curl, ciphers: '1301 1303' };

describe('refusals', () => {
  it('are remembered at once when the client says no, and at the second time when it only left', () => {
    const refusals = new Refusals(() => 0);
    expect(refusals.add('::1', 'a.test', curl, REFUSED)).toBe(true);
    expect(refusals.has('::1', 'a.test', curl)).toBe(true);
    expect(refusals.add('::1', 'b.test', curl, LEFT)).toBe(false);
    expect(refusals.has('::1', 'b.test', curl)).toBe(false);
    expect(refusals.add('::1', 'b.test', curl, LEFT)).toBe(true);
  });

  it('are those of one program, one address and one host', () => {
    const refusals = new Refusals(() => 0);
    refusals.add('::1', 'a.test', curl, REFUSED);
    expect(refusals.has('::1', 'a.test', browser)).toBe(false);
    expect(refusals.has('::1', 'b.test', curl)).toBe(false);
    expect(refusals.has('10.0.0.1', 'a.test', curl)).toBe(false);
  });

  it('are forgotten after ten minutes', () => {
    let now = 0;
    const refusals = new Refusals(() => now);
    refusals.add('::1', 'a.test', curl, REFUSED);
    now = 10 * 60_000;
    expect(refusals.has('::1', 'a.test', curl)).toBe(false);
  });
});
