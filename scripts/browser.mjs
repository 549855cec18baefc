// @ts-check
/**
 * Finds a browser for the browser tests, or gets one:
 *
 *   node scripts/browser.mjs      prints which one; exit status 1 when there is none and none could be had
 *
 * Order: PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH or CHROME_PATH · the build that Playwright downloaded · the PATH · usual places ·
 * `playwright install chromium` · Debian's package, as root. E2E_NO_INSTALL=1 forbids the last two.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { ROOT } from './installed.mjs';

/** Browsers of the Chromium family, by the names packages give them. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'brave-browser'];

/**
 * @typedef {object} Browser
 * @property {'environment' | 'playwright' | 'system'} source
 * @property {string} path
 */

const isExecutable = (/** @type {string} */ path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** @returns {string[]} Places where an installer puts a browser without putting it on the PATH. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? []);
    return roots.flatMap((root) => [
      join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  }
  return ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'];
}

/**
 * The browser to use, without installing anything. Throws when the environment names one that cannot be run.
 *
 * @returns {Browser | undefined}
 */
export function findBrowser() {
  const named = process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH ?? process.env.CHROME_PATH;
  if (named) {
    if (!isExecutable(named)) throw new Error(`The environment names a browser that cannot be run: ${named}`);
    return { source: 'environment', path: named };
  }
  const downloaded = chromium.executablePath();
  if (existsSync(downloaded)) return { source: 'playwright', path: downloaded };
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  const path = [...onPath, ...usualPlaces()].find(isExecutable);
  return path === undefined ? undefined : { source: 'system', path };
}

/** @param {string} command @param {string[]} arguments_ */
function attempt(command, arguments_) {
  console.error(`No browser yet; trying: ${command} ${arguments_.join(' ')}`);
  return spawnSync(command, arguments_, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status === 0;
}

/** @returns {Browser} Throws, saying what to do, when there is none and none can be had. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  if (process.env.E2E_NO_INSTALL !== '1') {
    attempt(process.execPath, [join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js'), 'install', 'chromium']);
    const downloaded = findBrowser();
    if (downloaded) return downloaded;
    if (process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get') && attempt('apt-get', ['update'])) {
      attempt('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
    }
    const packaged = findBrowser();
    if (packaged) return packaged;
  }
  throw new Error(
    'There is no browser for the browser tests. Install Chromium, Chrome, Edge or Brave, run `npm run browser:install`, ' +
      'or name one in PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH.',
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const { source, path } = ensureBrowser();
    console.log(`browser: ${path} (${source})`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
