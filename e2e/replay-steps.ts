/** What browser tests on a recording have in common. */
import { expect, type Page } from '@playwright/test';

/** Goes there, and waits for the clock. */
export async function seek(page: Page, timeMs: number): Promise<void> {
  await page.getByRole('slider', { name: 'Time in the recording' }).fill(String(timeMs));
  await expect(page.getByRole('contentinfo').locator('time')).toContainText(new Date(timeMs).toISOString().slice(11, 19));
}
