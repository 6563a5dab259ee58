/** What the operating system accounts to a process and all that it started: CPU time and memory (proc(5), Linux only). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface ProcessStat {
  pid: number;
  parent: number;
  cpuTicks: number;
}

/** CPU seconds, user and system, of the tree so far; children that ended are in their parent's account. */
export function cpuSeconds(root: number): number {
  const ticks = treeOf(root).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
  return ticks / TICKS_PER_SECOND;
}

/** Cores that were used in a time: by this program and all that it started, by other programs, and by the hypervisor for others than this machine. */
export interface CoresUsed {
  own: number;
  others: number;
  stolen: number;
}

/** Begins to count; what it answers ends that. The kernel's work for the network is nobody's. */
export function countCores(): () => CoresUsed {
  const [before, ownBefore, began] = [machineSeconds(), cpuSeconds(process.pid), performance.now()];
  return () => {
    const [now, seconds] = [machineSeconds(), (performance.now() - began) / 1000];
    const own = cpuSeconds(process.pid) - ownBefore;
    const others = Math.max(0, now.programs - before.programs - own);
    return { own: own / seconds, others: others / seconds, stolen: (now.stolen - before.stolen) / seconds };
  };
}

/** CPU seconds of all cores since the machine began. */
function machineSeconds(): { programs: number; stolen: number } {
  const fields = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = fields;
  return { programs: (user + nice + system) / TICKS_PER_SECOND, stolen: stolen / TICKS_PER_SECOND };
}

/** Resident MiB of the tree; shared pages count once (PSS where it can be read). */
export function residentMiB(root: number): number {
  const kib = treeOf(root).reduce((sum, { pid }) => sum + residentKiB(pid), 0);
  return kib / 1024;
}

function treeOf(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat !== null);
  const tree = all.filter(({ pid }) => pid === root);
  for (let i = 0; i < tree.length; i++) tree.push(...all.filter(({ parent }) => parent === tree[i]?.pid));
  return tree;
}

function statOf(name: string): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'latin1');
    // The command may hold spaces and brackets: fields are counted from its closing bracket.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, ...ticks] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]));
    return { pid: Number(name), parent: parent ?? 0, cpuTicks: ticks.reduce((sum, tick) => sum + tick, 0) };
  } catch {
    return null; // it has ended in the meantime
  }
}

function residentKiB(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
