/** The shock matrix and the cascade on the stress page. */
import { AxeBuilder } from '@axe-core/playwright';
import { type Locator, type Page, test } from '@playwright/test';
import { expect, openDesk } from './desk-steps.ts';

const matrix = (page: Page): Locator => page.getByRole('region', { name: 'Shock matrix', exact: true });
const cascade = (page: Page): Locator => page.getByRole('region', { name: 'Cascade', exact: true });
const scrubber = (page: Page): Locator => cascade(page).getByRole('slider');

async function openStress(page: Page, accounts: number, seed = 42): Promise<void> {
  await openDesk(page, `population=${accounts}.${seed}`, accounts);
  await page.getByRole('link', { name: 'Stress' }).click();
  await page.getByRole('button', { name: 'All loaded accounts' }).click();
}

/** Every field of the form that a test changes, then the run, to its end. */
async function play(page: Page, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await cascade(page).getByLabel(name, { exact: true }).fill(value);
  await cascade(page)
    .getByRole('button', { name: /^Play the cascade/ })
    .click();
  await expect(cascade(page).getByRole('button', { name: 'Stop' })).toBeHidden();
}

const MOVE = 'Move of every market, per cent';
const DEPTH = 'Depth of every other market, US dollars';

async function noViolations(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('the matrix says by keys what its table says, comes in grids that refine, and is taken away as a file', async ({ page }) => {
  await openStress(page, 2000);
  await matrix(page).getByRole('button', { name: 'Draw the map' }).click();
  await expect(matrix(page).getByText('41 by 41 points', { exact: true })).toBeVisible();
  await matrix(page).getByText('All 1,681 cells as a table').click();
  const map = matrix(page).getByRole('application');
  const reading = matrix(page).locator('[data-reading]');
  await map.focus();
  await expect(reading).toContainText(/^BTC 0.%, ETH 0.%: nobody more/);
  for (const measure of ['equity', 'accounts', 'notional'] as const) {
    await matrix(page).getByLabel('Colour', { exact: true }).selectOption(measure);
    await map.focus();
    await map.press('Home');
    for (const [x, y, key] of [
      [0, 20, ''],
      [0, 19, 'ArrowDown'],
      [1, 19, 'ArrowRight'],
      [1, 24, 'PageUp'],
      [40, 24, 'End'],
    ] as const) {
      if (key !== '') await map.press(key);
      const cell = await matrix(page).locator(`[data-cell="${x},${y}"]`).textContent();
      const text = (await reading.textContent()) ?? '';
      const said = {
        equity: /equity at risk (\S+) /.exec(text)?.[1],
        accounts: /: (\S+) liquidated/.exec(text)?.[1],
        notional: /notional (\S+) /.exec(text)?.[1],
      };
      expect(said[measure] ?? '0', `${measure} ${text}`).toBe(cell);
    }
    // Back to the row of no move for the next measure.
    for (let i = 0; i < 4; i++) await map.press('ArrowDown');
  }
  await noViolations(page, '#stress');
  const [file] = await Promise.all([page.waitForEvent('download'), matrix(page).getByRole('button', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename()).toBe('shock-matrix.csv');
  await matrix(page).getByLabel('Up', { exact: true }).selectOption('*sigma');
  await expect(matrix(page).getByText('41 by 41 points', { exact: true })).toBeVisible();
  await map.press('End');
  await expect(reading).toContainText('Every other market, in σ');
  await expect(matrix(page)).not.toContainText(/NaN|undefined|Infinity/);
});

test('a cascade is played, scrubbed forward and back, and says who paid', async ({ page }) => {
  await openStress(page, 2000);
  await play(page, { [MOVE]: '-15', [DEPTH]: '100k', 'Depth of BTC, US dollars': '1m', 'Depth of ETH, US dollars': '500k' });
  await expect(cascade(page).getByText(/accounts are liquidated in \d+ rounds/)).toBeVisible();
  // Generated accounts are long one market and short another.
  await expect(cascade(page).locator('[data-direction="mixed"]')).toContainText('the end depends on the order of closing');
  await expect(cascade(page)).toContainText('Depth is an assumption, not a measurement.');
  await expect(cascade(page).locator('[data-ledger]')).toContainText('sums to zero');
  const rounds = Number(await scrubber(page).getAttribute('max'));
  expect(rounds).toBeGreaterThan(2);
  await expect(cascade(page).getByText(`Round ${rounds} of ${rounds}`)).toBeVisible();
  const row = cascade(page).getByRole('row', { name: /^BTC / });
  const prices = new Set<string>();
  await scrubber(page).focus();
  await scrubber(page).press('Home');
  await expect(cascade(page).getByText('After the shock, before anybody is closed.')).toBeVisible();
  await expect(cascade(page).getByText('Nobody.', { exact: true })).toBeVisible();
  prices.add((await row.locator('[data-now]').textContent()) ?? '');
  await scrubber(page).press('ArrowRight');
  await expect(cascade(page).getByText(`Round 1 of ${rounds}`)).toBeVisible();
  await expect(cascade(page).getByRole('region', { name: 'Accounts closed in this round' }).getByRole('listitem').first()).toBeVisible();
  prices.add((await row.locator('[data-now]').textContent()) ?? '');
  await cascade(page).getByRole('button', { name: 'One round forward' }).click();
  prices.add((await row.locator('[data-now]').textContent()) ?? '');
  expect(prices.size).toBe(3);
  await cascade(page).getByRole('button', { name: 'One round back' }).click();
  await expect(cascade(page).getByText(`Round 1 of ${rounds}`)).toBeVisible();
  await noViolations(page, '#stress');
  const name = cascade(page).getByRole('region', { name: 'Accounts closed in this round' }).getByRole('button').first();
  const account = (await name.textContent()) ?? '';
  await name.click();
  await expect(page.getByRole('banner')).toContainText(account);
});

test('the venues’ procedures and a fund for each, through the exact engine', async ({ page }) => {
  await openStress(page, 300);
  await cascade(page).getByLabel('Procedure').selectOption('venue');
  await cascade(page).getByLabel('Insurance fund').selectOption('venues');
  await cascade(page).getByLabel('What the fund cannot pay').selectOption('venue');
  await play(page, { [MOVE]: '-30', [DEPTH]: '10k', 'Fund of Bybit, USD': '5,000' });
  await expect(cascade(page).getByText(/are liquidated in/)).toBeVisible();
  await expect(cascade(page)).toContainText('all transfers between accounts, funds and the other side sum to zero, in integers');
  await cascade(page).getByLabel('Fund', { exact: true }).selectOption('bybit');
  await expect(cascade(page)).toContainText('5.00K');
  await expect(cascade(page)).not.toContainText(/NaN|undefined|Infinity/);
});

test('the ends of every scale have numbers or a sentence', async ({ page }) => {
  await openStress(page, 1);
  await play(page, { [DEPTH]: '0' });
  await expect(cascade(page).getByRole('list', { name: 'Faults' })).toContainText('a depth of zero gives no price to close at');
  for (const [move, depth] of [
    ['-99.9', ''],
    ['-99.9', '1'],
    ['900', '1'],
    ['0', '1m'],
  ] as const) {
    await play(page, { [MOVE]: move, [DEPTH]: depth, 'Depth of BTC, US dollars': '', 'Depth of ETH, US dollars': '' });
    await expect(
      cascade(page)
        .getByText(/liquidated/)
        .first(),
    ).toBeVisible();
    await expect(cascade(page)).not.toContainText(/NaN|undefined|Infinity/);
  }
  await play(page, { [MOVE]: 'lots' });
  await expect(cascade(page).getByRole('list', { name: 'Faults' })).toContainText('no move in per cent');
  await matrix(page).getByRole('button', { name: 'Draw the map' }).click();
  await expect(matrix(page).getByText('41 by 41 points', { exact: true })).toBeVisible();
  await expect(matrix(page)).not.toContainText(/NaN|undefined|Infinity/);
});

test('without anybody to ask about both panels say so; one account has both', async ({ page }) => {
  await page.goto('/?feed=none&book=none#stress');
  for (const panel of [matrix(page), cascade(page)]) await expect(panel).toContainText('No account is loaded.');
  await page.goto('/?feed=none#stress');
  await page.reload();
  // The panel above measures by itself: until it has, what lies below moves.
  await expect(page.getByRole('region', { name: 'Leverage with impact' })).toBeVisible();
  await matrix(page).getByRole('button', { name: 'Draw the map' }).click();
  await expect(matrix(page).getByText('41 by 41 points', { exact: true })).toBeVisible();
  await play(page, { [MOVE]: '-60' });
  await expect(
    cascade(page)
      .getByText(/liquidated/)
      .first(),
  ).toBeVisible();
  await expect(cascade(page)).toContainText('Only this account trades here');
});
