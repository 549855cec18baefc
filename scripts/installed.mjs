// @ts-check
/** Whether the dependencies on disk are those of the lockfile, and `npm ci` when they are not. Uses Node's own modules only. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile
 */

/**
 * Names of packages that the lockfile wants and the disk has not, or has in another version. npm keeps its own record of
 * what it installed in node_modules/.package-lock.json; packages for other platforms are optional and may be absent.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function missingPackages(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return ['node_modules'];
  const read = (/** @type {string} */ path) => /** @type {Lockfile} */ (JSON.parse(readFileSync(path, 'utf8'))).packages ?? {};
  const installed = read(record);
  return Object.entries(read(join(root, 'package-lock.json'))).flatMap(([path, wanted]) => {
    if (path === '') return [];
    const present = installed[path];
    const isRight = present ? present.version === wanted.version : wanted.optional === true;
    return isRight ? [] : [path];
  });
}

/**
 * Runs `npm ci` when a package is missing. Everything npm says goes to standard error. Throws when it fails.
 *
 * @param {{ thorough: boolean }} how `thorough` compares every version; otherwise only looks whether anything is installed
 */
export function ensureInstalled({ thorough }) {
  const isInstalled = thorough ? missingPackages(ROOT).length === 0 : existsSync(join(ROOT, 'node_modules', '.package-lock.json'));
  if (isInstalled) return;
  console.error('Installing dependencies (npm ci) …');
  const arguments_ = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: ROOT, stdio: ['ignore', 2, 2] };
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...arguments_], options)
    : spawnSync('npm', arguments_, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('npm ci failed; its output stands above.');
}
