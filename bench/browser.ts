/** What the benches in a real browser share: pages built and served, and what a page costs, as the browser itself counts it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { launchOptions } from '../e2e/browser.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES_CONFIG = fileURLToPath(new URL('./pages/vite.config.ts', import.meta.url));

export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the built app with its own headers; builds it when there is no build, or one older than the sources. */
export async function serveApp(): Promise<Served> {
  const built = `${ROOT}dist/index.html`;
  if (!existsSync(built) || newest(`${ROOT}src`) > statSync(built).mtimeMs) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  }
  return serve(undefined);
}

/** Builds the pages of the benches and serves them. */
export async function servePages(): Promise<Served> {
  await build({ configFile: PAGES_CONFIG, logLevel: 'error' });
  return serve(PAGES_CONFIG);
}

async function serve(configFile: string | undefined): Promise<Served> {
  const server = await preview({
    ...(configFile ? { configFile } : { root: ROOT }),
    logLevel: 'silent',
    preview: { port: 0, host: '127.0.0.1', open: false },
  });
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );

/** Runs with a browser of its own, and closes it whatever happens. */
export async function withBrowser<T>(run: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch(launchOptions());
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}

export const VIEWPORT = { width: 1280, height: 760 } as const;

/** Share of the time that `run` takes in which the page's main thread is in a task, 0 … 1. */
export type BusyWhile = (run: () => Promise<void>) => Promise<number>;

/**
 * Reads the browser's own count of the time that the page's main thread spent in tasks, or of the processor time that it had: a machine
 * with other work lengthens the first and not the second.
 */
export async function mainThreadOf(page: Page, counted: 'TaskDuration' | 'ThreadTime' = 'TaskDuration'): Promise<BusyWhile> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async (): Promise<{ readonly task: number; readonly at: number }> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { task: value(counted), at: value('Timestamp') };
  };
  return async (run) => {
    const before = await read();
    await run();
    const after = await read();
    return (after.task - before.task) / (after.at - before.at);
  };
}

/** Resident memory, MB, of the largest renderer of a browser; null where the system does not say (not Linux). */
export async function rendererMemory(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const resident = processInfo
    .filter((process) => process.type === 'renderer')
    .flatMap(({ id }) => {
      const status = `/proc/${id}/status`;
      const found = existsSync(status) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) : null;
      return found ? [(Number(found[1]) * 1024) / 1e6] : [];
    });
  return resident.length > 0 ? Math.max(...resident) : null;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
