import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The whole page, or what `within` names; all rules, or those named. */
const clean = async (page: Page, rules: readonly string[] = [], within = 'html'): Promise<void> => {
  const axe = new AxeBuilder({ page }).include(within);
  const { violations } = await (rules.length > 0 ? axe.withRules([...rules]) : axe.withTags(TAGS)).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join('; ')}`)).toEqual([]);
};
const ready = async (page: Page, address = '/?feed=none'): Promise<void> => {
  await page.goto(address);
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
};

test('no accessibility fault: 1440 and 390 px, dark, and light, where colours are all that is new', async ({ page }) => {
  await ready(page);
  await clean(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('list', { name: 'Positions' })).toBeVisible();
  await clean(page);
  await page.getByRole('button', { name: 'Light theme' }).click();
  await expect(page.getByRole('button', { name: 'Dark theme' })).toBeVisible();
  await clean(page, ['color-contrast']);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(page.getByRole('table', { name: 'Positions' })).toBeVisible();
  await clean(page, ['color-contrast']);
});

test('no accessibility fault: what-if, working, load and help', async ({ page }) => {
  await ready(page);
  await page.getByRole('slider', { name: 'All markets move' }).fill('-10');
  await expect(page.getByRole('table', { name: 'Before and after the what-if' })).toBeVisible();
  await clean(page);
  await page.keyboard.press('Escape');
  for (const open of [
    () => page.getByRole('button', { name: 'Load' }).first().click(),
    () => page.getByRole('button', { name: /help/i }).first().click(),
    () => page.getByRole('button', { name: 'Add position' }).click(),
    () =>
      page
        .getByRole('table', { name: 'Positions' })
        .getByRole('row', { name: /hl:ETH/ })
        .locator('[data-column="liquidationPrice"]')
        .getByRole('button')
        .click(),
  ]) {
    await open();
    await expect(page.getByRole('dialog')).toBeVisible();
    await clean(page, [], '[role="dialog"], dialog');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test('no accessibility fault: addresses, before there is one', async ({ page }) => {
  await page.goto('/?feed=none&book=none#addresses');
  await expect(page.getByRole('heading', { name: 'Watch any account by its public address' })).toBeVisible();
  await clean(page);
});

test('390 px: nothing wider than the screen; ratio, buffer, distance and liquidation price are there', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await ready(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const card = page.getByRole('list', { name: 'Positions' }).getByRole('listitem').first();
  await expect(card).toContainText(/Liquidation/i);
  await expect(card).toContainText(/Distance/i);
  await expect(card).toContainText(/ratio/i);
  await page.getByRole('button', { name: 'What-if' }).click();
  await page.getByRole('slider', { name: 'All markets move' }).fill('-10');
  await expect(page.getByRole('table', { name: 'Before and after the what-if' })).toBeVisible();
});

test('the keyboard alone reaches the gauges’ working, the table and the what-if, and focus is seen', async ({ page }) => {
  await ready(page);
  const reached = new Set<string>();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return '';
      const outline = getComputedStyle(element);
      const visible = outline.outlineStyle !== 'none' || outline.boxShadow !== 'none';
      return `${visible ? '' : 'UNSEEN '}${element.getAttribute('aria-label') ?? element.textContent ?? element.tagName}`.slice(0, 60);
    });
    if (name) reached.add(name);
  }
  const names = [...reached];
  expect(names.filter((name) => name.startsWith('UNSEEN'))).toEqual([]);
  for (const wanted of [/Load/, /All markets move/, /BTC move/, /Add position/])
    expect(
      names.some((name) => wanted.test(name)),
      String(wanted),
    ).toBe(true);
});
