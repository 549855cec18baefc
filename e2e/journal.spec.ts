import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { seek } from './replay-steps.ts';

const REPLAY = '/?feed=replay&file=2025-10-10&clock=manual&debug=1#alarms';
const at = (hour: number, minute: number): number => Date.UTC(2025, 9, 10, hour, minute);
const standing = (page: Page) => page.getByRole('list', { name: 'Standing alarms, worst first' }).getByRole('listitem');
const journal = (page: Page) => page.getByRole('region', { name: 'Journal' });
const past = (page: Page) => page.getByRole('table', { name: 'Past events, newest first' }).locator('tbody').getByRole('row');
const root = (page: Page) => page.locator('html');

async function open(page: Page): Promise<void> {
  await page.goto(REPLAY);
  await expect(standing(page).first()).toBeVisible();
}

async function acknowledge(page: Page): Promise<void> {
  await standing(page)
    .first()
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await expect(standing(page).first()).toContainText('Acknowledged 10 Oct 2025');
}

test('an acknowledgement survives its page, its process and its engine, and its event is there once', async ({ context }) => {
  const first = await context.newPage();
  await open(first);
  await acknowledge(first);
  await expect(past(first)).toHaveCount(2);
  await first.close();

  const second = await context.newPage();
  await open(second);
  await expect(standing(second).first()).toContainText('Acknowledged 10 Oct 2025');
  await expect(past(second)).toHaveCount(2);
  await seek(second, at(21, 10));
  await acknowledge(second);
  // The engine dies.
  await second.evaluate(() => (window as unknown as { plimsoll: { crash: (how: string) => void } }).plimsoll.crash('throw'));
  await expect(second.getByRole('list', { name: 'Notices' })).toContainText('started again');
  await expect(standing(second).first()).toContainText('Acknowledged 10 Oct 2025, 21:10:00');
  const count = await past(second).count();
  // The whole process dies.
  const session = await context.newCDPSession(second);
  const crashed = second.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await crashed;

  const third = await context.newPage();
  await open(third);
  // The recording begins again, long before where it was: what it tells is told again. What is kept is kept once.
  await expect(standing(third).first()).toContainText('Warning');
  await expect(past(third)).toHaveCount(count);
  await third.getByRole('searchbox', { name: 'Find' }).fill('margin-call cross');
  await expect(past(third)).toHaveCount(1);
  await expect(past(third).first()).toContainText('yes');
});

test('two tabs: one leads and sounds for both, once; when it is closed the other does', async ({ context }) => {
  const leader = await context.newPage();
  await open(leader);
  await expect(journal(leader)).toHaveAttribute('data-role', 'leader');
  await leader.getByRole('checkbox', { name: /^Sound/ }).check();
  const follower = await context.newPage();
  await open(follower);
  await expect(journal(follower)).toHaveAttribute('data-role', 'follower');
  await expect(follower.getByRole('checkbox', { name: /^Sound/ })).toBeChecked();
  // What the follower is told the leader is heard for.
  await seek(follower, at(21, 10));
  await expect(root(follower)).toHaveAttribute('data-risk-level', 'margin-call');
  await expect(root(leader)).toHaveAttribute('data-sounds', '1');
  await seek(leader, at(21, 10));
  await expect(root(leader)).toHaveAttribute('data-risk-level', 'margin-call');
  // What is acknowledged in one is in both.
  await acknowledge(follower);
  await expect(standing(leader).first()).toContainText('Acknowledged 10 Oct 2025');
  await expect(root(leader)).toHaveAttribute('data-sounds', '1');
  await expect(root(follower)).not.toHaveAttribute('data-sounds', /./);
  await leader.close();
  await expect(journal(follower)).toHaveAttribute('data-role', 'leader');
  await seek(follower, at(21, 20));
  await expect(root(follower)).toHaveAttribute('data-sounds', '1');
});

test('rules hold in both tabs and survive a reload; a star brings its account', async ({ context }) => {
  const page = await context.newPage();
  await open(page);
  const other = await context.newPage();
  await open(other);
  // A page behind another paints once a second.
  await page.bringToFront();
  const row = (where: Page) => where.getByRole('table', { name: 'Rules', exact: true }).getByRole('row', { name: /^ratio-warning/ });
  await row(page).getByRole('button', { name: 'Edit ratio-warning' }).click();
  const form = page.getByRole('form', { name: 'Rule ratio-warning' });
  await form.getByLabel('Ends beyond').fill('0.31');
  await form.getByLabel('Alarm at').fill('0.32');
  await form.getByRole('button', { name: 'Save rule' }).click();
  await expect(row(page)).toContainText('0.320');
  await expect(row(other)).toContainText('0.320');
  await page.reload();
  await expect(row(page)).toContainText('0.320');
  await page.getByRole('link', { name: 'Margin' }).click();
  const star = page.getByRole('button', { name: 'On the watch-list' });
  await star.click();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await page.reload();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await page.getByRole('list', { name: 'Watch-list' }).getByRole('button', { name: /^Demo/ }).click();
  await expect(page).toHaveURL(/#margin$|[^s]$/);
  await expect(star).toBeVisible();
});

test('a return from a hidden tab is told once what happened', async ({ page }) => {
  await open(page);
  const turn = (state: 'hidden' | 'visible', laterMs: number): Promise<void> =>
    page.evaluate(
      ([visibility, ms]) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + Number(ms);
        Object.defineProperty(document, 'visibilityState', { get: () => visibility, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      [state, laterMs] as const,
    );
  await turn('hidden', 0);
  await seek(page, at(21, 10));
  await expect(root(page)).toHaveAttribute('data-risk-level', 'margin-call');
  await turn('visible', 12 * 60_000);
  const notices = page.getByRole('list', { name: 'Notices' });
  await expect(notices).toContainText(/Away 12\smin, \d alarms?\..*Margin call.*still stand/);
  await expect(notices.getByRole('listitem')).toHaveCount(1);
  // A short absence, and one in which nothing happened, are not spoken of.
  await notices.getByRole('button', { name: 'Dismiss' }).click();
  await turn('hidden', 0);
  await turn('visible', 12 * 60_000);
  await seek(page, at(21, 11));
  await expect(notices).toHaveCount(0);
});

test('the journal is taken along, forgotten and brought back; a faulty file changes nothing', async ({ page }) => {
  await open(page);
  await acknowledge(page);
  await expect(past(page)).toHaveCount(2);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Journal to a file' }).click()]);
  const path = await file.path();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ format: 'plimsoll-journal/1', events: [{}, {}] });
  await page.getByRole('button', { name: 'Forget…' }).click();
  await page.getByRole('button', { name: 'Forget all of it' }).click();
  await expect(past(page)).toHaveCount(0);
  const input = page.getByLabel('File with a journal');
  await input.setInputFiles({
    name: 'wrong.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format":"plimsoll-journal/1","events":[{"id":1}]}'),
  });
  await expect(page.getByRole('list', { name: 'Faults' })).toContainText('/events/0');
  await expect(past(page)).toHaveCount(0);
  await input.setInputFiles(path);
  await expect(past(page)).toHaveCount(2);
  await expect(past(page).filter({ hasText: 'yes' })).toHaveCount(1);
});
