/** A million accounts in eight columns, from the worker to the page: through shared memory, by transfer, and cloned. */
import { servePages, withBrowser } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ROUNDS = 21;
const WAYS = ['clone', 'shared', 'transfer'] as const;
type Way = (typeof WAYS)[number];

export const publish: Bench = async (report) => {
  const pages = await servePages();
  try {
    const rounds = await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(`${pages.url}publish.html`);
      return page.evaluate(async (count) => {
        const { round } = window as unknown as { round: (index: number) => Promise<Record<Way, number>> };
        await round(0);
        await round(1);
        const times: Record<Way, number>[] = [];
        for (let i = 0; i < count; i++) times.push(await round(i));
        return times;
      }, ROUNDS);
    });
    const ratio = (way: Way): number =>
      quantile(
        rounds.map((round) => round[way] / round.clone),
        0.5,
      );
    const line = (figure: string, way: Way, goal: string, note: string): void => {
      const times = rounds.map((round) => round[way]);
      report({
        bench: 'desk',
        figure,
        value: quantile(times, 0.5),
        unit: 'ms',
        against: 'structured clone of 8 Float64 columns of 1,000,000, same run',
        ratio: ratio(way),
        goal,
        runs: ROUNDS,
        spread: spreadOf(times),
        note,
      });
    };
    const clone = quantile(
      rounds.map((round) => round.clone),
      0.5,
    );
    line('publish', 'shared', '≤ 1/300', `asked for until read, columns shared with the worker; clone ${clone.toFixed(1)} ms`);
    line('publish-fallback', 'transfer', '≤ 1/10', 'a buffer that goes to and fro, filled by the worker; for pages that share no memory');
  } finally {
    await pages.close();
  }
};
