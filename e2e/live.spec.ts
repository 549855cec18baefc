/** Live prices in the page, from a stand-in that speaks the venue's protocol below the page's own address: chosen, lost, back, stale, off its peg. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { startVenueSim, type VenueSim } from '../venue-sim/server.ts';
import { type StandInPage, serveWithStandIn } from './stand-in-page.ts';

let sim: VenueSim;
let served: StandInPage;
let address: string;

test.beforeEach(async () => {
  sim = await startVenueSim();
  served = await serveWithStandIn(sim.origin);
  ({ address } = served);
});
test.afterEach(async () => {
  await sim.close();
  await served.close();
});

const source = (page: Page) => page.getByRole('banner').getByTitle('Every market by age');
const foot = (page: Page) => page.getByRole('contentinfo');

/** Opens the page and chooses the venue's stand-in as its source. */
async function choose(page: Page, venue: string): Promise<void> {
  await page.goto(`${address}?stand-in=1&feed=none`);
  await foot(page).getByTitle('Choose the price source').click();
  const chooser = page.getByRole('dialog', { name: 'Choose the price source' });
  await chooser.getByRole('radio', { name: /Live venue/ }).check();
  await chooser.getByRole('combobox', { name: 'Venue' }).selectOption({ label: venue });
  await expect(chooser.getByRole('checkbox', { name: /Stand-in/ })).toBeChecked();
  await chooser.getByRole('button', { name: 'Start' }).click();
}

test('a live venue is chosen: its prices move the account, the inspector says what was heard, and nothing is left for the policy to complain of', async ({
  page,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await choose(page, 'Hyperliquid');
  await expect(source(page)).toContainText('Hyperliquid (stand-in)');
  await expect(source(page)).toContainText('live');
  await expect(page.getByRole('main')).toHaveAttribute('data-quality', 'live');
  await expect(foot(page).getByRole('button', { name: 'Pause' })).toHaveCount(0);
  sim.market.hold('BTC', 117_234);
  const positions = page.getByRole('table', { name: 'Positions' });
  await expect(positions.getByRole('row', { name: /BTC/ }).first()).toContainText('117,234');
  await foot(page).getByTitle('Inspect the feed').click();
  const inspector = page.getByRole('dialog', { name: 'Feed inspector' });
  await expect(inspector).toContainText('connected for');
  await expect(inspector).toContainText(/Bad frames\s*0/);
  await expect(inspector).toContainText('Asked for: ');
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    const { violations } = await new AxeBuilder({ page }).include('[popover]:popover-open').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  expect(complaints).toEqual([]);
});

test('the network is cut and comes back: said at once, old prices are not live, and well again without a reload', async ({
  page,
  context,
}) => {
  test.setTimeout(90_000);
  await choose(page, 'Binance USDⓈ-M');
  await expect(source(page)).toContainText('live');
  await page.evaluate(() => Object.assign(window, { kept: true }));
  await context.setOffline(true);
  sim.cut();
  await expect(foot(page)).toContainText(/tried again in \d+\s?s: |connecting, attempt/);
  await expect(source(page)).toContainText(/delayed|stale/, { timeout: 15_000 });
  await expect(page.getByRole('main')).toHaveAttribute('data-quality', 'stale', { timeout: 30_000 });
  await context.setOffline(false);
  await expect(source(page)).toContainText('live', { timeout: 45_000 });
  await expect(foot(page)).toContainText('connected for');
  expect(await page.evaluate(() => 'kept' in window)).toBe(true);
});

test('one market falls silent: it alone grows old', async ({ page }) => {
  test.setTimeout(60_000);
  await choose(page, 'Binance USDⓈ-M');
  await expect(source(page)).toContainText('live');
  sim.muted.add('ETH');
  await source(page).click();
  const rows = page.getByRole('dialog', { name: 'Ages of prices' }).getByRole('row');
  await expect(rows.nth(1)).toContainText(/^ETH.*(delayed|stale)/, { timeout: 15_000 });
  await expect(rows.nth(2)).toContainText('live');
  await expect(source(page)).toContainText('live');
});

test('frames that cannot be read are counted and shown', async ({ page }) => {
  await choose(page, 'Bybit');
  await expect(source(page)).toContainText('live');
  sim.fault = 'truncated';
  await foot(page).getByTitle('Inspect the feed').click();
  const inspector = page.getByRole('dialog', { name: 'Feed inspector' });
  const bybit = inspector.getByRole('region', { name: 'Bybit (stand-in)' });
  await expect(bybit.getByRole('list', { name: 'Frames that could not be read' }).getByRole('listitem')).toHaveCount(5);
  await expect(bybit).toContainText(/Bad frames\s*[1-9]/);
  await expect(source(page)).toContainText('live');
});

test('a held dollar token leaves its peg: said at once, an alarm stands after its delay, and what is said ends with the gap', async ({
  page,
}) => {
  test.setTimeout(60_000);
  await choose(page, 'Bybit');
  await expect(source(page)).toContainText('live');
  await expect(foot(page)).toContainText('connected for');
  sim.market.hold('USDC', 0.935);
  const alarm = page.getByRole('alert').filter({ hasText: 'USDC stands' });
  await expect(alarm).toContainText(/USDC stands 6\.\d\d\s?% below its peg, at 0\.935/, { timeout: 15_000 });
  await foot(page).getByTitle('Inspect the feed').click();
  const inspector = page.getByRole('dialog', { name: 'Feed inspector' });
  await expect(inspector.getByRole('row', { name: /USDC/ })).toContainText('±1');
  await expect(inspector).toContainText('Pegs: Kraken spot');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(page.getByRole('main')).toContainText(/USDC is 6\.\d\d\s?% off its peg/, { timeout: 20_000 });
  sim.market.hold('USDC', undefined);
  await expect(alarm).toHaveCount(0);
});

test('several venues at once: the median with each one’s deviation, asked only while somebody looks', async ({ page }) => {
  await choose(page, 'Hyperliquid');
  await expect(source(page)).toContainText('live');
  await foot(page).getByTitle('Compare venues').click();
  const panel = page.getByRole('dialog', { name: 'Reference price' });
  const market = panel.getByRole('table', { name: /^BTC median/ });
  await expect(market.getByRole('row', { name: /^Coinbase.* index / })).toBeVisible();
  await expect(market.getByRole('row', { name: /^Bybit.* mark .*[+−]\d\.\d{3}/ })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('[popover]:popover-open').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => sim.open()).toBeLessThanOrEqual(2);
});
