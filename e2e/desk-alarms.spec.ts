/** The alarms of the desk in a browser: a generated book in the crash of 10 October, as one flood, and the way to its accounts. */
import { AxeBuilder } from '@axe-core/playwright';
import { type Page, test } from '@playwright/test';
import { count, coverage, expect, grid, rowAt } from './desk-steps.ts';
import { seek } from './replay-steps.ts';

test.describe.configure({ timeout: 120_000 });

const ACCOUNTS = 5_000;
const crash = (hour: number, minute: number): number => Date.UTC(2025, 9, 10, hour, minute);
const region = (page: Page) => page.getByRole('region', { name: 'Desk alarms', exact: true });
const table = (page: Page) => page.getByRole('table', { name: 'Desk alarms' });

/** Opens a population on the recorded crash, and the alarms over it. */
async function openAlarms(page: Page, options = ''): Promise<void> {
  await page.goto(`/?feed=replay&file=2025-10-10&clock=manual${options}#desk/1?population=${ACCOUNTS}.42`);
  await expect(coverage(page)).toContainText(`${count(ACCOUNTS)} accounts loaded`);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(table(page)).toBeVisible();
}

test('the crash: hundreds of accounts are one ranked alarm, which leads to its accounts', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openAlarms(page);
  const flood = region(page).getByRole('region', { name: 'Flood' });
  await expect(flood).toContainText(/\d+ margin call/);
  const worst = flood.getByRole('list', { name: 'Worst ten' }).getByRole('listitem');
  await expect(worst).toHaveCount(10);
  await seek(page, crash(21, 20));
  await expect(flood).toContainText(/liquidation|bankrupt/);
  // A flood counts as one beside the alarms of the account, and the worst of both is the page's level.
  await expect(page.locator('html')).toHaveAttribute('data-risk-level', /liquidation|bankrupt/);
  await expect(page).toHaveTitle(/^\([1-9]\) /);
  await expect(page.locator('[role="alert"]').filter({ hasText: 'Desk: a flood of alarms, told as one.' })).toBeAttached();
  await expect(page).toHaveURL(/#alarms$/);
  await expect(worst).toHaveCount(10);
  await flood.getByRole('button', { name: 'Show the worst ten on the desk' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', /^([2-9]|1[01])$/);
  await expect(rowAt(page, 1)).toContainText(/Liquidation|Bankrupt/);
  expect(errors).toEqual([]);
});

test('the list: filtered by state, ordered, one acknowledged, then all that are shown', async ({ page }) => {
  await openAlarms(page);
  const rows = () => table(page).getAttribute('aria-rowcount').then(Number);
  await expect.poll(rows).toBeGreaterThan(200);
  const all = await rows();
  await region(page)
    .getByRole('button', { name: /^Margin call \d/ })
    .click();
  await expect.poll(rows).toBeLessThan(all);
  await table(page)
    .getByRole('button', { name: /^At risk/ })
    .click();
  await expect(table(page).getByRole('columnheader', { name: /^At risk/ })).toHaveAttribute('aria-sort', 'descending');
  const first = table(page).locator('[role="row"][aria-rowindex="2"]');
  await first.getByRole('button', { name: /^Acknowledge/ }).click();
  await expect(first).toContainText('Acknowledged');
  await region(page).getByLabel('Not acknowledged').check();
  await region(page)
    .getByRole('button', { name: /^Acknowledge all [\d,]+ shown/ })
    .click();
  await expect.poll(rows).toBe(1);
  await expect(page.getByRole('region', { name: 'Desk alarm load' })).toContainText('Standing');
});

test('a worker that falls: the list comes back by itself, with what was acknowledged', async ({ page }) => {
  await openAlarms(page, '&debug=1');
  const open = region(page).getByText(/not acknowledged\./);
  const all = () => table(page).getAttribute('aria-rowcount').then(Number);
  await table(page)
    .locator('[role="row"][aria-rowindex="2"]')
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await region(page)
    .getByRole('button', { name: /^Margin call \d/ })
    .click();
  await expect.poll(all).toBeLessThan(200);
  await region(page)
    .getByRole('button', { name: /^Acknowledge all/ })
    .click();
  await expect(table(page).getByRole('button', { name: /^Acknowledge/ })).toHaveCount(0);
  const before = await open.innerText();
  await page.evaluate(() => (window as unknown as { plimsoll: { crash: (how: string) => void } }).plimsoll.crash('throw'));
  await expect(page.getByText(/engine (stopped|was started|is back|restart)/i).first()).toBeVisible();
  await expect(open).toHaveText(before, { timeout: 30_000 });
  await expect(table(page).locator('[role="row"][aria-rowindex="2"]')).toContainText('Acknowledged');
  await expect(table(page).getByRole('button', { name: /^Acknowledge/ })).toHaveCount(0);
});

test('the list of one venue', async ({ page }) => {
  await openAlarms(page);
  const rows = () => table(page).getAttribute('aria-rowcount').then(Number);
  await expect.poll(rows).toBeGreaterThan(200);
  const all = await rows();
  await region(page).getByRole('combobox', { name: 'Venue' }).selectOption({ index: 1 });
  await expect.poll(rows).toBeLessThan(all);
});

test('axe finds nothing on the alarms of the desk', async ({ page }) => {
  await openAlarms(page);
  const { violations } = await new AxeBuilder({ page })
    .include('#alarms')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
});
