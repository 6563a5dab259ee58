import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { basename } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseProcNet, processName } from '../../proxy-engine/discovery/linux-sockets.ts';
import { asCandidates, LSOF, localPorts, printed } from '../../proxy-engine/discovery/local-ports.ts';
import { parseLsof, parseNetstat, parseTasklist } from '../../proxy-engine/discovery/port-listings.ts';

/** A server of this process that ends with the test. */
async function listen(host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return server;
}

test('/proc/net/tcp: listening rows only', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11111 1 ffff 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 22222 1 ffff 100 0 0 10 0
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 33333 1 ffff 100 0 0 10 0
`;
  expect(parseProcNet(text)).toEqual([
    { address: '0.0.0.0', port: 3000, inode: '11111' },
    { address: '127.0.0.1', port: 8080, inode: '22222' },
  ]);
});

test.each([
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000001000000', '::1'],
  ['0000000000000000FFFF00000100007F', '127.0.0.1'],
  ['B80D0120000000000000000001000000', 'B80D0120000000000000000001000000'],
])('/proc/net/tcp6: %s is %s', (hex, address) => {
  const line = `   0: ${hex}:0BB8 ${'0'.repeat(32)}:0000 0A 00000000:00000000 00:00000000 00000000  0 0 7 1`;
  expect(parseProcNet(line)).toEqual([{ address, port: 3000, inode: '7' }]);
});

test.each([
  ['/usr/bin/node\0server.js\0', 'MainThread\n', 'node'],
  ['nginx: master process /usr/sbin/nginx', 'nginx\n', 'nginx'],
  ['postgres: checkpointer ', 'postgres\n', 'postgres'],
  ['/opt/my app/server\0', 'server\n', 'server'],
  ['-bash\0', 'bash\n', 'bash'],
  ['', 'kthreadd\n', 'kthreadd'],
])('a process with the command line %j and the thread %j is %s', (commandLine, thread, expected) => {
  expect(processName(commandLine, thread)).toBe(expected);
});

test('lsof on macOS', () => {
  const text = [
    'p431',
    'cControlCenter',
    'f9',
    'n*:7000',
    'f10',
    'n*:5000',
    'p9001',
    'cnode',
    'f21',
    'n[::1]:3000',
    'p9002',
    'cCaf\\xc3\\xa9\\x20Helper',
    'f30',
    'n127.0.0.1:5500',
    '',
  ].join('\n');
  expect(parseLsof(text)).toEqual([
    { address: '*', port: 7000, pid: 431, process: 'ControlCenter' },
    { address: '*', port: 5000, pid: 431, process: 'ControlCenter' },
    { address: '::1', port: 3000, pid: 9001, process: 'node' },
    { address: '127.0.0.1', port: 5500, pid: 9002, process: 'Café Helper' },
  ]);
});

test('the real lsof, asked as on macOS, says what /proc says', async () => {
  const servers = await Promise.all(['127.0.0.1', '::1', '0.0.0.0'].map(listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  const ofOurs = parseLsof(await printed(LSOF)).filter(({ port, pid }) => ports.includes(port) && pid === process.pid);
  expect(ofOurs.map(({ address, port }) => [ports.indexOf(port), address]).toSorted()).toEqual([
    [0, '127.0.0.1'],
    [1, '::1'],
    [2, '*'],
  ]);
  for (const { process: name } of ofOurs) expect(name).toMatch(/./);
});

test('what a program printed counts although it ended with a complaint; one that is not there is an error', async () => {
  expect(await printed(['sh', '-c', 'echo half; exit 1'])).toBe('half\n');
  await expect(printed(['no-such-program'])).rejects.toThrow('ENOENT');
});

test('netstat on Windows, whatever its language', () => {
  const text = [
    '',
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1044',
    '  TCP    127.0.0.1:3000         0.0.0.0:0              ABHÖREN         7120',
    '  TCP    127.0.0.1:3000         127.0.0.1:50321        HERGESTELLT     7120',
    '  TCP    127.0.0.1:3000         127.0.0.1:50320        WARTEND         0',
    '  TCP    [::1]:5173             [::]:0                 ABHÖREN         8800',
    '  TCP    [fe80::1c2b:3a4d%12]:49664  [::]:0            ABHÖREN         900',
    '  UDP    0.0.0.0:5353           *:*                                    2200',
  ].join('\r\n');
  expect(parseNetstat(text)).toEqual([
    { address: '0.0.0.0', port: 135, pid: 1044 },
    { address: '127.0.0.1', port: 3000, pid: 7120 },
    { address: '::1', port: 5173, pid: 8800 },
    { address: 'fe80::1c2b:3a4d%12', port: 49664, pid: 900 },
  ]);
});

test('tasklist on Windows', () => {
  const text = '"System Idle Process","0","Services","0","8 K"\r\n"node.exe","7120","Console","1","50.120 K"\r\n';
  expect(parseTasklist(text)).toEqual(
    new Map([
      [0, 'System Idle Process'],
      [7120, 'node'],
    ]),
  );
});

test('candidates: one a port, what loopback reaches, IPv4 first', () => {
  const candidates = asCandidates([
    { address: '::', port: 3001, pid: 1 },
    { address: '0.0.0.0', port: 3000 },
    { address: '::1', port: 3000 },
    { address: '::1', port: 5173, process: 'node', directory: 'shop' },
    { address: '192.168.1.5', port: 9000 },
    { address: '127.0.0.2', port: 9001 },
  ]);
  expect(candidates).toEqual([
    { port: 3000, url: 'http://127.0.0.1:3000' },
    { port: 3001, url: 'http://127.0.0.1:3001', pid: 1 },
    { port: 5173, url: 'http://[::1]:5173', process: 'node', directory: 'shop' },
    { port: 9001, url: 'http://127.0.0.2:9001' },
  ]);
});

test.runIf(process.platform === 'linux')('on this machine', async () => {
  const { port } = (await listen('127.0.0.1')).address() as AddressInfo;
  expect((await localPorts()).find((item) => item.port === port)).toMatchObject({
    url: `http://127.0.0.1:${port}`,
    pid: process.pid,
    directory: basename(process.cwd()),
    process: expect.stringMatching(/./),
  });
});
