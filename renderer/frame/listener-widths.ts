import type { ListenerState } from '../../proxy-engine/contract/state.ts';

/** Pixels, about: of a letter of a name and of an address, of all else in a button, and of the button for the rest. */
const NAME_LETTER = 7;
const LONGEST_NAME = 150;
const ADDRESS_LETTER = 7.4;
const AROUND = 60;
const REST = 56;

/** How many of the first listeners find room, where the others share a button; one alone may be cut. */
export function howManyFit(listeners: readonly Pick<ListenerState, 'name' | 'address'>[], width: number): number {
  let used = 0;
  for (const [at, { name, address }] of listeners.entries()) {
    used += Math.min(LONGEST_NAME, name.length * NAME_LETTER) + address.length * ADDRESS_LETTER + AROUND;
    const rest = at === listeners.length - 1 ? 0 : REST;
    if (used + rest > width) return at;
  }
  return listeners.length;
}
