import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { seek } from './replay-steps.ts';

const REPLAY = '/?feed=replay&file=2025-10-10&clock=manual';
const at = (hour: number, minute: number): number => Date.UTC(2025, 9, 10, hour, minute);
const standing = (page: Page) => page.getByRole('list', { name: 'Standing alarms, worst first' }).getByRole('listitem');
const root = (page: Page) => page.locator('html');

test('the crash of 10 October: calm, then a warning, then a margin call, acknowledged on the way', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('/?feed=none');
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
  await expect(root(page)).toHaveAttribute('data-risk-level', 'healthy');
  await page.goto(REPLAY);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(standing(page).first()).toContainText(/Warning: \d.*from liquidation if all prices fall together\./);
  await expect(standing(page).first()).toContainText(/Add [\d,.]+ USD/);
  await expect(root(page)).toHaveAttribute('data-risk-level', 'warning');
  await expect(page).toHaveTitle(/^\(\d+\) /);
  const count = await standing(page).count();
  await expect(page.getByRole('link', { name: /^Alarms/ })).toHaveText(`Alarms${count}`);
  await standing(page)
    .first()
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await expect(standing(page).first()).toContainText('Acknowledged 10 Oct 2025');
  await standing(page)
    .first()
    .getByRole('button', { name: /^Snooze 15 min/ })
    .click();
  await expect(standing(page).first()).toContainText(/Snoozed for/);
  await seek(page, at(21, 10));
  await expect(root(page)).toHaveAttribute('data-risk-level', 'margin-call');
  await expect(standing(page).first()).toContainText(/Margin call: /);
  await expect(
    standing(page)
      .first()
      .getByRole('button', { name: /^Acknowledge/ }),
  ).toBeVisible();
  // Sought back it begins anew, and what stood is kept.
  await seek(page, at(20, 0));
  await expect(page.getByRole('table', { name: 'Ended alarms, newest first' })).toContainText('left: the prices began anew');
  await expect(root(page)).toHaveAttribute('data-risk-level', /warning|watch|healthy/);
  await seek(page, at(21, 20));
  // What the venue closes is closed, simulated, and its alarm ends with it.
  const closures = page.getByRole('list', { name: 'Simulated closures, newest first' });
  await expect(closures.locator(':scope > li').first()).toContainText(/taken over|What is left is safe|somebody else bears/);
  await expect(page.getByRole('region', { name: 'Simulated closures' })).toContainText('Nothing is sent to a venue');
  await expect(page.getByRole('table', { name: 'Ended alarms, newest first' })).toContainText('liquidated');
  expect(errors).toEqual([]);
});

test('a rule is edited, refused beside its field, written to a file and read back', async ({ page }) => {
  await page.goto(REPLAY);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  const table = page.getByRole('table', { name: 'Rules', exact: true });
  const row = table.getByRole('row', { name: /^ratio-warning/ });
  await expect(row).toContainText('0.500');
  await row.getByRole('button', { name: 'Edit ratio-warning' }).click();
  const form = page.getByRole('form', { name: 'Rule ratio-warning' });
  const ends = form.getByLabel('Ends beyond');
  await ends.fill('0.9');
  await form.getByRole('button', { name: 'Save rule' }).click();
  await expect(ends).toHaveAttribute('aria-invalid', 'true');
  await expect(ends).toHaveAccessibleDescription(/must not lie above the arm level/);
  await expect(row).toContainText('0.450');
  await ends.fill('0.31');
  await form.getByLabel('Alarm at').fill('0.32');
  await ends.press('Enter');
  await expect(form).toHaveCount(0);
  await expect(row).toContainText('0.320');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const path = await file.path();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ format: 'alarm-rules/1' });
  await page.getByRole('button', { name: 'Shipped rules' }).click();
  await expect(row).toContainText('0.500');
  await page.getByLabel('File with rules').setInputFiles(path);
  await expect(row).toContainText('0.320');
  await page.getByLabel('File with rules').setInputFiles({
    name: 'wrong.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format":"alarm-rules/1","rules":[{"id":"x"}]}'),
  });
  await expect(page.getByRole('list', { name: 'Faults' })).toContainText('/rules/0');
  await expect(row).toContainText('0.320');
});

test('the alarms read without a mouse, on a phone, and to a screen reader', async ({ page }) => {
  await page.goto(REPLAY);
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
  // Keys are heard once what follows the gauges is there.
  await expect(async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await expect(page).toHaveURL(/#alarms$/, { timeout: 500 });
  }).toPass();
  await expect(standing(page).first()).toBeVisible();
  for (const [width, height, scheme] of [
    [1440, 900, 'dark'],
    [390, 844, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page.getByRole('button', { name: 'Edit ratio-call' }).click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('form')).toHaveCount(0);
  }
});
