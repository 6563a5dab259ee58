/** What `lsof` (macOS), `netstat` and `tasklist` (Windows) print about listening ports. */
import type { ListeningSocket } from './listening-socket.ts';

/** Output of `lsof -nP +c0 -iTCP -sTCP:LISTEN -Fpcn`: a field a line, `p` begins a process, `c` names it, `n` is one of its sockets; `f` comes unasked. */
export function parseLsof(text: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  let pid = 0;
  let process = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) process = unescaped(value);
    else if (line.startsWith('n')) {
      const socket = splitSocket(value);
      if (socket) sockets.push({ ...socket, pid, process });
    }
  }
  return sockets;
}

/** lsof writes bytes that its locale cannot print as `\xc3`, and on macOS a space as `\x20`. */
function unescaped(text: string): string {
  return text.replace(/(?:\\x[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString());
}

/** Output of `netstat -ano` (`-p TCP` would leave IPv6 out). The state is told in the system's language; a listening socket has no remote port. */
export function parseNetstat(text: string): ListeningSocket[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [protocol, local = '', remote = '', ...rest] = line.trim().split(/\s+/);
    const socket = protocol === 'TCP' && remote.endsWith(':0') ? splitSocket(local) : null;
    return socket ? [{ ...socket, pid: Number(rest.at(-1)) }] : [];
  });
}

/** Output of `tasklist /fo csv /nh`: names by process id, without `.exe`. */
export function parseTasklist(text: string): Map<number, string> {
  const rows = text.matchAll(/^"([^"]*)","(\d+)"/gm);
  return new Map(Array.from(rows, ([, name = '', pid]) => [Number(pid), name.replace(/\.exe$/i, '')]));
}

/** `*:3000`, `127.0.0.1:3000`, `[::1]:3000` */
function splitSocket(text: string): Pick<ListeningSocket, 'address' | 'port'> | null {
  const [, address = '', port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return port === undefined ? null : { address: address.replace(/^\[|\]$/g, ''), port: Number(port) };
}
