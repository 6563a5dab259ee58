/** JSON Patch (RFC 6902) with JSON Pointer (RFC 6901). The document given is not changed. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Container = Json[] | { [key: string]: Json };
export type PatchOperation = Readonly<Record<string, unknown>>;

/** A patch that cannot be applied; nothing of it is then. */
export class PatchError extends Error {}

const NEEDS: Readonly<Record<string, 'value' | 'from' | null>> = {
  add: 'value',
  replace: 'value',
  test: 'value',
  move: 'from',
  copy: 'from',
  remove: null,
};

/** What is wrong with the form of an operation, or null. */
export function patchProblem(operation: PatchOperation): string | null {
  const { op } = operation;
  if (typeof op !== 'string' || !Object.hasOwn(NEEDS, op))
    return `expected op: ${Object.keys(NEEDS).join(', ')}, found ${JSON.stringify(op) ?? 'nothing'}`;
  const need = NEEDS[op];
  if (!isPointer(operation['path'])) return `${op} needs path: a JSON Pointer such as /items/0/name`;
  if (need === 'value' && operation['value'] === undefined) return `${op} needs value`;
  const inexact = need === 'value' ? inexactIn(operation['value']) : null;
  if (inexact !== null)
    return `a number as large as ${inexact} does not stay as it is written; give it as text, or use body replace`;
  if (need === 'from' && !isPointer(operation['from'])) return `${op} needs from: a JSON Pointer`;
  return null;
}

/** The first integer with digits that a double does not keep. */
function inexactIn(value: unknown): number | null {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21 ? value : null;
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return null;
  for (const member of Object.values(value)) {
    const found = inexactIn(member);
    if (found !== null) return found;
  }
  return null;
}

/** Applies all operations in order, or throws a PatchError and applies none. */
export function applyPatch(document: Json, operations: readonly PatchOperation[]): Json {
  // The root is held by a container, so that it can be replaced like anything else.
  const holder = { root: copyOf(document) };
  for (const operation of operations) {
    const problem = patchProblem(operation);
    if (problem) throw new PatchError(problem);
    applyOne(holder, operation);
  }
  return holder.root;
}

function applyOne(holder: { root: Json }, operation: PatchOperation): void {
  const path = segmentsOf(operation['path'] as string);
  const value = operation['value'] as Json;
  switch (operation['op']) {
    case 'add':
      return add(holder, path, copyOf(value));
    case 'remove':
      remove(holder, path);
      return;
    case 'replace':
      return replace(holder, path, copyOf(value));
    case 'move':
      return move(holder, operation['from'] as string, operation['path'] as string);
    case 'copy':
      return add(holder, path, copyOf(get(holder, segmentsOf(operation['from'] as string))));
    default:
      if (!sameJson(get(holder, path), value))
        throw new PatchError(`test failed at ${JSON.stringify(operation['path'])}`);
  }
}

function move(holder: { root: Json }, from: string, to: string): void {
  if (to.startsWith(`${from}/`)) throw new PatchError(`cannot move ${from} into itself`);
  add(holder, segmentsOf(to), remove(holder, segmentsOf(from)));
}

function add(holder: { root: Json }, path: readonly string[], value: Json): void {
  const { container, key } = locate(holder, path);
  if (!Array.isArray(container)) setOwn(container, key, value);
  else container.splice(key === '-' ? container.length : indexIn(key, container.length + 1), 0, value);
}

function remove(holder: { root: Json }, path: readonly string[]): Json {
  const { container, key } = locate(holder, path);
  const value = child(container, key);
  if (Array.isArray(container)) container.splice(indexIn(key, container.length), 1);
  else if (path.length > 0) delete container[key];
  return value;
}

/** In its place: members keep their order. */
function replace(holder: { root: Json }, path: readonly string[], value: Json): void {
  const { container, key } = locate(holder, path);
  child(container, key);
  if (Array.isArray(container)) container[indexIn(key, container.length)] = value;
  else setOwn(container, key, value);
}

function get(holder: { root: Json }, path: readonly string[]): Json {
  const { container, key } = locate(holder, path);
  return child(container, key);
}

function locate(holder: { root: Json }, path: readonly string[]): { container: Container; key: string } {
  let container: Container = holder;
  let key = 'root';
  for (const segment of path) {
    const next = child(container, key);
    if (!isContainer(next)) throw new PatchError(`there is nothing below ${JSON.stringify(key)}`);
    container = next;
    key = segment;
  }
  return { container, key };
}

function child(container: Container, key: string): Json {
  if (Array.isArray(container)) return container[indexIn(key, container.length)] as Json;
  if (!Object.hasOwn(container, key)) throw new PatchError(`there is no ${JSON.stringify(key)}`);
  return container[key] as Json;
}

/** RFC 6901 §4: digits without a leading zero, below `limit`. */
function indexIn(key: string, limit: number): number {
  const index = /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : -1;
  if (index < 0 || index >= limit) throw new PatchError(`there is no element ${JSON.stringify(key)}`);
  return index;
}

/** `__proto__` is a member like any other. */
function setOwn(container: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isPointer(value: unknown): value is string {
  return typeof value === 'string' && /^(\/([^~/]|~[01])*)*$/.test(value);
}

/** Numbers that are kept as they were written (`exact-json.ts`) are no containers. */
function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null && !JSON.isRawJSON(value);
}

function copyOf(value: Json): Json {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value)) setOwn(copy, key, copyOf(member));
  return copy;
}

function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b)) return JSON.stringify(a) === JSON.stringify(b) || sameNumber(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && sameJson((a as Record<string, Json>)[key]!, (b as Record<string, Json>)[key]!),
  );
}

/** RFC 6902 §4.6: numbers are equal when their values are, however they are written. */
function sameNumber(a: Json, b: Json): boolean {
  const value = numberOf(a);
  return value !== null && value === numberOf(b) && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

function numberOf(value: Json): number | null {
  if (JSON.isRawJSON(value)) return Number(value.rawJSON);
  return typeof value === 'number' ? value : null;
}
