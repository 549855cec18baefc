/** Price paths over a generated desk in the built app, by its own pool of workers; and what one path costs in Node, as books grow. */
import { chromium } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { PathPlayer } from '../src/engine/stress-columns/paths.ts';
import { atOnce } from '../src/session/desk/placing.ts';
import { type PathsCommand, pathsOf } from '../src/session/stress/paths.ts';
import { serveApp, VIEWPORT } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';
import { elapsed, stressDesk } from './stress-scene.ts';

const ACCOUNTS = 10_000;
const PATHS = 10_000;
const RUNS = 5;
const WISH: PathsCommand = {
  kind: 'stress-paths',
  requestId: 9_000_001,
  paths: PATHS,
  seed: 1,
  sigmas: {},
  otherwise: 0.04,
  common: 0.7,
  days: 1,
};

interface Run {
  readonly ms: number;
  readonly firstMs: number;
  readonly answers: number;
  readonly processors: number;
}

/** Asks the page's engine as the page itself would. */
async function runsInPage(): Promise<Run[]> {
  const app = await serveApp();
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.addInitScript(() => {
      const Real = window.Worker;
      window.Worker = class extends Real {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          if (options?.name === 'engine') (window as unknown as { engine: Worker }).engine = this;
        }
      };
    });
    await page.goto(`${app.url}?feed=none#desk/1?population=${ACCOUNTS}.42`);
    await page.waitForSelector('[role="row"][aria-rowindex="2"]', { timeout: 120_000 });
    const runs: Run[] = [];
    for (let i = 0; i < RUNS; i++)
      runs.push(
        await page.evaluate(
          (wish) =>
            new Promise<Run>((resolve, reject) => {
              const { engine } = window as unknown as { engine: Worker };
              const start = performance.now();
              let [firstMs, answers] = [0, 0];
              const listen = ({ data }: MessageEvent): void => {
                if (data.requestId !== wish.requestId) return;
                if (data.kind === 'failed') reject(new Error(JSON.stringify(data.faults)));
                answers++;
                firstMs ||= performance.now() - start;
                if (!data.isFinal) return;
                engine.removeEventListener('message', listen);
                resolve({ ms: performance.now() - start, firstMs, answers, processors: navigator.hardwareConcurrency });
              };
              engine.addEventListener('message', listen);
              engine.postMessage(wish);
            }),
          { ...WISH, requestId: WISH.requestId + i },
        ),
      );
    return runs;
  } finally {
    await browser.close();
    await app.close();
  }
}

/** ms of one path, one thread. */
function costOf(accounts: number, markets: number, days: number): string {
  const desk = stressDesk(accounts, markets);
  const { plan } = atOnce(pathsOf(desk, { ...WISH, days }, (bytes) => new ArrayBuffer(bytes)));
  const player = new PathPlayer(plan);
  const count = accounts > 10_000 ? 30 : 200;
  const ms = elapsed(() => {
    for (let i = 0; i < count; i++) player.play(i);
  });
  return `${accounts.toLocaleString('en')} × ${markets}, ${plan.model.steps} steps: ${(ms / count).toPrecision(2)} ms`;
}

export const paths: Bench = async (report) => {
  const grown = [costOf(10_000, 50, 1), costOf(10_000, 50, 4), costOf(10_000, 200, 1), costOf(100_000, 50, 1)];
  const runs = await runsInPage();
  const seconds = runs.map(({ ms }) => ms / 1_000);
  const median = (of: (run: Run) => number): number => quantile(runs.map(of), 0.5);
  report({
    bench: 'stress',
    figure: 'paths',
    value: quantile(seconds, 0.5),
    unit: 's',
    goal: '≤ 10 s',
    runs: RUNS,
    spread: spreadOf(seconds),
    note: `in the built page on ${runs[0]?.processors} processors, 24 steps a path, first answer after ${median(({ firstMs }) => firstMs).toFixed(0)} ms, ${median(({ answers }) => answers)} answers; a path on one thread in Node: ${grown.join('; ')}`,
  });
};
