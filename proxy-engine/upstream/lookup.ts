/** Names of backends as addresses. A name server that is silent must stop nothing but its own names. */
import { promises as dns, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createGate } from '../gate.ts';

/** The system's lookups wait in threads: libuv gives them two of its four, and files are read in the others. */
const throughGate = createGate(2);
/** Names that took long last time, as only those of a silent name server do, have one of the two among them, and leave the other one free. */
const throughSlowGate = createGate(1);
const SLOW_MS = 3000;
const MOST_SLOW_NAMES = 1000;
const slowNames = new Set<string>();
/** Of RFC 6761 §6.3: never asked for. */
const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

const underWay = new Map<string, Promise<LookupAddress[]>>();

/** For `net.connect` and what is built on it: a name that is being looked up is not looked up a second time. */
export const lookup: LookupFunction = (name, { all, family, hints }, callback) => {
  const isWanted = (found: LookupAddress) => (family !== 4 && family !== 6) || found.family === family;
  addressesOf(name, hints).then(
    (found) => {
      const wanted = found.filter(isWanted);
      const [first] = wanted;
      if (!first) callback(notFound(name), '', 0);
      else if (all) callback(null, wanted);
      else callback(null, first.address, first.family);
    },
    (error: NodeJS.ErrnoException) => callback(error, '', 0),
  );
};

/** All addresses of a name, in the system's order. */
export function addressesOf(name: string, hints = 0): Promise<LookupAddress[]> {
  if (/^localhost\.?$/i.test(name)) return Promise.resolve(LOOPBACK);
  const asked = underWay.get(name) ?? ask(name, hints).finally(() => underWay.delete(name));
  underWay.set(name, asked);
  return asked;
}

/** A hosts file may have names under `localhost`; the others are loopback, too. */
async function ask(name: string, hints: number): Promise<LookupAddress[]> {
  try {
    const ofSystem = () => throughGate(() => askSystem(name, hints));
    return await (slowNames.has(name) ? throughSlowGate(ofSystem) : ofSystem());
  } catch (error) {
    if (/\.localhost\.?$/i.test(name)) return LOOPBACK;
    throw error;
  }
}

async function askSystem(name: string, hints: number): Promise<LookupAddress[]> {
  const startedAt = performance.now();
  try {
    return await dns.lookup(name, { all: true, hints });
  } finally {
    if (performance.now() - startedAt < SLOW_MS) slowNames.delete(name);
    else if (slowNames.size < MOST_SLOW_NAMES) slowNames.add(name);
  }
}

function notFound(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} has no address of that family`), { code: 'ENOTFOUND' });
}
