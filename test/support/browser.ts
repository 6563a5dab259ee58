import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { complaintsOf } from './complaints.ts';

const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A busy machine may take its time. */
const START_MS = 120_000;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET, timeout: START_MS });
}

/** What a loaded machine may need. */
const PATIENCE_MS = 30_000;

/** A window at an address of `switchyard run`. `complaints`: of the page, as they come. */
export async function openWindow(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = complaintsOf(page);
  await page.goto(address);
  return { page, complaints };
}

type PageName = 'Traffic' | 'Backends' | 'Rules' | 'Drills' | 'Compose' | 'Settings';

/** By the bar at the left. */
export async function goTo(page: Page, name: PageName): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
}

/** Where it is once it has stopped moving. */
export async function steadyBox(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await locator.hover({ trial: true });
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not shown`);
  return box;
}

/**
 * Around an open menu, to keep the Tab key in it: hidden, and the focus never stays there. axe does not know that (its issue
 * 4832; Base UI's 4668).
 */
const GUARDS = '[data-base-ui-focus-guard]';

/** What axe finds on the page as it is, one line each; empty when it finds nothing. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude(GUARDS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}

/** The same in the dark and in the light theme, without the motion between them. */
export async function axeFindingsInBothThemes(page: Page): Promise<string[]> {
  const findings: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: 'attached' });
    findings.push(...(await axeFindings(page)).map((finding) => `${colorScheme}: ${finding}`));
  }
  return findings;
}
