/** Who a request really comes from, when trusted proxies tell (X-Forwarded-*, RFC 7239). Pure. */
import { isIP } from 'node:net';
import type { Headers } from '../http/headers.ts';
import type { Networks } from './networks.ts';

export interface Forwarded {
  /** null: they do not say. */
  ip: string | null;
  scheme: 'http' | 'https' | null;
}

/** Walks from the proxy that is nearest to us to the first address that is not a trusted proxy's: what stands before it anyone can write. */
export function readForwarded(headers: Headers, trusted: Networks): Forwarded {
  const addresses = headers.getList('x-forwarded-for')?.split(',') ?? parameters(headers, 'for');
  const schemes = headers.getList('x-forwarded-proto')?.split(',') ?? parameters(headers, 'proto');
  const scheme = schemes.at(-1)?.trim().toLowerCase();
  return {
    ip: firstUntrusted(addresses.map(addressOf), trusted),
    scheme: scheme === 'http' || scheme === 'https' ? scheme : null,
  };
}

function firstUntrusted(addresses: readonly (string | null)[], trusted: Networks): string | null {
  let nearest: string | null = null;
  for (const address of addresses.toReversed()) {
    if (address === null) return nearest; // `unknown` or obfuscated: nobody before it is known
    nearest = address;
    if (!trusted.has(address)) return nearest;
  }
  return nearest;
}

/** `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]:80`, quoted or not; null for anything else. */
function addressOf(text: string): string | null {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1] ?? bare.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return isIP(address) === 0 ? null : address;
}

/** The values of one parameter in every element of Forwarded. */
function parameters(headers: Headers, name: string): string[] {
  const elements = headers.getList('forwarded')?.split(',') ?? [];
  return elements.map((element) => {
    const pair = element.split(';').find((part) => part.trim().toLowerCase().startsWith(`${name}=`));
    return pair === undefined ? '' : pair.slice(pair.indexOf('=') + 1).trim();
  });
}
