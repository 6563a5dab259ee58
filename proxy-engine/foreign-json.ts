/** Careful looks into JSON that another program wrote. */
export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordAt(value: unknown, key: string): Json | null {
  const found = isRecord(value) ? value[key] : null;
  return isRecord(found) ? found : null;
}

/** Empty when there is none. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : null;
  return Array.isArray(found) ? found : [];
}

/** Empty when there is none; numbers and booleans as they are written. */
export function textAt(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : null;
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}

export function numberAt(value: unknown, key: string): number | null {
  const text = textAt(value, key).trim();
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}
