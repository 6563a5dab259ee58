/** Which TCP ports of this machine are listened on, and by whom: candidates for backends. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LocalPort } from '../contract/pool-commands.ts';
import { readLinuxSockets } from './linux-sockets.ts';
import type { ListeningSocket } from './listening-socket.ts';
import { parseLsof, parseNetstat, parseTasklist } from './port-listings.ts';

const run = promisify(execFile);

/** Those that loopback reaches, by port. Empty when the system does not tell. */
export async function localPorts(): Promise<LocalPort[]> {
  return asCandidates(await readSockets().catch(() => []));
}

function readSockets(): Promise<ListeningSocket[]> {
  switch (process.platform) {
    case 'linux':
      return readLinuxSockets('/proc');
    case 'darwin':
      return run('lsof', ['-nP', '+c0', '-iTCP', '-sTCP:LISTEN', '-Fpcn']).then(({ stdout }) => parseLsof(stdout));
    case 'win32':
      return readWindows();
    default:
      return Promise.resolve([]);
  }
}

async function readWindows(): Promise<ListeningSocket[]> {
  const [ports, tasks] = await Promise.all([run('netstat', ['-ano']), run('tasklist', ['/fo', 'csv', '/nh'])]);
  const names = parseTasklist(tasks.stdout);
  return parseNetstat(ports.stdout).map((socket) => {
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
