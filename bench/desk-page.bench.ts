/** The built app's desk with a generated million accounts that all move ten times a second, sorted by buffer, as a user meets it. */
import { type Browser, chromium, type Page } from '@playwright/test';
import { launchOptions } from '../e2e/browser.ts';
import { type BusyWhile, mainThreadOf, rendererMemory, type Served, serveApp, servePages, sleep, VIEWPORT } from './browser.ts';
import { openPeer, type Subject } from './desk-peers.ts';
import { KNOWN_ROW, probeDesk, setSpeed } from './desk-probe.ts';
import { type Bench, type BenchLine, quantile, spreadOf } from './harness.ts';

const MILLION = 1_000_000;
/** Simulated steps are a second apart: ten a second at tenfold speed, one with every beat of the engine. */
const UPDATES_PER_SECOND = 10;
const TABLE_MS = 30_000;
const SETTLE_MS = 4_000;
const SCROLL_FRAMES = 300;
const SCROLL_PIXELS = [48, 2_000, 100_000] as const;
const OPENINGS = 3;
const ROUNDS = 21;
const ROUND_MS = 1_500;
const PEER_ROWS = 100_000;

type Report = (line: BenchLine) => void;

const deskAddress = (app: Served, accounts: number): string =>
  `${app.url}?feed=simulated&seed=42&speed=${UPDATES_PER_SECOND}#desk/1?population=${accounts}.42&sort=marginExcess:up`;

interface Desk {
  readonly browser: Browser;
  readonly page: Page;
  /** ms from the command that opens the book, and from navigation, to the frame that showed its first rows. */
  readonly openedMs: { readonly sinceAsked: number; readonly sinceNavigation: number };
}

/** The columns that the other tables have, and no others. */
const PEER_COLUMNS = ['state', 'account', 'equity', 'grossNotional', 'leverage', 'marginRatio', 'marginExcess', 'bufferShare'];
const OTHER_COLUMNS = ['nearest', 'biggest', 'venue', 'age'];
const PEER_SETTINGS = {
  tables: {
    desk: {
      columnOrder: PEER_COLUMNS,
      columnVisibility: Object.fromEntries(OTHER_COLUMNS.map((id) => [id, false])),
      sorting: [],
    },
  },
};

/** Opens the desk in a browser of its own, with what its settings remember. */
async function openDesk(app: Served, accounts: number, settings: object = {}): Promise<Desk> {
  const browser = await chromium.launch(launchOptions());
  const context = await browser.newContext({ viewport: VIEWPORT });
  await probeDesk(context);
  await context.addInitScript((kept) => localStorage.setItem('plimsoll/settings/1', kept), JSON.stringify(settings));
  const page = await context.newPage();
  await page.goto(deskAddress(app, accounts));
  await page.waitForSelector(KNOWN_ROW, { timeout: 120_000 });
  const handle = await page.waitForFunction(() => window.deskProbe.opened(), undefined, { timeout: 120_000 });
  const opened = await handle.jsonValue();
  if (!opened) throw new Error('The desk showed no rows.');
  return { browser, page, openedMs: { sinceAsked: opened.shownMs - opened.askedMs, sinceNavigation: opened.shownMs } };
}

export const table: Bench = async (report) => {
  const app = await serveApp();
  try {
    const openings: Desk['openedMs'][] = [];
    for (let i = 1; i < OPENINGS; i++) {
      const { browser, openedMs } = await openDesk(app, MILLION);
      openings.push(openedMs);
      await browser.close();
    }
    const desk = await openDesk(app, MILLION);
    try {
      openings.push(desk.openedMs);
      reportOpenings(report, openings);
      await sleep(SETTLE_MS);
      await reportTable(report, desk.page);
      const memory = await rendererMemory(desk.browser);
      await reportScroll(report, desk.page);
      reportMemory(report, memory, await rendererMemory(desk.browser));
    } finally {
      await desk.browser.close();
    }
  } finally {
    await app.close();
  }
};

function reportOpenings(report: Report, openings: readonly Desk['openedMs'][]): void {
  const asked = openings.map(({ sinceAsked }) => sinceAsked);
  const whole = quantile(
    openings.map(({ sinceNavigation }) => sinceNavigation),
    0.5,
  );
  report({
    bench: 'desk',
    figure: 'first-rows',
    value: quantile(asked, 0.5) / 1_000,
    unit: 's',
    goal: '≤ 2',
    runs: OPENINGS,
    spread: spreadOf(asked.map((ms) => ms / 1_000)),
    note: `from the command that generates 1,000,000 accounts to the frame that shows rows, new browser each time; ${(whole / 1_000).toFixed(2)} s since navigation`,
  });
}

async function reportTable(report: Report, page: Page): Promise<void> {
  const busyWhile = await mainThreadOf(page);
  const processorWhile = await mainThreadOf(page, 'ThreadTime');
  await page.evaluate(() => window.deskProbe.start());
  const seconds: number[] = [];
  const processor = await processorWhile(async () => {
    for (let ms = 0; ms < TABLE_MS; ms += 1_000) seconds.push((await busyWhile(() => sleep(1_000))) * 100);
  });
  const { paints, frames, longTasks, elapsedMs } = await page.evaluate(() => window.deskProbe.stop());
  const updates = (paints.length / elapsedMs) * 1_000;
  const over = `30 s, 1,000,000 rows, ${updates.toFixed(1)} updates painted a second of ${UPDATES_PER_SECOND}`;
  report({
    bench: 'desk',
    figure: 'table-busy',
    value: seconds.reduce((sum, share) => sum + share, 0) / seconds.length,
    unit: '%',
    goal: '≤ 15',
    runs: seconds.length,
    spread: spreadOf(seconds),
    note: `${over}; with one animation-frame loop of the bench; ${(processor * 100).toFixed(1)} % of processor time`,
  });
  report({
    bench: 'desk',
    figure: 'table-long-tasks',
    value: longTasks.length,
    unit: 'count',
    goal: '0',
    runs: 1,
    spread: [longTasks.length, longTasks.length],
    note: longTasks.length > 0 ? `longest ${Math.max(...longTasks).toFixed(0)} ms` : over,
  });
  report({
    bench: 'desk',
    figure: 'table-frame-p95',
    value: quantile(frames, 0.95),
    unit: 'ms',
    goal: '≤ 17',
    runs: frames.length,
    spread: spreadOf(frames),
    note: `${((frames.length / elapsedMs) * 1_000).toFixed(1)} frames a second`,
  });
  report({
    bench: 'desk',
    figure: 'table-paint-p95',
    value: quantile(paints, 0.95),
    unit: 'ms',
    goal: '≤ 45',
    runs: paints.length,
    spread: spreadOf(paints),
    note: `beginning of the engine's beat to the painted frame with its rows; median ${quantile(paints, 0.5).toFixed(1)} ms`,
  });
}

async function reportScroll(report: Report, page: Page): Promise<void> {
  const runs: string[] = [];
  const blanks: number[] = [];
  for (const pixels of SCROLL_PIXELS) {
    const { blank, held, frames, elapsedMs } = await page.evaluate(({ pixels, frames }) => window.deskProbe.scroll(pixels, frames), {
      pixels,
      frames: SCROLL_FRAMES,
    });
    blanks.push(blank);
    runs.push(
      `${pixels.toLocaleString('en')} px: ${blank} blank, ${held} held, ${((frames / elapsedMs) * 1_000).toFixed(0)} frames a second`,
    );
  }
  report({
    bench: 'desk',
    figure: 'scroll-blank',
    value: blanks.reduce((sum, blank) => sum + blank, 0),
    unit: 'count',
    goal: '0',
    runs: SCROLL_PIXELS.length * SCROLL_FRAMES,
    spread: spreadOf(blanks),
    note: `of ${SCROLL_FRAMES} frames at each speed, 1,000,000 rows, while ticking: ${runs.join('; ')}`,
  });
}

function reportMemory(report: Report, after: number | null, scrolled: number | null): void {
  if (after === null || scrolled === null) return;
  report({
    bench: 'desk',
    figure: 'memory',
    value: Math.max(after, scrolled),
    unit: 'MB',
    goal: '≤ 600',
    runs: 2,
    spread: [Math.min(after, scrolled), Math.max(after, scrolled)],
    note: 'resident memory of the renderer with 1,000,000 accounts, after half a minute of ticks and after scrolling',
  });
}

/** The desk as a subject of the comparison: running at ten updates a second, or still. */
function subjectOf({ browser, page }: Desk, busyWhile: BusyWhile): Subject {
  return {
    name: 'ours',
    run: async (ms) => {
      let updates = 0;
      const busy = await busyWhile(async () => {
        await setSpeed(page, UPDATES_PER_SECOND);
        await page.evaluate(() => window.deskProbe.start());
        await sleep(ms);
        updates = (await page.evaluate(() => window.deskProbe.stop())).paints.length;
        await setSpeed(page, 0);
      });
      return { busy, updates: updates / (ms / 1_000) };
    },
    close: () => browser.close(),
  };
}

export const peers: Bench = async (report) => {
  const [app, pages] = [await serveApp(), await servePages()];
  const subjects: Subject[] = [];
  try {
    const desk = await openDesk(app, PEER_ROWS, PEER_SETTINGS);
    subjects.push(subjectOf(desk, await mainThreadOf(desk.page)));
    await sleep(SETTLE_MS);
    await setSpeed(desk.page, 0);
    subjects.push(await openPeer('AG Grid Community 36.2.0', `${pages.url}ag-grid.html`));
    subjects.push(await openPeer('Perspective 5.5.1', `${pages.url}perspective.html`));
    for (const subject of subjects) await subject.run(ROUND_MS);
    const rounds: { readonly busy: number; readonly updates: number }[][] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const round: { readonly busy: number; readonly updates: number }[] = [];
      for (let j = 0; j < subjects.length; j++) {
        const at = (i + j) % subjects.length;
        round[at] = await (subjects[at] as Subject).run(ROUND_MS);
      }
      rounds.push(round);
    }
    reportPeer(report, 'table-ag-grid', '≤ 0.2', subjects[1] as Subject, rounds, 1);
    reportPeer(report, 'table-perspective', '≤ 0.8', subjects[2] as Subject, rounds, 2);
  } finally {
    for (const subject of subjects) await subject.close();
    await pages.close();
    await app.close();
  }
};

function reportPeer(
  report: Report,
  figure: string,
  goal: string,
  { name }: Subject,
  rounds: readonly (readonly { readonly busy: number; readonly updates: number }[])[],
  peer: number,
): void {
  const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5);
  const busy = (round: (typeof rounds)[number], at: number): number => (round[at]?.busy ?? Number.NaN) * 100;
  const updates = (at: number): number => median((round) => round[at]?.updates ?? Number.NaN);
  const ours = rounds.map((round) => busy(round, 0));
  const perUpdate = median((round) => busy(round, 0) / busy(round, peer)) * (updates(peer) / updates(0));
  report({
    bench: 'desk',
    figure,
    value: quantile(ours, 0.5),
    unit: '%',
    against: `main-thread share of ${name}, 100,000 rows that all change, sorted by buffer`,
    ratio: median((round) => busy(round, 0) / busy(round, peer)),
    goal,
    runs: rounds.length,
    spread: spreadOf(ours),
    note: `theirs ${median((round) => busy(round, peer)).toFixed(1)} % at ${updates(peer).toFixed(1)} updates shown a second, ours at ${updates(0).toFixed(1)}; per update shown ${perUpdate.toFixed(2)} × theirs`,
  });
}
