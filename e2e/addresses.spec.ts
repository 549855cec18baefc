/** Accounts watched by address in a browser, against a stand-in below the page's own address: read beside the venue's own figures, shocked, shown in My margin, refused in words, removed. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { type AccountsStandIn, startAccountsStandIn } from './accounts-stand-in.ts';
import { type StandInPage, serveWithStandIn } from './stand-in-page.ts';

const WHALE = `0x${'a1'.repeat(20)}`;
const BLOCKED = `dydx1${'q'.repeat(38)}`;
let standIn: AccountsStandIn;
let served: StandInPage;
let address: string;

test.beforeEach(async () => {
  standIn = await startAccountsStandIn();
  served = await serveWithStandIn(standIn.origin);
  ({ address } = served);
});
test.afterEach(async () => {
  await standIn.close();
  await served.close();
});

test('an address is watched: the venue’s own liquidation price beside ours, a common shock, My margin, and off the list again', async ({
  page,
}) => {
  await page.goto(`${address}?stand-in=1&feed=none#addresses`);
  const list = page.getByRole('region', { name: 'Addresses', exact: true });
  await list.getByRole('textbox', { name: /One address a line/ }).fill(`whale, ${WHALE}\nvitalik.eth\nblocked one, ${BLOCKED}`);
  await list.getByRole('button', { name: 'Watch 2 addresses' }).click();
  // What is no address stays where it was typed, with the reason.
  await expect(list.getByRole('list', { name: 'Lines that are not taken' })).toContainText('“vitalik.eth” is a name');
  await expect(list.getByRole('textbox', { name: /One address a line/ })).toHaveValue('vitalik.eth');
  const readings = list.getByRole('list', { name: 'Readings' }).getByRole('listitem');
  await expect(readings.filter({ hasText: 'whale' })).toContainText(/read.*ago/);
  await expect(readings.filter({ hasText: 'blocked one' })).toContainText('refused');
  await expect(readings.filter({ hasText: 'blocked one' })).toContainText('the country or the address is blocked');

  const accounts = page.getByRole('table', { name: 'Accounts', exact: true });
  const row = accounts.getByRole('row', { name: /whale/ });
  await expect(row.locator('[data-column="nearest"]')).toHaveText('hl:MET');
  await expect(row.locator('[data-column="ours"]')).toHaveText('0.316149');
  await expect(row.locator('[data-column="theirs"]')).toHaveText('0.316149');
  await expect(row.locator('[data-column="agreement"]')).toHaveText(/^\d+ of 18 agree/);
  await row.getByRole('button', { name: /^Open whale/ }).click();
  const beside = page.getByRole('table', { name: 'The venue’s figures beside ours' });
  await expect(beside.getByRole('row', { name: /^Liquidation price hl:HYPE 76\.4988794996 / })).toBeVisible();
  await expect(beside.getByRole('row', { name: /^Equity/ })).toContainText('agrees');

  const shocked = page.getByRole('table', { name: 'The list now and under the common shock' });
  await expect(shocked).toContainText('All prices −10');
  await page.getByRole('button', { name: '−40 %' }).click();
  await expect(shocked).toContainText('All prices −40');
  await expect(page.getByRole('table', { name: 'Collateral by asset and venue' }).getByRole('row', { name: /^SOL/ })).toContainText(
    '−1,759,271',
  );
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  // Narrow, accounts are cards and assets are lists: ratio, distance and both prices stay.
  await page.setViewportSize({ width: 390, height: 844 });
  const card = page.getByRole('list', { name: 'Accounts', exact: true }).getByRole('listitem').first();
  await expect(card).toContainText(/Distance.*Margin ratio.*Liquidation, ours0\.316149Venue’s own0\.316149/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.getByRole('button', { name: 'Show in My margin' }).click();
  await expect(page.getByRole('table', { name: 'Positions' }).getByRole('row', { name: /hl:HYPE/ })).toContainText('76.4988');
  await page.getByRole('link', { name: 'Addresses' }).click();
  // A label is changed by keys, and not by Escape.
  const label = list.getByRole('textbox', { name: /^Label of/ });
  for (const [typed, key] of [
    ['shark', 'Escape'],
    ['white whale', 'Enter'],
  ] as const) {
    await list.getByRole('button', { name: /^Label of whale/ }).press('Enter');
    await label.fill(typed);
    await label.press(key);
  }
  await expect(accounts.getByRole('rowheader', { name: 'white whale' })).toBeVisible();
  await list.getByRole('button', { name: /^Remove white whale/ }).click();
  await list.getByRole('button', { name: /^Remove blocked one/ }).click();
  await expect(list.getByRole('heading', { name: 'Watch any account by its public address' })).toBeVisible();
  expect(standIn.asked.filter((question) => question.includes('clearinghouseState')).every((question) => question.endsWith(WHALE))).toBe(
    true,
  );
});

test('a server of one’s own is taken only after a dialog that says what it means, and stays until it is removed', async ({ page }) => {
  await page.goto(`${address}?stand-in=1&feed=none#addresses`);
  await page.getByText('Own servers', { exact: true }).click();
  const field = page.getByRole('textbox', { name: 'Address of the server' });
  await field.fill('http://rpc.example.org');
  await field.press('Enter');
  await expect(page.getByText('Use https://', { exact: false })).toBeVisible();
  await field.fill('https://rpc.example.org/v1');
  await field.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Ask this server for Hyperliquid?' });
  await expect(dialog).toContainText('It sees every address of the list');
  await dialog.getByRole('button', { name: 'Do not use it' }).click();
  await expect(page.getByRole('list', { name: 'Own servers' })).toHaveCount(0);
  await field.press('Enter');
  await dialog.getByRole('button', { name: 'Use this server' }).click();
  await expect(page.getByRole('list', { name: 'Own servers' })).toContainText('https://rpc.example.org/v1');
  await page.reload();
  await page.getByText('Own servers: 1').click();
  await page.getByRole('button', { name: 'Remove the server for Hyperliquid' }).click();
  await expect(page.getByRole('list', { name: 'Own servers' })).toHaveCount(0);
});
