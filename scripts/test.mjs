// @ts-check
/**
 * `npm test`: everything that must hold, in order, cheapest first; stops at the first step that fails.
 *
 *   node scripts/test.mjs [STEP…]      only these steps, in the order below
 *
 * The last line is `N passed, N failed` (and `, N skipped`): the unit, slow and browser tests' own counts. A step that
 * is no test runner and fails counts as one failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './installed.mjs';

const REPORTS = join(ROOT, 'node_modules', '.cache', 'plimsoll', 'reports');
const UNIT_REPORT = join(REPORTS, 'unit.json');
const SLOW_REPORT = join(REPORTS, 'slow.json');
const BROWSER_REPORT = join(REPORTS, 'browser.json');

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {object} Step
 * @property {string} name
 * @property {string} what for people
 * @property {string} program path below node_modules, or of this project
 * @property {readonly string[]} arguments
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {() => Counts} [counts] the runner's own counts, read after it ended
 */

/**
 * One of the projects of vite.config.ts.
 * @type {(project: string, what: string, reportPath: string, ...more: string[]) => Step}
 */
const vitest = (project, what, reportPath, ...more) => ({
  name: project,
  what,
  program: 'node_modules/vitest/vitest.mjs',
  arguments: ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`, ...more],
  counts: () => {
    const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = report(reportPath);
    return { passed: numPassedTests, failed: numFailedTests || numFailedTestSuites, skipped: numPendingTests + numTodoTests };
  },
});

/** @type {readonly Step[]} */
const STEPS = [
  { name: 'types', what: 'types and folder references', program: 'node_modules/typescript/bin/tsc', arguments: ['-b', '--force'] },
  {
    name: 'lint',
    what: 'lint and format',
    program: 'node_modules/@biomejs/biome/bin/biome',
    arguments: ['check', '--error-on-warnings', '--max-diagnostics=50'],
  },
  { name: 'boundaries', what: 'import walls', program: 'scripts/boundaries.mjs', arguments: [] },
  { name: 'knip', what: 'unused code and dependencies', program: 'node_modules/knip/bin/knip.js', arguments: ['--no-progress'] },
  vitest('unit', 'unit and property tests', UNIT_REPORT),
  // Some of them wait for sockets and processes: one thread more than processors keeps these busy.
  vitest('slow', 'long property tests, recordings, command lines', SLOW_REPORT, `--maxWorkers=${availableParallelism() + 1}`),
  { name: 'build', what: 'production build', program: 'node_modules/vite/bin/vite.js', arguments: ['build', '--logLevel', 'warn'] },
  { name: 'size', what: 'size budgets', program: 'node_modules/size-limit/bin.js', arguments: [] },
  { name: 'browser', what: 'a browser to test in', program: 'scripts/browser.mjs', arguments: [] },
  {
    name: 'e2e',
    what: 'browser tests',
    program: 'node_modules/@playwright/test/cli.js',
    arguments: ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: BROWSER_REPORT },
    counts: () => {
      const { expected, flaky, unexpected, skipped } = report(BROWSER_REPORT).stats;
      return { passed: expected + flaky, failed: unexpected, skipped };
    },
  },
];

/** @param {string} path */
const report = (path) => JSON.parse(readFileSync(path, 'utf8'));

const seconds = (/** @type {number} */ sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * @param {Step} step
 * @returns {Counts & { ok: boolean }}
 */
function run(step) {
  console.log(`\n── ${step.name}: ${step.what}`);
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, [join(ROOT, step.program), ...step.arguments], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...step.environment },
  });
  const ok = status === 0;
  console.log(`── ${step.name}: ${ok ? 'passed' : 'FAILED'} in ${seconds(startMs)}`);
  return { ok, ...countsOf(step, ok) };
}

/**
 * @param {Step} step
 * @param {boolean} ok
 * @returns {Counts}
 */
function countsOf(step, ok) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = step.counts?.() ?? counts;
  } catch {
    // A runner that died before it wrote its report has no counts; it is one failure, below.
  }
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`No such step: ${unknown.join(', ')}. Steps: ${STEPS.map((step) => step.name).join(', ')}.`);
  const startMs = performance.now();
  ensureInstalled({ thorough: true });
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const step of STEPS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { ok, passed, failed, skipped } = run(step);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    if (!ok) {
      console.log(`\nStopped: ${step.what} failed. Again, alone: node scripts/test.mjs ${step.name}`);
      process.exitCode = 1;
      break;
    }
  }
  console.log(`\nTook ${seconds(startMs)}.`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
