/**
 * The desk in a browser: tens of thousands of accounts, the table and what leads out of it, files in and out, links, keys.
 */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Locator, type Page, test } from '@playwright/test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { count, coverage, expect, grid, heading, matched, openDesk, rowAt } from './desk-steps.ts';

/** Opening, writing and reading so many accounts take a while beside other tests. */
test.describe.configure({ timeout: 90_000 });

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Opens a file by the dialog. */
async function openFile(page: Page, file: { name: string; mimeType: string; buffer: Buffer } | string): Promise<void> {
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByLabel(/^A file/).setInputFiles(file);
}

/** Takes a file away by the export menu; gives where it lies. */
async function takeAway(page: Page, name: string): Promise<string> {
  const menu = page.getByRole('button', { name: /^Export/ });
  if ((await page.getByRole('button', { name, exact: true }).count()) === 0) await menu.click();
  const downloading = page.waitForEvent('download', { timeout: 120_000 });
  await page.getByRole('button', { name, exact: true }).click();
  return (await downloading).path();
}

/** The first rows as they are written, by account. */
async function firstRows(page: Page, rows: number): Promise<string[]> {
  const texts: string[] = [];
  for (let rank = 1; rank <= rows; rank++) texts.push((await rowAt(page, rank).innerText()).replaceAll(/\s+/g, ' '));
  return texts;
}

/** CSV of figures: what it says of each account, in its order. */
function figuresIn(path: string): { names: string[]; rows: Map<string, string[]> } {
  const [names, , ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return { names: names!.split(','), rows: new Map(lines.map((line) => [line.slice(0, line.indexOf(',')), line.split(',')])) };
}

test('thirty thousand accounts: sorted, filtered, one opened, taken away, and the same when they come back', async ({ page }) => {
  test.setTimeout(120_000);
  await openDesk(page, 'population=30000.42', 30_000);
  expect(await matched(page)).toBe(30_000);

  await heading(page, 'Notional').getByRole('button').click();
  await expect(heading(page, 'Notional')).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('button', { name: /^Warning/ }).click();
  await page.getByRole('radio', { name: 'short' }).check();
  await expect(page.getByRole('list', { name: 'Conditions in force' }).getByRole('listitem')).toHaveCount(3);
  await expect.poll(() => matched(page)).toBeLessThan(5_000);
  const shown = await matched(page);
  expect(shown).toBeGreaterThan(5);

  const figures = figuresIn(await takeAway(page, 'Figures as CSV'));
  expect(figures.rows.size).toBe(shown);
  expect(figures.names.slice(-3)).toEqual(['noNumber', 'asOf', 'source']);
  const notional = [...figures.rows.values()].map((cells) => Number(cells[figures.names.indexOf('grossNotional')]));
  expect(notional).toEqual(notional.toSorted((a, b) => b - a));
  expect(new Set([...figures.rows.values()].map((cells) => cells[figures.names.indexOf('state')]))).toEqual(new Set(['warning']));
  const parquet = readFileSync(await takeAway(page, 'Figures as Parquet'));
  expect(parquet.subarray(0, 4).toString() + parquet.subarray(-4).toString()).toBe('PAR1PAR1');
  expect(parquet.toString('latin1')).toContain('account-figures/1');
  const books = [
    await takeAway(page, 'Accounts as CSV'),
    await takeAway(page, 'Accounts as Parquet'),
    await takeAway(page, 'Accounts as JSON'),
  ];

  const first = [...figures.rows.keys()][0]!;
  await expect(rowAt(page, 1)).toContainText(first);
  await rowAt(page, 1).getByText(first).click();
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
  await expect(page.getByRole('banner')).toContainText(first);
  const ratio = Number(await page.getByRole('meter', { name: 'Margin ratio' }).getAttribute('aria-valuenow'));
  const exported = figures.rows.get(first)!;
  expect(ratio).toBeCloseTo(Number(exported[figures.names.indexOf('marginRatio')]), 6);
  const positions = Number(exported[figures.names.indexOf('positions')]);
  await expect(page.getByRole('table', { name: 'Positions' }).getByRole('row')).toHaveCount(positions + 1);
  await page.goBack();
  await expect(rowAt(page, 1)).toContainText(first);
  expect(await matched(page)).toBe(shown);

  for (const book of books) {
    await openFile(page, book);
    await expect(coverage(page)).toContainText(`${count(shown)} accounts loaded`, { timeout: 30_000 });
    await expect(coverage(page)).toContainText('0 skipped');
    await expect.poll(() => matched(page)).toBe(shown);
    const again = figuresIn(await takeAway(page, 'Figures as CSV'));
    const bare = ({ names, rows }: typeof again) => [...rows.values()].map((cells) => cells.slice(0, names.indexOf('age')));
    expect(bare(again)).toEqual(bare(figures));
  }
});

const COLUMNS = [
  'row',
  'account',
  'venue',
  'instrument',
  'asset',
  'size',
  'entryPrice',
  'marginMode',
  'amount',
  'contract',
  'base',
  'quote',
  'settle',
  'contractSize',
  'markPrice',
  'notionalFloor',
  'maxLeverage',
  'maintenanceMarginRate',
  'price',
  'unit',
  'format',
  'asOf',
];
type Row = Readonly<Record<string, string>>;

/** Accounts of which two cannot be read. */
const FLAT: readonly Row[] = [
  { row: 'book', format: 'leverage-book-flat/1', asOf: '2026-02-05T18:34:00Z', unit: 'USD' },
  {
    row: 'instrument',
    instrument: 'hl:BTC',
    venue: 'hyperliquid',
    contract: 'linear',
    base: 'BTC',
    quote: 'USD',
    settle: 'USDC',
    contractSize: '1',
    markPrice: '65000',
  },
  { row: 'tier', instrument: 'hl:BTC', notionalFloor: '0', maxLeverage: '40', maintenanceMarginRate: '0.0125' },
  { row: 'asset', asset: 'USDC', price: '1' },
  ...Array.from({ length: 12 }, (_, i) => [
    { row: 'balance', account: `acct-${i}`, venue: 'hyperliquid', asset: 'USDC', amount: i === 7 ? 'much' : String(1000 * (i + 1)) },
    {
      row: 'position',
      account: `acct-${i}`,
      instrument: 'hl:BTC',
      size: i === 4 ? 'NaN' : '0.5',
      entryPrice: '64000',
      marginMode: 'cross',
    },
  ]).flat(),
];
const csvOf = (rows: readonly Row[]): Buffer =>
  Buffer.from([COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => row[name] ?? '').join(','))].join('\n').concat('\n'));
const parquetOf = ([head, ...rows]: readonly Row[]): Buffer =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: COLUMNS.filter((name) => rows.some((row) => row[name] !== undefined)).map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: 'STRING' as const,
      })),
      kvMetadata: ['format', 'asOf', 'unit'].map((key) => ({ key, value: head?.[key] ?? '' })),
    }),
  );
const jsonOf = (rows: readonly Row[]): Buffer => {
  const accounts = Array.from({ length: 12 }, (_, i) => {
    const [balance, position] = rows.filter(({ account }) => account === `acct-${i}`);
    const { instrument, size, entryPrice, marginMode } = position!;
    const { asset, amount } = balance!;
    return {
      id: `acct-${i}`,
      venue: 'hyperliquid',
      balances: [{ asset, amount }],
      positions: [{ instrument, size, entryPrice, marginMode }],
    };
  });
  const { row: _, instrument: __, ...instrument } = rows[1]!;
  const tiers = [{ notionalFloor: '0', maxLeverage: '40', maintenanceMarginRate: '0.0125' }];
  const instruments = { 'hl:BTC': { ...instrument, tiers } };
  return Buffer.from(
    JSON.stringify({ format: 'leverage-book/1', asOf: rows[0]!.asOf, instruments, assets: { USDC: { price: '1' } }, accounts }),
  );
};

/** Drops a file on the page. */
async function drop(page: Page, name: string, content: Buffer): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], fileName));
      return transfer;
    },
    [name, [...content]] as const,
  );
  const main = page.locator('main');
  await main.dispatchEvent('dragenter', { dataTransfer });
  // What takes files comes after what is painted first: it says when it is there.
  const over = async (): Promise<void> => {
    await main.dispatchEvent('dragover', { dataTransfer });
    await expect(page.getByText(/^Drop a book/)).toBeVisible({ timeout: 250 });
  };
  await expect(over).toPass({ timeout: 30_000 });
  await main.dispatchEvent('drop', { dataTransfer });
}

test('files with rows that cannot be read: the rest is shown, and every row left out with its field and the reason', async ({ page }) => {
  await openDesk(page, 'population=3000.1', 3000);
  const files = [
    {
      name: 'book.csv',
      content: csvOf(FLAT),
      places: [
        ['14', 'size', /NaN/],
        ['19', 'amount', /much/],
      ],
    },
    {
      name: 'book.parquet',
      content: parquetOf(FLAT),
      places: [
        ['13', 'size', /NaN/],
        ['18', 'amount', /much/],
      ],
    },
    {
      name: 'book.json',
      content: jsonOf(FLAT),
      places: [
        ['5', '/positions/0/size', /NaN/],
        ['8', '/balances/0/amount', /much/],
      ],
    },
  ] as const;
  for (const { name, content, places } of files) {
    await drop(page, name, content);
    await expect(coverage(page)).toContainText('10 accounts loaded of 12');
    await expect(coverage(page)).toContainText(name);
    await coverage(page)
      .getByRole('button', { name: /2 skipped/ })
      .click();
    const report = page.getByRole('dialog', { name: /2 accounts left out/ });
    for (const [row, field, reason] of places) {
      const line = report.getByRole('row', { name: new RegExp(`^${row} ${field}`) });
      await expect(line).toContainText(reason);
    }
    await page.keyboard.press('Escape');
    await expect(report).toHaveCount(0);
  }
  await drop(page, 'broken.csv', Buffer.from('row,account\nposition,"open'));
  await expect(page.getByRole('list', { name: 'Notices' })).toContainText('broken.csv could not be opened');
  await expect(coverage(page)).toContainText('10 accounts loaded of 12');
});

test('an opening that is cancelled leaves what was open', async ({ page }) => {
  await openDesk(page, 'population=3000.1', 3000);
  const before = await rowAt(page, 1).innerText();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('button', { name: '1,000,000 accounts' }).click();
  await expect(page.getByRole('progressbar', { name: 'Opening' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(coverage(page)).toContainText('3,000 accounts loaded');
  await expect.poll(() => rowAt(page, 1).innerText()).toBe(before);
});

test('a state, a bar and a rung filter; the link shows the same in another page, and names no account', async ({
  page,
  browser,
  baseURL,
}) => {
  await openDesk(page, 'population=20000.3', 20_000);
  const conditions = page.getByRole('list', { name: 'Conditions in force' }).getByRole('listitem');
  const bar = page.getByRole('listbox', { name: 'Bars of leverage' }).getByRole('option', { name: /^5\.01/ });
  const rung = page
    .getByRole('listbox', { name: 'Rungs of the ladder' })
    .getByRole('option', { name: /^.10 to .11 %/ })
    .first();
  const state = page.getByRole('button', { name: /^Watch \d/ });
  const narrows = async (choice: Locator, from: number): Promise<number> => {
    await choice.click();
    await expect.poll(() => matched(page)).toBeLessThan(from);
    return matched(page);
  };
  expect(await narrows(bar, 20_000)).toBeGreaterThan(50);
  await expect.poll(() => page.url()).toContain('range=leverage:5');
  await conditions.getByRole('button').click();
  await expect.poll(() => matched(page)).toBe(20_000);
  const watching = await narrows(state, 20_000);
  const before = await narrows(rung, watching);
  expect(before).toBeGreaterThan(0);
  await expect(conditions).toHaveCount(3);
  await expect.poll(() => page.url()).toMatch(/state=watch&rung=/);
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), viewport: page.viewportSize() });
  const other = await context.newPage();
  await other.goto(page.url());
  await expect.poll(() => matched(other), { timeout: 20_000 }).toBe(before);
  const first = (each: Page) => firstRows(each, Math.min(3, before)).then((rows) => rows.join('\n'));
  await expect.poll(async () => (await first(other)) === (await first(page))).toBe(true);
  await context.close();
  const account = (await firstRows(page, 1))[0]!.split(' ').find((word) => /^[0-9a-f]{8}$/.test(word))!;

  await page.getByRole('searchbox', { name: 'Search' }).fill(account);
  await expect.poll(() => matched(page)).toBe(1);
  await grid(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page.getByText('Watch-list only (1)')).toBeVisible();
  await heading(page, 'Equity').getByRole('button').click();
  await expect.poll(() => page.url()).toContain('sort=equity');
  expect(page.url()).not.toContain(account);
});

test('by keyboard: through the table, onto the watch-list, into an account, and the list is there after a reload', async ({ page }) => {
  await openDesk(page, 'population=20000.3', 20_000);
  await grid(page).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  const activeRow = async (): Promise<{ rank: number; text: string }> =>
    grid(page).evaluate((element) => {
      const cell = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
      const row = cell?.closest('[role="row"]');
      return { rank: Number(row?.getAttribute('aria-rowindex')) - 1, text: (row as HTMLElement | null)?.innerText ?? '' };
    });
  expect((await activeRow()).rank).toBe(4);
  await page.keyboard.press('ControlOrMeta+End');
  await expect.poll(async () => (await activeRow()).rank).toBe(20_000);
  await page.keyboard.press('ControlOrMeta+Home');
  await expect.poll(async () => (await activeRow()).rank).toBe(1);
  await page.keyboard.press('PageDown');
  await expect.poll(async () => (await activeRow()).rank).toBeGreaterThan(10);
  await page.keyboard.press('Space');
  await expect(page.getByText('Watch-list only (1)')).toBeVisible();
  const pinned = grid(page).locator('[role="row"][data-watched]').first();
  const account = (await pinned.getAttribute('data-account'))!;
  await page.reload();
  await expect(page.getByText('Watch-list only (1)')).toBeVisible();
  await expect(rowAt(page, 1)).toContainText(account);
  await grid(page).focus();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('banner')).toContainText(account);
  await expect(page.getByRole('meter', { name: 'Margin ratio' })).toHaveAttribute('aria-valuenow', /\d/);
});

test('no accessibility fault on the desk, empty and full, wide and narrow', async ({ page }) => {
  await page.goto('/?feed=none&book=none#desk/1');
  await expect(page.getByRole('heading', { name: 'No accounts on the desk' })).toBeVisible();
  // Rows are alike: what holds of the first two holds of all.
  const others = '[role="row"][aria-rowindex]:not([aria-rowindex="1"]):not([aria-rowindex="2"]):not([aria-rowindex="3"])';
  const clean = async (): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).exclude(others).withTags(TAGS).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`)).toEqual([]);
  };
  await clean();
  await openDesk(page, 'population=1000.1', 1000);
  await clean();
  await page.setViewportSize({ width: 390, height: 844 });
  await clean();
});

test('without a shared memory the desk shows the same rows', async ({ page, browser, baseURL }) => {
  const view = 'population=20000.3&sort=bufferShare:up';
  await openDesk(page, view, 20_000);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), viewport: page.viewportSize(), serviceWorkers: 'block' });
  const alone = await context.newPage();
  await alone.route('**/*', async (route) => {
    const response = await route.fetch();
    const { 'cross-origin-opener-policy': _, 'cross-origin-embedder-policy': __, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await openDesk(alone, view, 20_000);
  expect(await alone.evaluate(() => crossOriginIsolated)).toBe(false);
  const sorted = async (each: Page): Promise<string> => {
    const rows = await grid(each).locator('[role="row"][aria-rowindex]').allInnerTexts();
    return rows.toSorted().join('\n');
  };
  for (const part of [0, 0.3, 1]) {
    for (const each of [page, alone]) await grid(each).evaluate((element, to) => element.scrollTo(0, to * element.scrollHeight), part);
    await expect.poll(async () => (await sorted(alone)) === (await sorted(page))).toBe(true);
    expect((await sorted(alone)).match(/\b[0-9a-f]{8}\b/g)?.length).toBeGreaterThan(10);
  }
  await context.close();
});
