/**
 * A million accounts on the desk, and a page that stays free. Runs after all other browser tests and beside none: a second page takes the
 * processor's time and caches away.
 */
import { type Browser, type Page, test } from '@playwright/test';
import { expect, grid, matched, openDesk } from './desk-steps.ts';

interface Task {
  /** What the processor spent on it. */
  readonly cpuMs: number;
  /** From its beginning to its end, by the clock. */
  readonly wallMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly frames?: readonly { url: string; processId: number }[] } };
}

/**
 * Every task of the page's main thread while `run` runs: script, style, layout, paint and collected garbage. By the processor's time and
 * by the clock's: what the machine gave to others while a task was under way is in the second alone.
 */
async function tasksWhile(browser: Browser, page: Page, run: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await run();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const frames = traceEvents.flatMap(({ name, args }) => (name === 'TracingStartedInBrowser' ? (args?.data?.frames ?? []) : []));
  const processId = frames.find(({ url }) => url.startsWith('http'))?.processId;
  const main = traceEvents.find(({ name, pid, args }) => name === 'thread_name' && args?.name === 'CrRendererMain' && pid === processId);
  return traceEvents
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && pid === main?.pid && tid === main.tid)
    .map(({ dur = 0, tdur = dur }) => ({ cpuMs: tdur / 1000, wallMs: dur / 1000 }));
}

const LONG_TASK_MS = 50;
const ROUNDS_MAX = 5;
const busyFor = (page: Page, ms: number): Promise<void> =>
  page.evaluate((forMs) => {
    const endMs = performance.now() + forMs;
    while (performance.now() < endMs);
  }, ms);

test('a million accounts: no task of the page takes 50 ms while prices tick and the table is scrolled', async ({ page, browser }) => {
  test.setTimeout(300_000);
  await openDesk(page, 'population=1000000.42', 1_000_000, '?feed=simulated&seed=7');
  expect(await matched(page)).toBe(1_000_000);
  const box = (await grid(page).boundingBox())!;
  const text = () => grid(page).locator('[role="row"][aria-rowindex]').nth(3).innerText();
  // What is counted: from the first rows on, with prices ticking, panels and all.
  const scrolled = async (): Promise<void> => {
    await page.mouse.move(box.x + 300, box.y + 200);
    for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 40 * 2 ** (i % 8));
    await page.mouse.move(box.x + 300, box.y - 60);
    await grid(page).focus();
    for (const key of ['End', 'Home', 'PageDown', 'PageDown', 'PageUp', 'ControlOrMeta+End', 'ControlOrMeta+Home']) {
      await page.keyboard.press(key);
    }
    for (const part of [0.1, 0.9, 0.5, 0.25, 0.75]) {
      await grid(page).evaluate((element, to) => element.scrollTo(0, to * element.scrollHeight), part);
      await expect.poll(text).toMatch(/\w/);
    }
    await grid(page).evaluate((element) => element.scrollTo(0, 0));
    // Prices tick: rows in sight change by themselves.
    for (let i = 0; i < 3; i++) {
      const before = await grid(page).innerText();
      await expect.poll(() => grid(page).innerText()).not.toBe(before);
    }
  };
  const longest = (measure: (task: Task) => number, tasks: readonly Task[]): number => Math.max(...tasks.map(measure));
  // A task of the page's own is long in every round; one that a busy machine held up, its caches taken away, is not.
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS_MAX && !rounds.some((ms) => ms < LONG_TASK_MS); round++) {
    const tasks = await tasksWhile(browser, page, scrolled);
    rounds.push(longest((task) => task.cpuMs, tasks));
    console.log(
      `${tasks.length} tasks; longest ${rounds.at(-1)?.toFixed(1)} ms of the processor, ${longest((task) => task.wallMs, tasks).toFixed(1)} ms by the clock`,
    );
    expect(tasks.length).toBeGreaterThan(300);
  }
  expect(Math.min(...rounds)).toBeLessThan(LONG_TASK_MS);
  // The measure sees a task that is too long, also where the machine gives it a tenth of the time.
  const slow = await tasksWhile(browser, page, () => busyFor(page, 20 * LONG_TASK_MS));
  expect(longest((task) => task.cpuMs, slow)).toBeGreaterThan(LONG_TASK_MS);
});
