import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { seek } from './replay-steps.ts';

const REPLAY = '/?feed=replay&file=2025-10-10&clock=manual';
const at = (hour: number, minute: number): number => Date.UTC(2025, 9, 10, hour, minute);
const root = (page: Page) => page.locator('html');
const standing = (page: Page) => page.getByRole('list', { name: 'Standing alarms, worst first' }).getByRole('listitem');
const alarmOf = (page: Page, pool: string) =>
  standing(page)
    .filter({ hasText: `${pool} of ` })
    .first();

/** Many steps each, and every cure worked out on the way. */
test.slow();

test('healthy, a watch, a call, cured: tried in the what-if, then in the book', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('/?feed=none');
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
  await expect(root(page)).toHaveAttribute('data-risk-level', 'healthy');
  await page.goto(REPLAY);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(standing(page).filter({ hasText: 'Watch:' }).first()).toBeVisible();
  // On a chain nobody is given time: rules of one's own can.
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).first().click()]);
  const rules = JSON.parse(readFileSync(await file.path(), 'utf8'));
  rules.marginCall.venueClockMs = { ...rules.marginCall.venueClockMs, hyperliquid: 1_800_000 };
  await page
    .getByLabel('File with rules')
    .setInputFiles({ name: 'rules.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(rules)) });
  await seek(page, at(21, 10));
  await expect(root(page)).toHaveAttribute('data-risk-level', 'margin-call');
  await expect(alarmOf(page, 'cross').locator('[data-call=open]')).toContainText(
    /Margin call: \d+.(min|s) left, until .*[\d,.]+ USD is missing\./,
  );

  // Every cure of the alarm, worked out for the prices it names.
  await alarmOf(page, 'cross')
    .getByRole('button', { name: /^All cures/ })
    .click();
  const cures = alarmOf(page, 'cross').getByRole('list', { name: 'Cures of cross' });
  await expect(cures.locator('[data-cure=deposit]')).toContainText(/Deposit [\d,.]+ USDC/);
  await expect(cures.locator('[data-cure=reduce]').first()).toContainText(/Reduce hl:/);
  await expect(cures.locator('[data-cure=reduce-all]')).toBeVisible();
  await expect(alarmOf(page, 'cross')).toContainText('For the prices of 10 Oct 2025');
  await cures
    .locator('[data-cure=deposit]')
    .getByRole('button', { name: /^Try in what-if/ })
    .click();
  await page
    .getByRole('link', { name: /margin/i })
    .first()
    .click();
  const compared = page.getByRole('table', { name: 'Before and after the what-if' });
  await expect(compared.getByRole('row', { name: /^Buffer, money/ })).toContainText(/\d/);
  const row = await compared
    .getByRole('row', { name: /^Equity/ })
    .getByRole('cell')
    .allTextContents();
  expect(Number(row[1]?.replace(/[^\d.]/g, ''))).toBeGreaterThan(Number(row[0]?.replace(/[^\d.]/g, '')));
  await page.getByRole('button', { name: 'Leave what-if' }).click();
  await expect(compared).toHaveCount(0);

  // Far enough out for the pool to be healthy at once, and in the book: the alarm ends after its delay.
  await page.getByRole('button', { name: 'What would cure it' }).click();
  const panel = page.getByRole('region', { name: 'What would cure it' });
  await panel.getByLabel('Reach').selectOption('Distance at least, %');
  await panel.getByRole('textbox', { name: 'Distance at least, %' }).fill('60');
  const deposit = panel.getByRole('list', { name: /^Cures of/ }).locator('[data-cure=deposit]');
  await expect(deposit).toContainText(/Deposit [\d,.]+ USDC/);
  await deposit.getByRole('button', { name: /^Change the book so/ }).click();
  await expect(deposit).toContainText('Not needed: the target is met already.');
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(alarmOf(page, 'cross')).toContainText(/Done about it: Deposit/);
  await seek(page, at(21, 12));
  await expect(alarmOf(page, 'cross')).toContainText(/Clear now: ends in|Margin call met/);
  expect(errors).toEqual([]);
});

test('nothing is done: liquidation, then the closure of the venue, simulated, with a ledger that sums to zero; undone', async ({
  page,
}) => {
  await page.goto(REPLAY);
  await page.getByRole('button', { name: 'What would cure it' }).click();
  const panel = page.getByRole('region', { name: 'What would cure it' });
  await panel.getByRole('button', { name: 'If the line were touched now' }).click();
  await expect(panel).toContainText(/What the venue would do if all prices fell together by \d/);
  await expect(panel).toContainText('Simulated. Nothing is sent to a venue.');
  await page.getByRole('link', { name: /^Alarms/ }).click();
  const closures = page.getByRole('region', { name: 'Simulated closures' });
  await expect(closures).toContainText('No closure has happened.');
  await expect(closures.getByRole('checkbox', { name: 'Let simulated closures happen' })).toBeChecked();
  await seek(page, at(21, 10));
  await expect(root(page)).toHaveAttribute('data-risk-level', 'margin-call');
  await seek(page, at(21, 20));
  const first = closures.getByRole('list', { name: 'Simulated closures, newest first' }).locator(':scope > li').first();
  await expect(first).toContainText(/taken over|What is left is safe|somebody else bears/);
  await expect(first.getByRole('table', { name: 'Fills of the simulated closure' }).getByRole('row').nth(1)).toContainText(/hl:/);
  await expect(first.getByText('Ledger: every step sums to zero')).toBeVisible();
  await expect(closures).toContainText('Nothing is sent to a venue.');
  await first.getByText('Ledger: every step sums to zero').click();
  await expect(first).toContainText(/cash:USDC: .*sum 0/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  // The account goes on as it was left; undo brings it back, and it is not closed again.
  await page
    .getByRole('link', { name: /margin/i })
    .first()
    .click();
  const positions = page.getByRole('table', { name: 'Positions' }).getByRole('row');
  const left = await positions.count();
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await closures.getByRole('button', { name: 'Undo the last change of the book' }).click();
  await page
    .getByRole('link', { name: /margin/i })
    .first()
    .click();
  await expect(positions).not.toHaveCount(left);
});
