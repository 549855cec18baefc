/** Distance and early warning in a browser: the engine's figures, R's alarm raised and cleared, paths that tell how far they are and stop. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Page, test } from '@playwright/test';
import { distancesOf } from '../src/engine/stress/distances.ts';
import { dailyVolatility, longRunCorrelation, warmStart } from '../src/engine/volatility/stream.ts';
import { readBook } from '../src/formats/leverage-book.ts';
import { venues } from '../src/venues/registry.ts';
import { count, coverage, expect } from './desk-steps.ts';

test.describe.configure({ timeout: 90_000 });

const ACCOUNTS = 2_000;
const distance = (page: Page) => page.getByRole('region', { name: 'Distance', exact: true });
const warning = (page: Page) => page.getByRole('region', { name: 'Early warning', exact: true });
const measured = (page: Page) => warning(page).locator('[data-reproduction]');
const standing = (page: Page) => page.getByRole('list', { name: 'Standing alarms, worst first' }).getByRole('listitem');

/** Rules of R alone, with delays that a few steps of a second run through. */
const RULES = {
  format: 'alarm-rules/1',
  rules: [
    {
      id: 'r-at-one',
      scope: { kind: 'all' },
      measure: 'reproduction',
      severity: 'margin-call',
      arm: '1',
      clear: '0.9',
      onDelayMs: 2_000,
      offDelayMs: 2_000,
      cooldownMs: 0,
      channel: 'page',
    },
  ],
};

async function openPopulation(page: Page): Promise<void> {
  await page.goto(`/?feed=simulated&seed=7&regime=stress&clock=manual#desk/1?population=${ACCOUNTS}.42`);
  await expect(coverage(page)).toContainText(`${count(ACCOUNTS)} accounts loaded`);
}

async function step(page: Page, times: number): Promise<void> {
  const clock = page.getByRole('contentinfo').locator('time');
  for (let i = 0; i < times; i++) {
    const before = await clock.innerText();
    await page.getByRole('button', { name: /^One step/ }).click();
    await expect(clock).not.toHaveText(before);
  }
}

async function setDepth(page: Page, text: string): Promise<void> {
  const panel = warning(page);
  for (const name of ['BTC, USD to 1 %', 'ETH, USD to 1 %', 'Others, USD to 1 %']) await panel.getByLabel(name).fill(text);
}

test('ST-28: the distances of the demo account are the engine’s', async ({ page }) => {
  await page.goto('/?feed=none#stress');
  const shortest = distance(page).getByRole('region', { name: 'Shortest shock' });
  await expect(shortest.locator('[data-distance]')).toBeVisible();
  const book = readBook(readFileSync(new URL('../public/demo/book.json', import.meta.url), 'utf8'));
  const account = book.accounts[0]!;
  const markets = [...new Set([...account.positions.map(({ instrument }) => book.instruments.get(instrument)!.base), 'BTC'])];
  const sigma = new Map(markets.map((market) => [market, dailyVolatility(warmStart(market))]));
  const correlation = markets.flatMap((a, i) => markets.slice(i + 1).map((b) => [a, b, longRunCorrelation(a, b)] as const));
  const pools = distancesOf(account, book, venues[account.venue]!.rules, {
    sigma,
    correlation,
    space: 'log',
    reference: 'BTC',
    betas: new Map(),
  });
  const known = pools.flatMap((pool) => (pool.shortest.ok ? [pool.shortest.value.distance] : []));
  const shown = Number(await shortest.locator('[data-distance]').getAttribute('data-distance'));
  expect(Math.abs(shown - Math.min(...known))).toBeLessThan(1e-9);
  await expect(shortest).toContainText(/Proved: no nearer move/);
  await distance(page)
    .getByRole('slider', { name: /^Stress blend/ })
    .fill('100');
  await expect(shortest.locator('[data-distance]')).not.toHaveAttribute('data-distance', String(shown));
  await expect(distance(page)).not.toContainText(/NaN|Infinity|undefined/);
});

test('AM-13: R of a thin book raises its alarm, in a deep one it ends', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openPopulation(page);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await page
    .getByLabel('File with rules')
    .setInputFiles({ name: 'rules.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(RULES)) });
  await expect(page.getByRole('table', { name: 'Rules', exact: true }).getByRole('row', { name: /^r-at-one/ })).toBeVisible();
  await page.getByRole('link', { name: 'Stress' }).click();
  await setDepth(page, '10k');
  await expect.poll(async () => Number(await measured(page).getAttribute('data-reproduction'))).toBeGreaterThan(1);
  await expect(warning(page).getByRole('region', { name: 'Accounts that carry R' }).getByRole('row')).toHaveCount(11);
  await expect(warning(page).getByRole('region', { name: 'The lever' })).toContainText(/USD of top-up/);
  await step(page, 5);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  const alarm = standing(page).filter({ hasText: 'R of ' });
  await expect(alarm).toContainText(/R is \d+\.\d\d: liquidations of the loaded book would start more than themselves/);
  await alarm.getByRole('button', { name: /^Acknowledge/ }).click();
  await expect(alarm).toContainText('Acknowledged');
  await page.getByRole('link', { name: 'Stress' }).click();
  await setDepth(page, '900b');
  await expect.poll(async () => Number(await measured(page).getAttribute('data-reproduction'))).toBeLessThan(0.5);
  await step(page, 5);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(alarm).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Ended alarms, newest first' })).toContainText(/R of /);
  expect(errors).toEqual([]);
});

test('s*, crowding, and paths that tell how far they are, and stop', async ({ page }) => {
  await openPopulation(page);
  await page.getByRole('link', { name: 'Stress' }).click();
  const panel = warning(page);
  await panel.getByRole('button', { name: 'Find the critical shock' }).click();
  await expect(panel.locator('[data-critical]')).toContainText(/s\* −[\d.]+/);
  const tail = panel.getByRole('region', { name: 'Liquidations at risk' });
  await tail.getByLabel('Paths', { exact: true }).fill('50000');
  await tail.getByRole('button', { name: 'Draw paths' }).click();
  await expect(tail.getByRole('progressbar')).toBeVisible();
  await tail.getByRole('button', { name: 'Stop drawing' }).click();
  await expect(tail.getByRole('status')).toContainText('stopped');
  await tail.getByLabel('Paths', { exact: true }).fill('40');
  const draw = async (): Promise<string> => {
    await tail.getByRole('button', { name: 'Draw paths' }).click();
    await expect(tail.getByRole('status')).toHaveText('40 of 40 paths, seed 1');
    return tail.getByRole('row', { name: /^LaR/ }).innerText();
  };
  expect(await draw()).toBe(await draw());
  await expect(tail).toContainText(/Fund ÷ expected shortfall/);
  await expect(panel).not.toContainText(/NaN|Infinity|undefined/);
  await page.setViewportSize({ width: 390, height: 844 });
  const { violations } = await new AxeBuilder({ page }).include('#stress').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
});

test('axe finds nothing on distance and early warning', async ({ page }) => {
  await page.goto('/?feed=none#stress');
  await expect(measured(page)).toBeVisible();
  await expect(distance(page).getByRole('region', { name: 'Shortest shock' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('#stress').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
});
