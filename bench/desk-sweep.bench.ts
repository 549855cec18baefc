/** The full sweep in a browser's worker, against summing the same bytes and against objects. */
import { servePages, withBrowser } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';
import type { SweepReply, SweepRequest, SweepTimes } from './pages/sweep-messages.ts';

const ROUNDS = 21;
const ACCOUNTS = 1_000_000;

export const sweep: Bench = async (report) => {
  const pages = await servePages();
  try {
    const { bytes, positions, worst, times } = await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(`${pages.url}sweep.html`);
      return page.evaluate(
        (request) => (window as unknown as { measure: (request: SweepRequest) => Promise<SweepReply> }).measure(request),
        { accounts: ACCOUNTS, rounds: ROUNDS, withObjects: true },
      );
    });
    if (!(worst < 1e-12)) throw new Error(`The sweep differs from the objects by ${worst}.`);
    const median = (of: (round: SweepTimes) => number): number => quantile(times.map(of), 0.5);
    const compiled = times.map((round) => round.compiled);
    const base = { bench: 'desk', value: quantile(compiled, 0.5), unit: 'ms', runs: ROUNDS, spread: spreadOf(compiled) } as const;
    report({
      ...base,
      figure: 'sweep',
      against: `summing the same ${(bytes / 1e6).toFixed(0)} MB in vector instructions, same worker`,
      ratio: median((round) => round.compiled / round.memory),
      goal: '≤ 1.25',
      note: `1,000,000 accounts, ${positions.toLocaleString('en')} positions, six columns; memory ${median((round) => round.memory).toFixed(1)} ms; plain twin ${median((round) => round.plain).toFixed(1)} ms, ${median((round) => round.plain / round.memory).toFixed(2)} × (goal ≤ 2.5)`,
    });
    report({
      ...base,
      figure: 'sweep-objects',
      against: 'objects and plain numbers updated in place, same worker',
      ratio: median((round) => round.compiled / round.objects),
      goal: '≤ 0.1',
      note: `objects ${median((round) => round.objects).toFixed(0)} ms; largest difference of a sum from theirs ${worst.toExponential(1)} of the account's gross size`,
    });
  } finally {
    await pages.close();
  }
};
