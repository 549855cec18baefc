import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const backTest = (page: Page) => page.getByRole('region', { name: 'Back-test' });

async function open(page: Page, address = '/?feed=replay&file=2025-10-10&clock=manual') {
  await page.goto(address);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(backTest(page).getByRole('button', { name: 'Run' })).toBeVisible();
  return backTest(page);
}

test('the shipped comparison: one click, bare thresholds announce 2.4 times as often, the same as files', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  const section = await open(page);
  await section.getByRole('button', { name: 'Shipped comparison' }).focus();
  await page.keyboard.press('Enter');
  await expect(section.getByText('A announces 2.4 times as often as B in 33,592 h.')).toBeVisible({ timeout: 25_000 });
  const row = section.getByRole('row', { name: /^Announcements: rules/ });
  await expect(row.getByRole('cell')).toHaveText(['1,466', '604', '−862']);
  const list = section.getByRole('table', { name: /^Liquidations with the lead/ });
  await expect(list.getByRole('row')).toHaveCount(19);
  await list.getByRole('button', { name: 'Lead of A' }).click();
  await expect(list.getByRole('row').nth(1)).toContainText('no warning');
  await list.getByRole('button', { name: /^Lead of A/ }).click();
  await expect(list.getByRole('columnheader', { name: /^Lead of A/ })).toHaveAttribute('aria-sort', 'descending');
  const [file] = await Promise.all([page.waitForEvent('download'), section.getByRole('button', { name: 'JSON' }).click()]);
  const json = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(json.format).toBe('back-test/1');
  expect(json.columns.map(({ announcements }: { announcements: number }) => announcements)).toEqual([1466, 604]);
  const [sheet] = await Promise.all([page.waitForEvent('download'), section.getByRole('button', { name: 'CSV' }).click()]);
  expect(readFileSync(await sheet.path(), 'utf8')).toContain('announcements,,1466,604');
  const { violations } = await new AxeBuilder({ page }).include('#alarms').analyze();
  expect(violations).toEqual([]);
  expect(errors).toEqual([]);
});

test('the own account through the recorded crash; a run is cancelled, and what says nothing is refused beside its field', async ({
  page,
}) => {
  const section = await open(page);
  await section.getByRole('button', { name: 'Run' }).click();
  await expect(section.getByRole('table', { name: 'Two rule sets side by side' })).toContainText('A: Rules in force', { timeout: 25_000 });
  await expect(section.getByRole('table', { name: /^Liquidations with the lead/ })).toContainText('demo, cross');
  await section.getByRole('combobox', { name: 'Stream' }).selectOption('Simulated');
  await section.getByRole('textbox', { name: 'Days' }).fill('300');
  await section.getByRole('combobox', { name: 'Looked at every' }).selectOption('1 min');
  await section.getByRole('button', { name: 'Run' }).click();
  await expect(section.getByRole('progressbar')).toBeVisible();
  await section.getByRole('button', { name: 'Cancel' }).click();
  await expect(section.getByRole('status')).toHaveText('Cancelled.');
  await section.getByRole('textbox', { name: 'Days' }).fill('soon');
  await section.getByRole('button', { name: 'Run' }).click();
  await expect(section.getByRole('textbox', { name: 'Days' })).toHaveAttribute('aria-invalid', 'true');
  await expect(section.getByRole('status')).toHaveText('Nothing was run.');
});
