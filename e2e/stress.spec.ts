/** The what-if of stress in a browser: sliders by keys, falls of the past, links, new tables, and all accounts of a generated population. */
import AxeBuilder from '@axe-core/playwright';
import { type Page, test } from '@playwright/test';
import { expect } from './desk-steps.ts';

const START = '/?feed=none';
const results = (page: Page) => page.locator('[data-answers-all]');
const comparison = (page: Page) => page.getByRole('table', { name: 'Before and after the what-if' });
const drivers = (page: Page) => page.getByRole('table', { name: /^What moved the buffer/ });
const allSlider = (page: Page) => page.getByRole('slider', { name: 'All markets move', exact: true });
const fault = (page: Page) => page.getByRole('region', { name: 'What-if', exact: true }).getByRole('alert');
/** Nothing that is no number for people stands on the screen. */
const isPlain = async (page: Page) => expect(await page.locator('main').innerText()).not.toMatch(/NaN|Infinity|undefined|\[object/);

async function openStress(page: Page, link = ''): Promise<void> {
  await page.goto(`${START}#stress${link}`);
  await expect(results(page)).toBeVisible();
}

async function openPopulation(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'All loaded accounts' }).click();
  await page
    .getByRole('button', { name: /^Open (accounts|others)$/ })
    .first()
    .click();
  await page.getByRole('button', { name: '10,000 accounts' }).click();
  await expect(page.getByRole('table', { name: 'All accounts before and after the what-if' })).toBeVisible();
}

test('ST-33: sliders by keys, ends of the slider, and back; the live figures stay', async ({ page }) => {
  await openStress(page);
  const live = await comparison(page)
    .getByRole('row', { name: /^Equity/ })
    .getByRole('cell')
    .first()
    .innerText();
  await allSlider(page).focus();
  await page.keyboard.press('PageDown');
  await expect(results(page)).toHaveAttribute('data-answers-all', '-0.05');
  await expect(drivers(page).getByRole('row', { name: /^BTC/ })).toBeVisible();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(results(page)).toHaveAttribute('data-answers-all', '-0.061');
  for (const key of ['Home', 'End']) {
    await page.keyboard.press(key);
    await expect(results(page)).toHaveAttribute('data-answers-all', key === 'Home' ? '-0.6' : '0.6');
    await isPlain(page);
  }
  await expect(
    comparison(page)
      .getByRole('row', { name: /^Equity/ })
      .getByRole('cell')
      .first(),
  ).toHaveText(live);
  await page.getByRole('button', { name: 'Clear the what-if' }).click();
  await expect(results(page)).toHaveAttribute('data-answers-all', '0');
});

test('ST-33: prices to zero, ten times the price, pegs, funding and betas: a number or a reason, never NaN', async ({ page }) => {
  await openStress(page, '/1~a.-1~m.BTC=-1~p.USDC=-1~f.1');
  await expect(results(page)).toHaveAttribute('data-answers-all', '-1');
  await isPlain(page);
  await openStress(page, '/1~a.100~m.SOL=100~f.-1');
  await page.reload();
  await expect(results(page)).toHaveAttribute('data-answers-all', '100');
  await isPlain(page);
});

test('ST-31, ST-32: a fall of the past with its sources, and on its way in time', async ({ page }) => {
  await openStress(page);
  const choice = page.getByLabel('Scenario', { exact: true });
  await expect(choice.getByRole('option')).toHaveCount(15);
  const october = await choice.getByRole('option', { name: /^2025-10-10/ }).innerText();
  await choice.selectOption({ label: october });
  await expect(drivers(page).getByRole('row', { name: /^ETH/ })).toBeVisible();
  await page.getByText(/marks of collateral by venue/).click();
  await expect(page.getByText('USDE on binance-usdm −35 %')).toBeVisible();
  expect(await page.getByRole('link', { name: /^https:/ }).count()).toBeGreaterThan(1);
  await expect(page.getByRole('button', { name: 'Replay the recorded prices' })).toBeVisible();
  const buffer = comparison(page)
    .getByRole('row', { name: /^Equity/ })
    .getByRole('cell')
    .last();
  const whole = await buffer.innerText();
  await page.getByRole('slider', { name: 'Share of the way' }).focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('0 % of the way', { exact: true })).toBeVisible();
  await expect(buffer).not.toHaveText(whole);
  await page.keyboard.press('End');
  await expect(buffer).toHaveText(whole);
});

test('ST-30: a link opens in a fresh window with the same figures; a bad one says where it is wrong', async ({
  page,
  browser,
  baseURL,
}) => {
  await openStress(page);
  await page.getByLabel('Scenario', { exact: true }).selectOption({ index: 14 });
  const name = await page.getByLabel('Scenario', { exact: true }).locator('option:checked').innerText();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page).toHaveURL(/#stress\/1~/);
  await expect(drivers(page).getByRole('row', { name: /^BTC/ })).toBeVisible();
  const figures = await comparison(page).innerText();
  const fresh = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
  const other = await fresh.newPage();
  await other.goto(page.url());
  await expect(comparison(other)).toHaveText(
    await comparison(page)
      .innerText()
      .then(() => /./),
  );
  await expect(other.getByLabel('Scenario', { exact: true }).locator('option:checked')).toHaveText(name);
  await expect.poll(() => comparison(other).innerText()).toBe(figures);
  await other.goto(`${new URL(page.url()).origin}${START}#stress/1~m.BTC=x~q.3`);
  await other.reload();
  await expect(fault(other)).toContainText('/1');
  await expect(fault(other)).toContainText('expected name=number');
  await fresh.close();
});

test('ST-34, ST-35, ST-36: collateral, positions and another venue are tried out and taken back', async ({ page }) => {
  await openStress(page);
  await page.getByText('Changes of the account').click();
  await page.getByLabel('Amount').fill('50000');
  await page.getByRole('button', { name: 'Move it' }).click();
  await expect(drivers(page).getByRole('row', { name: /^Changes of the account/ })).toContainText('+50,000.00');
  await page.getByLabel('Size, signed').fill('1');
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('list', { name: 'Changes tried out' }).getByRole('listitem')).toHaveCount(2);
  await page.getByLabel('Read by the rules of').selectOption({ label: 'Binance USD-M' });
  await expect(page.getByRole('list', { name: 'Changes tried out' }).getByRole('listitem')).toHaveCount(3);
  await page.getByRole('button', { name: 'Take back the last transfer' }).click();
  await page.getByLabel('Amount').fill('99999999');
  await page.getByLabel('Which way').selectOption('out');
  await page.getByRole('button', { name: 'Move it' }).click();
  await expect(fault(page)).toContainText('/transfers/0/amount');
  await page.getByRole('button', { name: 'Clear the what-if' }).click();
  await expect(page.getByRole('list', { name: 'Changes tried out' })).toHaveCount(0);
});

test('a pasted margin table says who falls under water; a wrong one says where', async ({ page }) => {
  await openStress(page);
  await page.getByText('New margin tables').click();
  const text = page.getByLabel(/^Rows: floor of notional/);
  await text.fill('0, 1%\n0, 2%');
  await page.getByRole('button', { name: 'Try this table' }).click();
  await expect(fault(page)).toContainText('/1/notionalFloor');
  await text.fill('0, 90%');
  await page.getByRole('button', { name: 'Try this table' }).click();
  await expect(drivers(page).getByRole('row', { name: /^Margin table of/ })).toBeVisible();
  await expect(
    comparison(page)
      .getByRole('row', { name: /^State/ })
      .getByRole('cell')
      .last(),
  ).toHaveText(/Liquidation/);
  await page.getByRole('button', { name: /^Remove the table/ }).click();
  await expect(drivers(page).getByRole('row', { name: /^Margin table of/ })).toHaveCount(0);
});

test('ST-5, ST-11: all accounts before and after, who changes state, and the way to the desk', async ({ page }) => {
  await openStress(page, '/1~a.-0.2');
  await openPopulation(page);
  await expect(results(page)).toHaveAttribute('data-answers-all', '-0.2');
  await isPlain(page);
  const rows = page.getByRole('table', { name: 'Accounts of the what-if' }).getByRole('row');
  await expect(rows).toHaveCount(21);
  await page.getByLabel('Order').selectOption({ label: 'Equity lost, most first' });
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(/^21 to 40 of/)).toBeVisible();
  await allSlider(page).focus();
  await page.keyboard.press('Home');
  await expect(results(page)).toHaveAttribute('data-answers-all', '-0.6');
  await isPlain(page);
  await page.getByRole('button', { name: 'Show these on the desk' }).click();
  await expect(page.getByRole('grid', { name: 'Accounts' })).toHaveAttribute('aria-rowcount', /^2[01]$/);
});

test('without an account or accounts it says so, and nothing else', async ({ page }) => {
  await page.goto('/?feed=none&book=none#stress');
  await expect(page.getByText('Load an account to try a scenario on it.')).toBeVisible();
  await page.getByRole('button', { name: 'All loaded accounts' }).click();
  await expect(page.getByText('Open accounts to try a scenario on all of them at once.')).toBeVisible();
  await isPlain(page);
});

for (const width of [1440, 390])
  test(`the what-if has no faults of access at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await openStress(page, '/1~a.-0.1~p.USDC=-0.05');
    for (const name of ['Changes of the account', 'New margin tables']) await page.getByText(name).click();
    const account = await new AxeBuilder({ page }).include('[aria-labelledby="stress-what-if"]').analyze();
    expect(account.violations).toEqual([]);
    await openPopulation(page);
    const desk = await new AxeBuilder({ page }).include('[aria-labelledby="stress-what-if"]').analyze();
    expect(desk.violations).toEqual([]);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(isWide).toBe(false);
  });
