/**
 * Which processes a drill made to stand still (SIGSTOP), in a file for as long as they do: when the engine is killed meanwhile,
 * the next one lets them go on. States and faults need no such file: they are gone with the engine that held them.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSignals } from '../../drills/process-signals.ts';

const NAME = /^asleep-(\d+)\.json$/;

/** `signals` that keep the file; `directory` is made when it is needed. */
export function journaled(signals: ProcessSignals, directory: string): ProcessSignals {
  const file = join(directory, `asleep-${process.pid}.json`);
  const asleep = new Set<number>();

  function write(): void {
    if (asleep.size === 0) return rmSync(file, { force: true });
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, JSON.stringify([...asleep]));
  }

  return {
    find: signals.find,
    send(pid, signal) {
      if (signal === 'SIGSTOP') {
        // Before it stands still: afterwards might be too late.
        asleep.add(pid);
        write();
      }
      const isSent = signals.send(pid, signal);
      if ((signal === 'SIGCONT' || signal === 'SIGKILL') && asleep.delete(pid)) write();
      return isSent;
    },
  };
}

/** Lets go on what engines that are gone left standing still; answers the ids of those processes. */
export function wakeLeftBehind(directory: string, signals: Pick<ProcessSignals, 'send'>): number[] {
  return filesIn(directory).flatMap((name) => {
    if (isAlive(Number(NAME.exec(name)?.[1]))) return [];
    const pids = readPids(join(directory, name));
    rmSync(join(directory, name), { force: true });
    return pids.filter((pid) => sent(signals, pid));
  });
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => NAME.test(name));
  } catch {
    return [];
  }
}

function readPids(file: string): number[] {
  try {
    const pids: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(pids) ? pids.filter((pid): pid is number => Number.isInteger(pid) && Number(pid) > 1) : [];
  } catch {
    return [];
  }
}

/** What runs anyway does not notice; what may not be signalled is not ours any more. */
function sent(signals: Pick<ProcessSignals, 'send'>, pid: number): boolean {
  try {
    return signals.send(pid, 'SIGCONT');
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
