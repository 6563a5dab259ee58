/** Which TCP ports of this machine are listened on, and by whom: candidates for backends. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LocalPort } from '../contract/pool-commands.ts';
import { readLinuxSockets } from './linux-sockets.ts';
import type { ListeningSocket } from './listening-socket.ts';
import { parseLsof, parseNetstat, parseTasklist } from './port-listings.ts';

/** Of what one program prints: a busy machine has tens of thousands of connections in `netstat`. */
const MAX_BYTES = 64 * 1024 ** 2;
/** As macOS has it and, elsewhere, tests. */
export const LSOF = ['lsof', '-nP', '+c0', '-iTCP', '-sTCP:LISTEN', '-Fpcn'] as const;

/** What the program prints; also when it complains about something, as lsof does when it may not look at a process. */
export async function printed([program, ...args]: readonly [string, ...string[]]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { maxBuffer: MAX_BYTES })).stdout;
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout) return stdout;
    throw error;
  }
}

/** Those that loopback reaches, by port. Empty when the system does not tell. */
export async function localPorts(): Promise<LocalPort[]> {
  return asCandidates(await readSockets().catch(() => []));
}

function readSockets(): Promise<ListeningSocket[]> {
  switch (process.platform) {
    case 'linux':
      return readLinuxSockets('/proc');
    case 'darwin':
      return printed(LSOF).then(parseLsof);
    case 'win32':
      return readWindows();
    default:
      return Promise.resolve([]);
  }
}

async function readWindows(): Promise<ListeningSocket[]> {
  const [ports, tasks] = await Promise.all([
    printed(['netstat', '-ano']),
    printed(['tasklist', '/fo', 'csv', '/nh']).catch(() => ''),
  ]);
  const names = parseTasklist(tasks);
  return parseNetstat(ports).map((socket) => {
    const process = socket.pid === undefined ? undefined : names.get(socket.pid);
    return process === undefined ? socket : { ...socket, process };
  });
}

/** One row a port; IPv4 before IPv6. What only another interface reaches is left out. */
export function asCandidates(sockets: readonly ListeningSocket[]): LocalPort[] {
  const byPort = new Map<number, LocalPort>();
  for (const { address, port, pid, process, directory } of sockets) {
    const host = loopbackOf(address);
    if (host === null || (byPort.has(port) && host === '[::1]')) continue;
    const rest = Object.entries({ pid, process, directory }).filter(([, value]) => value !== undefined);
    byPort.set(port, { port, url: `http://${host}:${port}`, ...Object.fromEntries(rest) });
  }
  return [...byPort.values()].toSorted((a, b) => a.port - b.port);
}

/** The host of this machine that reaches what listens on `address`; null: none of loopback does. */
function loopbackOf(address: string): string | null {
  const plain = address.replace(/^::ffff:/i, '');
  if (plain === '*' || plain === '0.0.0.0' || plain === '::') return '127.0.0.1';
  if (plain.startsWith('127.')) return plain;
  return plain === '::1' ? '[::1]' : null;
}
