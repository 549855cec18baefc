import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { seek } from './replay-steps.ts';

const at = (minute: number): number => Date.UTC(2025, 9, 10, 20, minute);
const history = (page: Page) => page.getByRole('region', { name: 'History', exact: true });
const figure = (page: Page, name: string) => history(page).locator(`[data-figure="${name}"]`);

/** Folded out by keys. */
async function open(page: Page): Promise<void> {
  await history(page)
    .getByRole('button', { name: /^History/ })
    .focus();
  await page.keyboard.press('Enter');
  await expect(history(page).getByRole('table', { name: 'Cost basis by instrument' })).toBeVisible({ timeout: 30_000 });
}

/** Studies come in a worker of their own, which other work on the machine holds up. */
test.describe.configure({ timeout: 60_000 });

test('the kept history: equity, drawdown, return with their working, and a range', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('/?feed=replay&file=2025-10-10&clock=manual');
  for (const minute of [5, 10, 20, 30, 40]) await seek(page, at(minute));
  await open(page);
  await expect(history(page)).toContainText(/[2-9] samples, \d gaps?s?\./);
  await expect(history(page).getByRole('figure', { name: 'Equity' })).toContainText(/between [\d,]+ and [\d,]+/);
  await expect(figure(page, 'totalReturn')).toContainText(/\d\.\d\d/);
  await figure(page, 'totalReturn').getByText('Working').click();
  await expect(figure(page, 'totalReturn')).toContainText('E0, equity at the first sample:');
  await expect(figure(page, 'fundingPerHour')).toContainText('the feed tells no funding rates');
  await history(page)
    .getByRole('textbox', { name: /^Funding rate/ })
    .fill('0.01');
  await expect(figure(page, 'fundingPerHour')).toContainText('USD');
  await history(page).getByRole('button', { name: 'Hour', exact: true }).click();
  await expect(history(page).getByRole('button', { name: 'Hour', exact: true })).toHaveAttribute('aria-pressed', 'true');
  const { violations } = await new AxeBuilder({ page }).include('#margin').analyze();
  expect(violations).toEqual([]);
  expect(errors).toEqual([]);
});

test('cost basis: a position given up is a trade, a list of trades takes its place, a faulty one is refused', async ({ page }) => {
  await page.goto('/?feed=replay&file=2025-10-10&clock=manual');
  await open(page);
  const table = history(page).getByRole('table', { name: 'Cost basis by instrument' });
  const row = table.getByRole('row', { name: /^hl:XRP/ });
  await expect(row.getByRole('cell').first()).toHaveText('1');
  await page.getByRole('button', { name: /^Remove hl:XRP/ }).click();
  await expect(row.getByRole('cell').first()).toHaveText('2', { timeout: 30_000 });
  await expect(row.getByRole('cell').nth(1)).toHaveText('0');
  const file = (text: string) => ({ name: 'trades.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const input = history(page).getByLabel('File with trades');
  const list = 'time,instrument,side,size,price,fee\n2025-10-01T00:00:00Z,hl:XRP,buy,38789,2,0.3';
  await input.setInputFiles(file(list));
  // Bought in the list, given up in this visit.
  await expect(row.getByRole('cell').nth(7)).toHaveText('0.30');
  await expect(row.getByRole('cell').nth(5)).toHaveText(/^2\d,\d{3}\.\d\d$/);
  await expect(table.getByRole('row', { name: /^hl:BTC/ })).toContainText('trades are missing');
  await history(page).getByRole('combobox', { name: 'Cost basis' }).selectOption('Average');
  await input.setInputFiles(file('time,instrument,size,price\nyesterday,hl:XRP,1,2'));
  await expect(history(page).getByRole('list', { name: 'Faults' })).toContainText('/tradesCsv/1/time');
  await history(page).getByRole('button', { name: 'Leave it' }).click();
  await expect(row.getByRole('cell').first()).toHaveText('2');
});
