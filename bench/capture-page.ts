/** What a page costs that shows what was captured: time to open, heap, and the frames of a scroll, in Chromium. */
import type { Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';

export interface PageFigures {
  /** From the navigation to the first row. */
  openMs: number;
  /** JavaScript, after a collection, when all has been shown and scrolled. */
  heapMiB: number;
  /** Of the frames while scrolling up and down for `SCROLL_SECONDS`. */
  frameP99Ms: number;
  frameWorstMs: number;
}

const SCROLL_SECONDS = 5;

/** `row`: selector of a row of the list. `load`: what arrives while the list is scrolled. */
export async function pageFigures(url: string, row: string, load: () => Promise<unknown>): Promise<PageFigures> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const began = performance.now();
    await page.goto(url);
    await page.locator(row).first().waitFor({ timeout: 120_000 });
    const openMs = performance.now() - began;
    const arriving = load();
    const frames = await page.evaluate(scrollTheList, SCROLL_SECONDS);
    await arriving;
    const sorted = frames.toSorted((a, b) => a - b);
    return {
      openMs,
      heapMiB: await heapMiB(page),
      frameP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      frameWorstMs: sorted.at(-1) ?? Number.NaN,
    };
  } finally {
    await browser.close();
  }
}

async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1024 ** 2;
}

/** Runs in the page: scrolls what is highest up and down, as fast as a wheel does, and answers the times between frames. */
function scrollTheList(seconds: number): Promise<number[]> {
  const all = [...document.querySelectorAll<HTMLElement>('*')].filter((el) => el.scrollHeight > el.clientHeight + 50);
  const list = all.toSorted((a, b) => b.scrollHeight - a.scrollHeight)[0];
  if (!list) throw new Error('nothing on the page can be scrolled');
  return new Promise((resolve) => {
    const frames: number[] = [];
    const until = performance.now() + seconds * 1000;
    let last = performance.now();
    let down = -1;
    requestAnimationFrame(function frame() {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      // Wheel steps most of the time, and now and then a jump as with the scroll bar.
      list.scrollTop += down * (frames.length % 60 === 0 ? list.scrollHeight / 7 : 260);
      if (list.scrollTop <= 0 || list.scrollTop + list.clientHeight >= list.scrollHeight) down = -down;
      if (now < until) requestAnimationFrame(frame);
      else resolve(frames.slice(1));
    });
  });
}
