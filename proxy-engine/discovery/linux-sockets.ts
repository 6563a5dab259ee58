/** Listening sockets as Linux tells of them in `/proc`. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ListeningSocket } from './listening-socket.ts';

const LISTEN = '0A';

interface KernelSocket {
  address: string;
  port: number;
  inode: string;
}

/** `proc`: where the process file system is mounted. Sockets of processes that may not be looked into have no name. */
export async function readLinuxSockets(proc: string): Promise<ListeningSocket[]> {
  const [tcp, tcp6] = await Promise.all(['tcp', 'tcp6'].map((name) => readText(join(proc, 'net', name))));
  const sockets = [...parseProcNet(tcp ?? ''), ...parseProcNet(tcp6 ?? '')];
  const owners = await findOwners(proc, new Set(sockets.map(({ inode }) => inode)));
  return sockets.map(({ address, port, inode }) => ({ address, port, ...owners.get(inode) }));
}

/** The listening rows of `/proc/net/tcp` or `tcp6`. */
export function parseProcNet(text: string): KernelSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [hex = '', port] = local.split(':');
    if (state !== LISTEN || port === undefined) return [];
    return [{ address: addressOf(hex), port: Number.parseInt(port, 16), inode }];
  });
}

/** The kernel prints words of 32 bits in the order of the machine: little-endian on all that we run on. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12).join('.') : hex;
}

type Owner = Pick<ListeningSocket, 'pid' | 'process' | 'directory'>;

async function findOwners(proc: string, inodes: ReadonlySet<string>): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      const held = (await socketsOf(join(proc, pid, 'fd'))).filter((inode) => inodes.has(inode));
      if (held.length === 0) return;
      const owner = await describeProcess(proc, pid);
      for (const inode of held) owners.set(inode, owner);
    }),
  );
  return owners;
}

/** Inodes of the sockets that a process has open. */
async function socketsOf(directory: string): Promise<string[]> {
  const files = await readdir(directory).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(join(directory, file)).catch(() => '')));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

async function describeProcess(proc: string, pid: string): Promise<Owner> {
  const [commandLine, name, directory] = await Promise.all([
    readText(join(proc, pid, 'cmdline')),
    readText(join(proc, pid, 'comm')),
    readlink(join(proc, pid, 'cwd')).catch(() => ''),
  ]);
  const process = processName(commandLine, name);
  return {
    pid: Number(pid),
    ...(process !== '' && { process }),
    ...(basename(directory) !== '' && { directory: basename(directory) }),
  };
}

/**
 * What a person would call the process: the program of its command line, else its first thread's name, which programs
 * change (Node calls it `MainThread`). nginx and the like write a title where the command line was: its first word.
 */
export function processName(commandLine: string, threadName: string): string {
  const [first = ''] = commandLine.split('\0');
  const program = first.startsWith('/') ? first : first.split(/:? /)[0];
  return basename(program ?? '').replace(/^-/, '') || threadName.trim();
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
