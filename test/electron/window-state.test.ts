import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWindowState, shiftOf, writeWindowState } from '../../electron/window-state.ts';

const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
const bounds = { x: 100, y: 50, width: 1200, height: 800 };

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'window-state-'));
  file = join(directory, 'window.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('what was written is read again, and nothing else is left in the directory', () => {
  writeWindowState(file, { bounds, maximized: true });
  expect(readWindowState(file, screens)).toEqual({ bounds, maximized: true });
  expect(readdirSync(directory)).toEqual(['window.json']);
});

test('a first start has no place', () => {
  expect(readWindowState(file, screens)).toEqual({ maximized: false });
});

test.each([
  ['no JSON', '{'],
  ['another kind of value', '"maximized"'],
  ['null', 'null'],
  ['bounds of text', '{"bounds":{"x":"0","y":0,"width":800,"height":600}}'],
  ['a sliver', '{"bounds":{"x":0,"y":0,"width":3,"height":600}}'],
  ['a screen that was unplugged', '{"bounds":{"x":2500,"y":0,"width":800,"height":600}}'],
  ['a title bar above the screen', '{"bounds":{"x":0,"y":-300,"width":800,"height":600}}'],
])('%s is ignored', (_what, text) => {
  writeFileSync(file, text);
  expect(readWindowState(file, screens)).toEqual({ maximized: false });
});

test('what is larger than all screens is made to fit them', () => {
  writeWindowState(file, { bounds: { x: 100, y: 50, width: 3000, height: 2000 }, maximized: false });
  const [screen] = screens;
  expect(readWindowState(file, screens).bounds).toEqual(screen);
  const beside = { x: 1920, y: 0, width: 1920, height: 1080 };
  expect(readWindowState(file, [...screens, beside]).bounds).toEqual({ x: 100, y: 0, width: 3000, height: 1080 });
});

test('what a frame adds to a place is told; what the system does with one beside all screens is not', () => {
  expect(shiftOf(bounds, { ...bounds, x: 101, y: 70 })).toEqual({ x: 1, y: 20 });
  expect(shiftOf(bounds, { ...bounds, y: 900 })).toEqual({ x: 0, y: 0 });
});

test('a place that cannot be written to is no error', () => {
  expect(() => writeWindowState(join(directory, 'absent', 'window.json'), { maximized: false })).not.toThrow();
});
