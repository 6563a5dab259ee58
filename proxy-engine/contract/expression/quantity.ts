/** Numbers of the expression language: plain, with a unit, or a class such as `5xx`. */
import type { FieldType } from './fields.ts';
import type { Quantity } from './syntax.ts';

const UNITS: Record<Exclude<FieldType, 'text' | 'number'>, ReadonlyMap<string, number>> = {
  duration: new Map([
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
  ]),
  size: new Map([
    ['b', 1],
    ['kib', 1024],
    ['mib', 1024 ** 2],
    ['gib', 1024 ** 3],
  ]),
};

const EXAMPLE = { duration: '200ms, 2s or 1m', size: '512B, 10KiB or 2MiB' } as const;

/** Reads the value of a number, duration or size field; a string says what would be right. Units in any case. */
export function readQuantity(text: string, type: Exclude<FieldType, 'text'>, isStatus: boolean): Quantity | string {
  if (type === 'number') return readNumber(text, isStatus);
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([a-z]*)$/i.exec(text);
  const expected = `expected a ${type} with a unit, such as ${EXAMPLE[type]}, found ${JSON.stringify(text)}`;
  if (!match) return expected;
  const unit = UNITS[type].get(match[2]!.toLowerCase());
  if (unit === undefined) return expected;
  const value = Number(match[1]) * unit;
  return { low: value, high: value, text };
}

function readNumber(text: string, isStatus: boolean): Quantity | string {
  const statusClass = isStatus ? /^([1-5])xx$/i.exec(text) : null;
  if (statusClass) {
    const low = Number(statusClass[1]) * 100;
    return { low, high: low + 99, text };
  }
  if (/^\d{1,15}$/.test(text)) return { low: Number(text), high: Number(text), text };
  const expected = isStatus ? 'a status such as 404, or a class such as 5xx' : 'a whole number';
  return `expected ${expected}, found ${JSON.stringify(text)}`;
}
