/** What the desk's browser tests have in common: where its parts are, and how it is opened. */
import { expect as expectSoon, type Locator, type Page } from '@playwright/test';

/** Opening takes what it takes, also where other work is going on. */
export const expect = expectSoon.configure({ timeout: 30_000 });

export const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Accounts' });
export const rowAt = (page: Page, rank: number): Locator => grid(page).locator(`[role="row"][aria-rowindex="${rank + 1}"]`);
export const coverage = (page: Page): Locator => page.getByRole('region', { name: 'Coverage' });
export const heading = (page: Page, name: string): Locator => grid(page).getByRole('columnheader', { name, exact: true });
export const count = (value: number): string => value.toLocaleString('en-US');
export const matched = (page: Page): Promise<number> =>
  grid(page)
    .getAttribute('aria-rowcount')
    .then((text) => Number(text) - 1);

/** Opens the desk by a link and waits for its first rows. */
export async function openDesk(page: Page, view: string, accounts: number, query = '?feed=none&book=none'): Promise<void> {
  await page.goto(`/${query}#desk/1?${view}`);
  await expect(coverage(page)).toContainText(`${count(accounts)} accounts loaded`, { timeout: 60_000 });
  await expect(rowAt(page, 1)).toContainText(/\w/);
}
