/** What a page costs that shows what was captured: time to open, heap, and the frames of a scroll, in Chromium. */
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { type CoresUsed, countCores } from './process-tree.ts';

export interface PageFigures {
  /** From the navigation to the first row: the longest of all sizes. */
  openMs: number;
  /** JavaScript, after a collection, when all has been shown and scrolled: the most of all sizes. */
  heapMiB: number;
  /** Of each size. */
  scrolled: readonly Scrolled[];
}

/** A list that was scrolled in a window of one size. */
export interface Scrolled {
  size: Size;
  frames: FrameFigures;
  /** What arrived a second meanwhile, all answered. */
  arrivedPerSecond: number;
  /** Meanwhile. */
  cores: CoresUsed;
}

interface Size {
  width: number;
  height: number;
}

const SIZES: readonly Size[] = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** Of the frames while scrolling up and down for `SCROLL_SECONDS`, by the clock and in CPU time of the page's main thread: the rest of a long frame it waited. */
export interface FrameFigures {
  p99Ms: number;
  worstMs: number;
  over50: number;
  cpuP99Ms: number;
  cpuWorstMs: number;
  /** Those that took longest. */
  longest: readonly Frame[];
}

interface Frame {
  ms: number;
  cpuMs: number;
}

const SCROLL_SECONDS = 5;

/** `row`: selector of a row of the list. `load`: what arrives while the list is scrolled, and how many a second did. */
export async function pageFigures(url: string, row: string, load: () => Promise<number>): Promise<PageFigures> {
  const pages: Awaited<ReturnType<typeof figuresAt>>[] = [];
  for (const size of SIZES) pages.push(await figuresAt(size, url, row, load));
  return {
    openMs: Math.max(...pages.map(({ openMs }) => openMs)),
    heapMiB: Math.max(...pages.map(({ heapMiB }) => heapMiB)),
    scrolled: pages.map(({ scrolled }) => scrolled),
  };
}

/** In a browser of its own. */
async function figuresAt(size: Size, url: string, row: string, load: () => Promise<number>) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: size });
    const began = performance.now();
    await page.goto(url);
    await page.locator(row).first().waitFor({ timeout: 120_000 });
    const openMs = performance.now() - began;
    const scrolled = { size, ...(await scroll(browser, page, load)) };
    return { openMs, heapMiB: await heapMiB(page), scrolled };
  } finally {
    await browser.close();
  }
}

async function scroll(browser: Browser, page: Page, load: () => Promise<number>): Promise<Omit<Scrolled, 'size'>> {
  await browser.startTracing(page, { categories: ['blink.user_timing'] });
  const coresUsed = countCores();
  const arriving = load();
  await page.evaluate(scrollTheList, { seconds: SCROLL_SECONDS, mark: FRAME });
  const arrivedPerSecond = await arriving;
  const cores = coresUsed();
  return { frames: figuresOf(framesOf(await browser.stopTracing())), arrivedPerSecond, cores };
}

/** What the page marks of each frame, and Chromium writes down with its clock and that of the thread. */
const FRAME = 'bench-frame';

interface TraceEvent {
  name: string;
  /** Microseconds. */
  ts: number;
  /** Microseconds of CPU that the thread has had. */
  tts?: number;
}

function framesOf(written: Buffer): Frame[] {
  const trace = JSON.parse(written.toString()) as { traceEvents: TraceEvent[] };
  const marks = trace.traceEvents.filter(({ name }) => name === FRAME).sort((a, b) => a.ts - b.ts);
  return marks.slice(1).map(({ ts, tts = Number.NaN }, n) => {
    const { ts: began = Number.NaN, tts: cpuBegan = Number.NaN } = marks[n] ?? {};
    return { ms: (ts - began) / 1000, cpuMs: (tts - cpuBegan) / 1000 };
  });
}

function figuresOf(frames: readonly Frame[]): FrameFigures {
  const longest = frames.toSorted((a, b) => b.ms - a.ms);
  const cpu = frames.map(({ cpuMs }) => cpuMs).sort((a, b) => b - a);
  const p99 = Math.floor(frames.length * 0.01);
  return {
    p99Ms: longest[p99]?.ms ?? Number.NaN,
    worstMs: longest[0]?.ms ?? Number.NaN,
    over50: longest.filter(({ ms }) => ms > 50).length,
    cpuP99Ms: cpu[p99] ?? Number.NaN,
    cpuWorstMs: cpu[0] ?? Number.NaN,
    longest: longest.slice(0, 5),
  };
}

async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1024 ** 2;
}

/** Runs in the page: scrolls what is highest up and down, as fast as a wheel does, and marks each frame. */
function scrollTheList({ seconds, mark }: { seconds: number; mark: string }): Promise<void> {
  const all = [...document.querySelectorAll<HTMLElement>('*')].filter((el) => el.scrollHeight > el.clientHeight + 50);
  const list = all.toSorted((a, b) => b.scrollHeight - a.scrollHeight)[0];
  if (!list) throw new Error('nothing on the page can be scrolled');
  return new Promise((resolve) => {
    const until = performance.now() + seconds * 1000;
    let frames = 0;
    let down = -1;
    requestAnimationFrame(function frame() {
      performance.mark(mark);
      // Wheel steps most of the time, and now and then a jump as with the scroll bar.
      list.scrollTop += down * (++frames % 60 === 0 ? list.scrollHeight / 7 : 260);
      if (list.scrollTop <= 0 || list.scrollTop + list.clientHeight >= list.scrollHeight) down = -down;
      if (performance.now() < until) requestAnimationFrame(frame);
      else resolve();
    });
  });
}
