/** Size and place of the window, kept between starts. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowState {
  /** Absent: where the system puts it. */
  bounds?: Rectangle;
  maximized: boolean;
}

/** Of the title bar, this much must be on a screen for a person to take hold of it, in pixels. */
const REACHABLE = 80;

/** No frame of a window is wider, in pixels. */
const WIDEST_FRAME = 100;

/** What was kept, as far as it still makes sense on `screens`; a missing or broken file is a first start. */
export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  const kept = parse(file);
  const maximized = kept?.maximized === true;
  const bounds = kept?.bounds;
  return isRectangle(bounds) && isReachable(bounds, screens)
    ? { bounds: fitted(bounds, screens), maximized }
    : { maximized };
}

/** How far from where it was asked to be the system shows a window: on X11 by its frame. Kept as it is shown, it would move with every start. */
export function shiftOf(asked: Rectangle, shown: Rectangle): { x: number; y: number } {
  const [x, y] = [shown.x - asked.x, shown.y - asked.y];
  const isFrame = Math.abs(x) <= WIDEST_FRAME && Math.abs(y) <= WIDEST_FRAME;
  return isFrame ? { x, y } : { x: 0, y: 0 };
}

/** Replaces the file in one step: a crash leaves the old one. A place that cannot be written to costs the state, nothing else. */
export function writeWindowState(file: string, state: WindowState): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(state));
    renameSync(temporary, file);
  } catch {
    // The next start opens at the default place.
  }
}

function parse(file: string): { bounds?: unknown; maximized?: unknown } | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Partial<Rectangle>;
  return [x, y, width, height].every(Number.isSafeInteger) && Number(width) >= 200 && Number(height) >= 200;
}

function isReachable(bounds: Rectangle, screens: readonly Rectangle[]): boolean {
  return screens.some((screen) => {
    const left = Math.max(bounds.x, screen.x);
    const right = Math.min(bounds.x + bounds.width, screen.x + screen.width);
    return right - left >= REACHABLE && bounds.y >= screen.y && bounds.y <= screen.y + screen.height - REACHABLE;
  });
}

/** No larger than all screens together: it was kept on larger ones, and its far edges could not be taken hold of. */
function fitted(bounds: Rectangle, screens: readonly Rectangle[]): Rectangle {
  const x = Math.min(...screens.map((screen) => screen.x));
  const y = Math.min(...screens.map((screen) => screen.y));
  const width = Math.max(...screens.map((screen) => screen.x + screen.width)) - x;
  const height = Math.max(...screens.map((screen) => screen.y + screen.height)) - y;
  return {
    ...bounds,
    ...(bounds.width > width && { x, width }),
    ...(bounds.height > height && { y, height }),
  };
}
