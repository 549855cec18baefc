import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

/** A page opened for debugging can lose its feed or its engine. */
declare global {
  interface Window {
    readonly plimsoll: { readonly crash: (how: 'silence' | 'feed-lost' | 'feed-back', market?: string) => void };
  }
}

const MANUAL = '/?feed=simulated&seed=42&clock=manual&debug=1';
const START_S = 20 * 3_600;
const source = (page: Page) => page.getByRole('banner').getByRole('button', { name: /Simulated 42/ });
const buffer = (page: Page) => page.getByRole('meter', { name: 'Buffer' });
const crash = (page: Page, ...how: Parameters<Window['plimsoll']['crash']>) => page.evaluate((args) => window.plimsoll.crash(...args), how);

const SLOW = {
  format: 'alarm-rules/1',
  rules: [
    {
      id: 'slow-call',
      scope: { kind: 'all' },
      measure: 'marginRatio',
      severity: 'margin-call',
      arm: '0.2',
      clear: '0.1',
      onDelayMs: 60_000,
      offDelayMs: 0,
      cooldownMs: 0,
      channel: 'page',
    },
  ],
};

/** Steps to `second` of the simulation, a price a second, and waits for its clock. */
async function stepTo(page: Page, second: number, from: number): Promise<void> {
  const step = page.getByRole('button', { name: 'One step' });
  await expect(step).toBeVisible();
  await step.evaluate((button: HTMLElement, count) => {
    for (let i = 0; i < count; i++) button.click();
  }, second - from);
  const at = START_S + second;
  const text = [at / 3_600, (at / 60) % 60, at % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
  await expect(page.getByRole('contentinfo').locator('time')).toContainText(text);
}

test('a feed that dies: the buffer shrinks and is struck through, held markets raise alarms, and all of it ends with the next prices', async ({
  page,
}) => {
  test.setTimeout(90_000);
  await page.goto(MANUAL);
  await stepTo(page, 2, 0);
  await expect(source(page)).toContainText('live');
  await expect(buffer(page)).not.toHaveAttribute('aria-valuetext', /unseen|no longer/);
  await crash(page, 'feed-lost');
  await stepTo(page, 6, 2);
  await expect(source(page)).toContainText('delayed');
  await expect(buffer(page)).toHaveAttribute('aria-valuetext', /left.*less [\d,.]+ USD unseen: \w+ price/);
  await stepTo(page, 14, 6);
  await expect(source(page)).toContainText('stale');
  // Delays count from look to look: the rule that was armed there counts here.
  await stepTo(page, 28, 14);
  await expect(page.getByRole('main')).toHaveAttribute('data-quality', 'stale');
  await expect(page.locator('dl > div', { hasText: 'Buffer' }).locator('dd')).toContainText(/less [\d,.]+ unseen/);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  const standing = page.getByRole('list', { name: 'Standing alarms, worst first' }).getByRole('listitem');
  const held = standing.filter({ hasText: 'prices of BTC' });
  await expect(held).toContainText('Watch');
  await stepTo(page, 66, 28);
  await expect(source(page)).toContainText('lost');
  await expect(held).toContainText('Warning');
  await page.getByRole('link', { name: 'Margin', exact: true }).click();
  await expect(buffer(page)).toHaveAttribute('aria-valuetext', /no longer valid/);
  await expect(page.getByLabel('Margin gauges').locator('s').first()).toHaveText(/left/);
  await expect(
    page
      .getByRole('table', { name: 'Positions' })
      .getByRole('row', { name: /hl:ETH/ })
      .locator('s'),
  ).toHaveCount(1);
  await expect(page.getByText('Next: not known, prices are lost')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  await crash(page, 'feed-back');
  await stepTo(page, 68, 66);
  await stepTo(page, 80, 68);
  await expect(source(page)).toContainText('live');
  await expect(buffer(page)).not.toHaveAttribute('aria-valuetext', /unseen|no longer/);
  await expect(page.getByLabel('Margin gauges').locator('s')).toHaveCount(0);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(standing.filter({ hasText: 'prices of' })).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Ended alarms, newest first' })).toContainText('prices of BTC');
});

test('the markets by age: one that falls silent comes first, with its class, its limits and what holds it', async ({ page }) => {
  await page.goto(MANUAL);
  await stepTo(page, 1, 0);
  await crash(page, 'feed-lost', 'ETH');
  await stepTo(page, 13, 1);
  await expect(source(page)).toContainText('live');
  await source(page).click();
  const dialog = page.getByRole('dialog', { name: 'Ages of prices' });
  const rows = dialog.getByRole('row');
  await expect(rows.nth(1)).toContainText(/^ETH.*12.*stale.*2\.0.*10.*1.*min.*hl:ETH long/);
  await expect(rows.nth(2)).toContainText(/live/);
  await expect(rows).toHaveCount(6);
  await dialog.getByRole('button', { name: 'Market' }).click();
  await expect(rows.nth(1)).toContainText('BTC');
  await expect(dialog.getByRole('columnheader', { name: 'Market' })).toHaveAttribute('aria-sort', 'ascending');
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    const { violations } = await new AxeBuilder({ page }).include('[popover]:popover-open').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('an engine that falls silent is no longer live on the page within seconds', async ({ page }) => {
  await page.goto('/?feed=simulated&seed=42&debug=1');
  await expect(source(page)).toContainText('live');
  await expect(page.getByRole('main')).toHaveAttribute('data-quality', 'live');
  await crash(page, 'silence');
  await expect(source(page)).toContainText(/engine silent \d+\s?s/, { timeout: 5_000 });
  await expect(source(page)).not.toContainText('live');
  await expect(page.getByRole('contentinfo')).not.toContainText('live');
  await expect(page.getByRole('main')).toHaveAttribute('data-quality', 'stale');
});

test('the machine on the gauges: lines of the rules, what comes next at which price, and the delay that runs', async ({ page }) => {
  await page.goto(MANUAL);
  await stepTo(page, 1, 0);
  const gauges = page.getByLabel('Margin gauges');
  await expect(gauges.getByText(/^Next: (warning|margin call|liquidation) at \w+ [\d,.]+ \([−+][\d.]+\s?%\)/)).toBeVisible();
  await expect(buffer(page).getByText(/margin-call alarm at [\d.]+\s?%, ends at [\d.]+\s?%/)).toBeAttached();
  // Without the bypass of a fast worsening a rule that is armed from the start counts down.
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await page
    .getByLabel('File with rules')
    .setInputFiles({ name: 'slow.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(SLOW)) });
  await expect(page.getByRole('row', { name: /^slow-call/ }).first()).toBeVisible();
  await page.getByRole('link', { name: 'Margin', exact: true }).click();
  await stepTo(page, 3, 1);
  await expect(gauges.getByText(/^Next: margin call counts in [\d]+\s?s/)).toBeVisible();
  await expect(gauges.getByRole('progressbar', { name: 'Delay that has run' })).toHaveAttribute('value', /\d/);
});
