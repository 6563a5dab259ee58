import { launchBrowser } from '../test/support/browser.ts';

/** Opens the window of a running Switchyard in a browser; it shows exchanges as they come until it is closed. */
export async function attachWindow(url: string): Promise<{ close(): Promise<void> }> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator('#root > *').first().waitFor();
  } catch (error) {
    await browser.close();
    throw error;
  }
  return { close: () => browser.close() };
}
