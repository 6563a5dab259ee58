/** Signals to real processes, found by the port that they listen on. Never to ourselves, to who started us, or to the system. */
import type { DrillSignal } from '../contract/drill-signals.ts';
import type { LocalPort } from '../contract/pool-commands.ts';

export interface FoundProcess {
  pid: number;
  /** `node, pid 4711` */
  told: string;
}

/** Or why nothing may be sent to what listens on `port`. `spared`: ids of our own process and of those that it lives in. */
export function processOn(port: number, ports: readonly LocalPort[], spared: readonly number[]): FoundProcess | string {
  const found = ports.find((one) => one.port === port);
  if (!found) return `no process listens on port ${port}`;
  const { pid, process: name = 'a process' } = found;
  if (pid === undefined)
    return `the system does not tell which process listens on port ${port}; it may be another user's`;
  if (pid <= 1) return `port ${port} belongs to the system (pid ${pid}), which is left alone`;
  if (spared.includes(pid)) return `port ${port} is Switchyard's own; a drill sends it no signal`;
  return { pid, told: `${name}, pid ${pid}` };
}

export interface ProcessSignals {
  /** Looking through all processes takes a moment. Rejects with why nothing may be sent to what listens there. */
  find(port: number): Promise<FoundProcess>;
  /** false: it is gone. Throws when it may not get a signal from us. */
  send(pid: number, signal: DrillSignal): boolean;
}

export function systemSignals(localPorts: () => Promise<readonly LocalPort[]>): ProcessSignals {
  return {
    async find(port) {
      const found = processOn(port, await localPorts(), [process.pid, process.ppid]);
      if (typeof found === 'string') throw new Error(found);
      return found;
    },
    send(pid, signal) {
      try {
        return process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
        throw error;
      }
    },
  };
}
