// Closes a listening socket while 50 clients wait in the queue of the system, `argv[2]` times; prints what they heard, each word once.
// A process of its own has nothing else to do, so that its event loop goes round as fast as it can.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ear } from '../../proxy-engine/downstream/ear.ts';

const [, , times, dir] = process.argv;
// What has run often is compiled, and quick enough to end before the system is asked.
for (let n = 0; n < 100; n++) await (await Ear.open('127.0.0.1:0', false)).close();
const heard = new Set();
for (let n = 0; n < Number(times); n++)
  for (const word of await closeWithQueue(join(dir, `connected-${n}`))) heard.add(word);
process.stdout.write(JSON.stringify([...heard]));

async function closeWithQueue(connectedFile) {
  const ear = await Ear.open('127.0.0.1:0', false);
  ear.belongsTo((socket) => socket.on('error', () => {}).end('hello'));
  const port = ear.address.split(':').at(-1);
  const clients = spawn(process.execPath, [join(import.meta.dirname, 'queue-client.mjs'), port, '50', connectedFile]);
  let text = '';
  await once(clients.stdout, 'data');
  clients.stdout.on('data', (data) => (text += data));
  const exited = once(clients, 'exit');
  clients.stdin.write('go');
  const still = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(connectedFile)) Atomics.wait(still, 0, 0, 5);
  await ear.close();
  await exited;
  return JSON.parse(text);
}
