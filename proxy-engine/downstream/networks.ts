/** Sets of addresses in CIDR notation, such as `10.0.0.0/8`, `::1` or `fd00::/8`. */
import { BlockList, isIP } from 'node:net';

/** Why `text` is no address or network, or null. */
export function networkProblem(text: string): string | null {
  const { ip, prefix } = split(text);
  const version = isIP(ip);
  if (version === 0) return `expected an address or a network such as 10.0.0.0/8, found ${JSON.stringify(text)}`;
  const longest = version === 4 ? 32 : 128;
  if (prefix === null || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)) return null;
  return `a prefix of IPv${version} goes from 0 to ${longest}, found ${JSON.stringify(text)}`;
}

/** Whether an address, IPv4 or IPv6, is in one of the networks. Takes no texts that have a `networkProblem`. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const { ip, prefix } = split(text);
      const family = isIP(ip) === 4 ? 'ipv4' : 'ipv6';
      this.#list.addSubnet(ip, prefix === null ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
    }
  }

  has(ip: string): boolean {
    const version = isIP(ip);
    return version !== 0 && this.#list.check(ip, version === 4 ? 'ipv4' : 'ipv6');
  }
}

function split(text: string): { ip: string; prefix: string | null } {
  const slash = text.indexOf('/');
  return slash < 0 ? { ip: text, prefix: null } : { ip: text.slice(0, slash), prefix: text.slice(slash + 1) };
}
