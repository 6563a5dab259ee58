/** Looking into values of any shape: what is not of the expected one is as if it were not there. */

export function mapOf(value: unknown, key: string): Record<string, unknown> {
  const item = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return isRecord(item) ? item : {};
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

export function listOf(value: unknown, key: string): unknown[] {
  const item = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Array.isArray(item) ? item : [];
}

export function textOf(value: unknown, key: string): string | undefined {
  const item = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof item === 'string' ? item : undefined;
}
