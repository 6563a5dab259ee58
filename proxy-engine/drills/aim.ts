/** Where the load of a drill goes: to one of our own listeners, whatever name the URL gives it. */
import type { DrillLoad } from '../contract/drill.ts';
import type { ListenerState } from '../contract/state.ts';
import { splitAddress } from '../downstream/address.ts';

export interface Aim {
  /** Of the listener, as loopback reaches it. */
  host: string;
  port: number;
  secure: boolean;
  /** Value of the Host header, name for SNI. */
  authority: string;
  /** Path with query. */
  target: string;
  /** As it is told to people. */
  url: string;
}

/** Or why there is none: a drill sends nothing to strangers. */
export function aimOf({ url, listener: name }: DrillLoad, listeners: readonly ListenerState[]): Aim | string {
  const open = listeners.filter(({ mode, error }) => mode === 'reverse' && error === undefined);
  if (url.startsWith('/')) return aimAtPath(url, name, open);
  const { protocol, hostname, port, host, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  const wanted = Number(port) || (secure ? 443 : 80);
  const listener = open.find(({ address }) => splitAddress(address).port === wanted);
  if (!listener) return `${hostname}:${wanted} is no reverse listener of this engine; ${thereAre(open)}`;
  if (listener.secure !== secure)
    return `listener ${listener.name} speaks ${listener.secure ? 'https' : 'http'}, not ${protocol.slice(0, -1)}`;
  if (listener.http2Only) return unspoken(listener, open);
  return { ...reachable(listener.address), secure, authority: host, target: pathname + search, url };
}

function aimAtPath(target: string, name: string | undefined, open: readonly ListenerState[]): Aim | string {
  const listener = name === undefined ? (open.find(speaksHttp1) ?? open[0]) : open.find((one) => one.name === name);
  if (!listener) return `${name === undefined ? 'nothing' : `no listener ${name}`} to send to; ${thereAre(open)}`;
  if (listener.http2Only) return unspoken(listener, open);
  const { address, secure } = listener;
  const { host, port } = reachable(address);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { host, port, secure, authority, target, url: `${secure ? 'https' : 'http'}://${authority}${target}` };
}

function speaksHttp1({ http2Only }: ListenerState): boolean {
  return http2Only !== true;
}

function unspoken({ name }: ListenerState, open: readonly ListenerState[]): string {
  return `listener ${name} speaks HTTP/2 alone, and a drill sends HTTP/1.1; ${thereAre(open.filter(speaksHttp1))}`;
}

function thereAre(listeners: readonly ListenerState[]): string {
  if (listeners.length === 0) return 'there is no reverse listener';
  return `there are ${listeners.map(({ name, address }) => `${name} (${address})`).join(', ')}`;
}

/** A wildcard address is reached over loopback. */
function reachable(address: string): { host: string; port: number } {
  const { host, port } = splitAddress(address);
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port };
}
