/** Other tables on the stream of bench/pages/stream.ts, in browsers of their own. */
import { type Browser, chromium } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { type BusyWhile, mainThreadOf, sleep, VIEWPORT } from './browser.ts';

/** A table that can be set going and stopped. */
export interface Subject {
  readonly name: string;
  /** Main-thread share while it runs for `ms`, 0 … 1, and the updates a second that it showed. */
  readonly run: (ms: number) => Promise<{ readonly busy: number; readonly updates: number }>;
  readonly close: () => Promise<void>;
}

/** Opens `page` of the benches and waits for its first rows. */
export async function openPeer(name: string, url: string): Promise<Subject> {
  const browser: Browser = await chromium.launch(launchOptions());
  const page = await browser.newPage({ viewport: VIEWPORT });
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  await page.goto(url);
  await page.waitForFunction(() => 'subject' in window, undefined, { timeout: 60_000 });
  const call = (method: 'start' | 'stop' | 'ready'): Promise<number> =>
    page.evaluate(async (name) => {
      const { subject } = window as unknown as { subject: { ready: Promise<void>; start: () => void; stop: () => number } };
      if (name === 'ready') await subject.ready;
      else if (name === 'stop') return subject.stop();
      else subject.start();
      return 0;
    }, method);
  await call('ready');
  const busyWhile: BusyWhile = await mainThreadOf(page);
  return {
    name,
    run: async (ms) => {
      let updates = 0;
      const busy = await busyWhile(async () => {
        await call('start');
        await sleep(ms);
        updates = await call('stop');
      });
      if (failures.length > 0) throw new Error(`${name}: ${failures.join('; ')}`);
      return { busy, updates: updates / (ms / 1000) };
    },
    close: () => browser.close(),
  };
}
