/** The two ways to run the engine: in Electron's own Node, or in another one that the environment names. */
import { fork } from 'node:child_process';
import { type MessagePortMain, utilityProcess } from 'electron';
import type { FromEngineProcess } from '../proxy-engine/host/process-messages.ts';
import type { EngineChild } from './engine-supervisor.ts';

/** A utility process; windows reach it over MessagePorts. */
export function launchUtility(entry: string): EngineChild<MessagePortMain> {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Switchyard engine' });
  return {
    send: (message, ports) => child.postMessage(message, ports),
    onMessage: (listener) => void child.on('message', (message: FromEngineProcess) => listener(message)),
    // Electron reports 0 for a process that a signal ended.
    onExit: (listener) => void child.once('exit', (code) => listener(code === 0 ? '' : `code ${code}`)),
    kill: () => void child.kill(),
  };
}

/** A fork of the Node at `nodePath`; windows reach it over WebSocket, since no port crosses into another program. */
export function launchNode(entry: string, nodePath: string): EngineChild<MessagePortMain> {
  const child = fork(entry, [], { execPath: nodePath, execArgv: [], stdio: 'inherit' });
  return {
    // An engine that is already gone tells so by its exit.
    send: (message) => void child.send(message, () => {}),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromEngineProcess)),
    onExit(listener) {
      child.once('exit', (code, signal) => listener(signal ?? `code ${code}`));
      child.once('error', (error) => listener(error.message));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
