/** A tick of the recorded crash over 100,000 generated accounts, until the alarms that it raises are painted. */
import { chromium, type Page } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { serveApp, sleep, VIEWPORT } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ACCOUNTS = 100_000;
const STARTS_MS = Date.UTC(2025, 9, 10, 20, 50);
const STEP_MS = 60_000;
const ROUNDS = 21;
/** Between two ticks everything comes to rest. */
const REST_MS = 2_500;
const PATIENCE_MS = 20_000;

/** ms from the command that moves the prices to the frame after the alarms' figures changed; NaN where nothing was raised. */
const paintedAfter = (page: Page, timeMs: number, patienceMs: number): Promise<number> =>
  page.evaluate(
    ([time, patience]) =>
      new Promise<number>((done) => {
        const slider = document.querySelector<HTMLInputElement>('input[aria-label="Time in the recording"]')!;
        const section = document.querySelector('section[aria-label="Desk alarms"]')!;
        const told = (): string => section.querySelector('[aria-label="Flood"]')?.textContent ?? section.textContent ?? '';
        const before = told();
        const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
        const startMs = performance.now();
        const timer = setTimeout(() => end(Number.NaN), patience);
        const watch = new MutationObserver(() => {
          if (told() === before) return;
          watch.disconnect();
          requestAnimationFrame(() => setTimeout(() => end(performance.now() - startMs)));
        });
        const end = (ms: number): void => {
          clearTimeout(timer);
          watch.disconnect();
          done(ms);
        };
        watch.observe(section, { childList: true, characterData: true, subtree: true });
        setValue.call(slider, String(time));
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    [timeMs, patienceMs] as const,
  );

export const alarms: Bench = async (report) => {
  const { url, close } = await serveApp();
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${url}?feed=replay&file=2025-10-10&clock=manual#desk/1?population=${ACCOUNTS}.42`);
    await page
      .getByRole('region', { name: 'Coverage' })
      .getByText(/accounts loaded/)
      .waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /^Alarms/ }).click();
    await page.getByRole('table', { name: 'Desk alarms' }).waitFor({ timeout: 120_000 });
    const painted: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      await sleep(REST_MS);
      painted.push(await paintedAfter(page, STARTS_MS + i * STEP_MS, PATIENCE_MS));
    }
    const found = painted.slice(1).filter((ms) => !Number.isNaN(ms));
    report({
      bench: 'alarms',
      figure: 'alarm-paint',
      value: quantile(found, 0.5),
      unit: 'ms',
      goal: '≤ 250',
      runs: found.length,
      spread: spreadOf(found),
      note: 'command that moves the recorded crash on by a minute to the frame with the alarms it raised, 100,000 accounts, shipped rules',
    });
  } finally {
    await browser.close();
    await close();
  }
};
