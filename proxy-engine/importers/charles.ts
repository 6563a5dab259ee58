import type { ImportResult } from '../contract/transfer.ts';

export function importCharles(_text: string): ImportResult {
  return { config: { version: 1 }, items: [{ name: 'document', outcome: 'refused', why: 'not there yet' }] };
}
