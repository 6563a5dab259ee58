/** A name server of a few lines (RFC 1035), to be changed while it runs. */
import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import type { AddressInfo } from 'node:net';
import type { DnsResolver } from '../../proxy-engine/discovery/dns.ts';

export type DnsAnswer =
  | { type: 'A' | 'AAAA'; addresses: string[] }
  | { type: 'SRV'; records: { priority: number; weight: number; port: number; name: string }[] }
  /** NXDOMAIN 3, SERVFAIL 2; `silent`: nothing comes back. */
  | { rcode: number }
  | 'silent';

export interface DnsServer {
  /** By name; a name that is not there does not exist. */
  answers: Map<string, DnsAnswer>;
  readonly port: number;
  /** Questions that came. */
  readonly questions: number;
  /** Asks this server and nothing else; gives up after two seconds. */
  resolver: DnsResolver;
  close(): Promise<void>;
}

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;

export async function startDnsServer(port = 0): Promise<DnsServer> {
  const answers = new Map<string, DnsAnswer>();
  let questions = 0;
  const socket = createSocket('udp4', (query, from) => {
    questions++;
    const { name, end } = readName(query, 12);
    const answer = answers.get(name) ?? { rcode: 3 };
    if (answer !== 'silent') socket.send(reply(query, end + 4, answer), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const client = new dns.Resolver({ timeout: 2000, tries: 1 });
  const { port: bound } = socket.address() as AddressInfo;
  client.setServers([`127.0.0.1:${bound}`]);
  return {
    answers,
    port: bound,
    get questions() {
      return questions;
    },
    resolver: {
      resolve4: (name) => client.resolve4(name),
      resolve6: (name) => client.resolve6(name),
      resolveSrv: (name) => client.resolveSrv(name),
      lookup: (name) => Promise.reject(new Error(`the hosts file has no ${name}`)),
    },
    close() {
      client.cancel();
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}

function readName(message: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = [];
  let length = message[at] ?? 0;
  for (; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function reply(query: Buffer, questionEnd: number, answer: Exclude<DnsAnswer, 'silent'>): Buffer {
  const records = 'rcode' in answer ? [] : recordsOf(answer);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 | ('rcode' in answer ? answer.rcode : 0), 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, query.subarray(12, questionEnd), ...records]);
}

function recordsOf(answer: Exclude<DnsAnswer, 'silent' | { rcode: number }>): Buffer[] {
  if (answer.type === 'SRV') return answer.records.map((record) => recordOf('SRV', srvData(record)));
  return answer.addresses.map((address) => recordOf(answer.type, addressData(address)));
}

/** The name is a pointer to the question, the time to live is none. */
function recordOf(type: keyof typeof TYPES, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, TYPES[type], 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

function addressData(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = [], tail = []] = address.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function srvData({ priority, weight, port, name }: { priority: number; weight: number; port: number; name: string }) {
  const head = Buffer.alloc(6);
  [priority, weight, port].forEach((value, i) => head.writeUInt16BE(value, 2 * i));
  const parts = name.split('.').filter((part) => part !== '');
  const labels = parts.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([head, ...labels, Buffer.from([0])]);
}
