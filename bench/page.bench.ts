/** The page as its user meets it: the built app, served locally, in a real browser. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { ROOT, serveApp } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ROUNDS = 21;
const GAUGE = '[role="meter"][aria-label="Margin ratio"]';

export const page: Bench = async (report) => {
  const { url, close } = await serveApp();
  const browser = await chromium.launch(launchOptions());
  try {
    const first: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const tab = await context.newPage();
      const measured = await firstGauge(tab, url);
      if (i > 0) first.push(measured);
      await context.close();
    }
    report({
      bench: 'engine',
      figure: 'page-first-gauge',
      value: quantile(first, 0.5),
      unit: 'ms',
      goal: '≤ 1000',
      runs: first.length,
      spread: spreadOf(first),
      note: 'navigation to the first live margin ratio, new profile each time',
    });
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await firstGauge(tab, url);
    const moves = await sliderMoves(tab);
    report({
      bench: 'engine',
      figure: 'page-slider',
      value: quantile(moves, 0.5),
      unit: 'ms',
      goal: '≤ 33',
      runs: moves.length,
      spread: spreadOf(moves),
      note: 'input event to the frame after the result is in the document',
    });
    const bytes = firstLoadBytes();
    report({
      bench: 'engine',
      figure: 'page-javascript',
      value: bytes / 1000,
      unit: 'kB',
      goal: '≤ 90',
      runs: 1,
      spread: [bytes / 1000, bytes / 1000],
      note: 'entry and what it imports statically, gzip -9; charts, dialogs and tables come after the gauges',
    });
  } finally {
    await browser.close();
    await close();
  }
};

/** Navigates; resolves with the time, since navigation began, of the frame after the gauge first had a value. */
async function firstGauge(tab: Page, url: string): Promise<number> {
  await tab.addInitScript((selector) => {
    const found = (): boolean => document.querySelector(selector)?.hasAttribute('aria-valuenow') ?? false;
    const watch = new MutationObserver(() => {
      if (!found()) return;
      watch.disconnect();
      requestAnimationFrame(() => Object.assign(window, { firstGaugeMs: performance.now() }));
    });
    watch.observe(document, { childList: true, subtree: true, attributes: true });
  }, GAUGE);
  await tab.goto(url);
  const handle = await tab.waitForFunction(() => (window as unknown as { firstGaugeMs?: number }).firstGaugeMs, undefined, {
    timeout: 30_000,
  });
  return (await handle.jsonValue()) ?? Number.NaN;
}

interface ManifestChunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

/** The entry and every chunk it imports statically, gzip -9, in bytes: what must arrive before anything is drawn. */
function firstLoadBytes(): number {
  const chunks = JSON.parse(readFileSync(`${ROOT}dist/.vite/manifest.json`, 'utf8')) as Record<string, ManifestChunk>;
  const reached = new Set<string>();
  const reach = (key: string): void => {
    if (reached.has(key)) return;
    reached.add(key);
    for (const next of chunks[key]?.imports ?? []) reach(next);
  };
  for (const key of Object.keys(chunks)) if (chunks[key]?.isEntry) reach(key);
  return [...reached].reduce((sum, key) => sum + gzipSync(readFileSync(`${ROOT}dist/${chunks[key]?.file}`), { level: 9 }).length, 0);
}

/** Moves the all-markets slider one step at a time; each time until the frame after its result is shown. */
async function sliderMoves(tab: Page): Promise<number[]> {
  await tab.getByRole('slider', { name: 'All markets move' }).waitFor();
  return tab.evaluate(async (rounds) => {
    const slider = document.querySelector<HTMLInputElement>('input[type="range"][aria-label="All markets move"]');
    if (!slider) throw new Error('no slider');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = (): string => document.querySelector('[data-what-if-move]')?.getAttribute('data-what-if-move') ?? '';
    const times: number[] = [];
    for (let i = 0; i <= rounds; i++) {
      await frame();
      const before = shown();
      set?.call(slider, String(-1 - (i % 7) * 2));
      const start = performance.now();
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      while (shown() === before) await frame();
      if (i > 0) times.push(performance.now() - start);
    }
    return times;
  }, ROUNDS);
}
