/** How the browser tests start a browser: the one that scripts/browser.mjs finds, quiet and the same on every machine. */
import type { LaunchOptions } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';

const QUIET_AND_STEADY = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** Throws when there is no browser; `npm run browser:install` gets one. */
export function launchOptions(): LaunchOptions {
  const browser = findBrowser();
  if (!browser) throw new Error('There is no browser for the browser tests: run `npm run browser:install`.');
  return { args: QUIET_AND_STEADY, ...(browser.source === 'playwright' ? {} : { executablePath: browser.path }) };
}
