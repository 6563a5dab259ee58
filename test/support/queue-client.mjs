// Opens `count` connections to `port` and asks on each; writes a file once all of them are there, and what came of them at the end.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [port, count, connectedFile] = process.argv.slice(2);
const outcomes = [];
let connected = 0;

process.stdin.once('data', () => {
  for (let i = 0; i < Number(count); i++) ask();
});
process.stdout.write('ready\n');

function ask() {
  let text = '';
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', () => {
    if (++connected === Number(count)) writeFileSync(connectedFile, '');
  });
  socket.on('data', (data) => (text += data));
  socket.on('error', (error) => (text = error.code));
  socket.on('close', () => {
    outcomes.push(text.split('\r\n')[0]);
    if (outcomes.length === Number(count)) process.stdout.write(JSON.stringify(outcomes), () => process.exit());
  });
}
