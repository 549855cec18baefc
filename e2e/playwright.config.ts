import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './browser.ts';

/** A port of its own, so that a page somebody left running on the usual one is never tested by mistake. */
const PORT = Number(process.env.E2E_PORT ?? 4187);
const IS_CI = Boolean(process.env.CI);
const ROOT = join(import.meta.dirname, '..');
const ADDRESS = `http://127.0.0.1:${PORT}`;

/** Tests that measure run after the others, one at a time. */
const ALONE = /\.alone\.spec\.ts$/;
const PAGE = { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 }, launchOptions: launchOptions() };

/** Runs against the built page: `npm run build` comes first. */
export default defineConfig({
  testDir: '.',
  outputDir: join(ROOT, 'test-results'),
  fullyParallel: true,
  forbidOnly: IS_CI,
  retries: IS_CI ? 1 : 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 7_500 },
  reporter: 'list',
  use: {
    baseURL: ADDRESS,
    trace: 'retain-on-failure',
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'dark',
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'chromium', testIgnore: ALONE, use: PAGE },
    { name: 'alone', testMatch: ALONE, dependencies: ['chromium'], use: PAGE },
  ],
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${PORT} --strictPort`,
    cwd: ROOT,
    url: ADDRESS,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
