/** A slider of the built app's what-if, from its move to the painted result: one account exactly, and all accounts of a generated desk. */
import { chromium, type Page } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { type Served, serveApp, VIEWPORT } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ROUNDS = 15;
const OPENING_MS = 180_000;
const RESULT = '[data-answers-all]';

/** Moves the slider one step at a time; each time until the frame that shows its result. */
async function moves(page: Page): Promise<number[]> {
  return page.evaluate(
    async ({ rounds, result }) => {
      const slider = document.querySelector<HTMLInputElement>('#stress input[type="range"][aria-label="All markets move"]');
      if (!slider) throw new Error('no slider');
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const shown = (): string => document.querySelector(result)?.getAttribute('data-answers-all') ?? '';
      const times: number[] = [];
      for (let i = 0; i <= rounds; i++) {
        await frame();
        const percent = -1 - (i % 7) * 2;
        set?.call(slider, String(percent));
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        while (Number(shown()) !== percent / 100) await frame();
        if (i > 0) times.push(performance.now() - start);
      }
      return times;
    },
    { rounds: ROUNDS, result: RESULT },
  );
}

async function timesOf(app: Served, accounts: number): Promise<number[]> {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    if (accounts === 1) await page.goto(`${app.url}?feed=none#stress`);
    else {
      await page.goto(`${app.url}?feed=none#desk/1?population=${accounts}.42`);
      await page.waitForSelector('[role="row"][aria-rowindex="2"]', { timeout: OPENING_MS });
      await page.getByRole('link', { name: 'Stress' }).click();
      await page.getByRole('button', { name: 'All loaded accounts' }).click();
    }
    await page.waitForSelector(RESULT, { timeout: OPENING_MS });
    return await moves(page);
  } finally {
    await browser.close();
  }
}

export const pageSliders: Bench = async (report) => {
  const app = await serveApp();
  try {
    for (const [figure, accounts, goal] of [
      ['slider-1', 1, '≤ 33 ms'],
      ['slider-100k', 100_000, '≤ 50 ms'],
      ['slider-1m', 1_000_000, '≤ 250 ms'],
    ] as const) {
      const times = await timesOf(app, accounts);
      report({
        bench: 'stress',
        figure,
        value: quantile(times, 0.5),
        unit: 'ms',
        goal,
        runs: times.length,
        spread: spreadOf(times),
        note:
          accounts === 1
            ? 'slider to painted result, one account exactly, with what moved it'
            : 'slider to painted counts, totals and list, Chromium',
      });
    }
  } finally {
    await app.close();
  }
};
