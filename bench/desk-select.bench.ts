/**
 * Fifty rows at any rank of a million keys against a comparator sort of the same keys; then what the desk's other questions about a
 * million accounts cost (printed, no goals). In Node, seeded.
 */
import { createBins, distribute, LEVERAGE_EDGES, slotCount } from '../src/engine/desk/bins.ts';
import { concentration } from '../src/engine/desk/concentration.ts';
import { emptyExposure, fillExposure } from '../src/engine/desk/exposure.ts';
import { leverageSkew } from '../src/engine/desk/skew.ts';
import { type Arena, createArena } from '../src/engine/kernel/arena.ts';
import { countMask, EITHER_SIDE, keepBetween, keepCodes, keepMarked, markHolders, maskAll } from '../src/engine/kernel/filter.ts';
import { bytesOfBase64, KERNEL_MEMORY_BASE, type KernelExports } from '../src/engine/kernel/kernel.ts';
import { KERNEL_BYTES } from '../src/engine/kernel/kernel-bytes.ts';
import { orderRows, orderScratch } from '../src/engine/kernel/order.ts';
import { type SelectPasses, type SelectScratch, selectScratch, selectWindow, takeSelectScratch } from '../src/engine/kernel/select.ts';
import { buildDesk } from '../src/session/desk/build.ts';
import type { DeskState } from '../src/session/desk/desk-state.ts';
import { ladderOf } from '../src/session/desk/ladder-job.ts';
import { refreshColumns } from '../src/session/desk/refresh.ts';
import { sweepAll } from '../src/session/desk/tick.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import { hyperliquidRules } from '../src/venues/hyperliquid/rules.ts';
import { seeded, syntheticBook } from './desk-book.ts';
import { type Bench, type BenchLine, quantile, spreadOf } from './harness.ts';

const ROUNDS = 21;
const ACCOUNTS = 1_000_000;
const WINDOW = 50;
const RUNGS = 50;
const STEP = 0.01;

interface Columns {
  readonly keys: Float64Array;
  readonly mask: Uint8Array;
  readonly scratch: SelectScratch;
}

/** Keys, mask and scratch in the kernel's memory where this host compiles it, else in plain arrays. */
function takeColumns(): Columns {
  const host = createKernelHost(false);
  if (!host) return { keys: new Float64Array(ACCOUNTS), mask: new Uint8Array(ACCOUNTS), scratch: selectScratch(ACCOUNTS) };
  const cut = (arena: Arena, passes?: SelectPasses): Columns => ({
    keys: arena.take(Float64Array, ACCOUNTS),
    mask: arena.take(Uint8Array, ACCOUNTS),
    scratch: takeSelectScratch(arena, ACCOUNTS, passes),
  });
  const plan = createArena(undefined, KERNEL_MEMORY_BASE);
  cut(plan);
  const memory = host.createMemory(plan.end());
  const exports = host.instantiate<KernelExports>(bytesOfBase64(KERNEL_BYTES), memory);
  return cut(createArena(memory.buffer, KERNEL_MEMORY_BASE), { ...exports, buffer: memory.buffer });
}

type Timed = () => void;

/** Times of each of `runs` in every round, ms, after one round of warm-up; `prepare` comes before each round, the order turns round. */
function interleaved(prepare: (round: number) => void, runs: readonly Timed[], check: () => void): number[][] {
  const times = runs.map(() => [] as number[]);
  for (let round = -1; round < ROUNDS; round++) {
    prepare(round);
    for (let k = 0; k < runs.length; k++) {
      const i = (k + round + 1) % runs.length;
      const start = performance.now();
      runs[i]!();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
    check();
  }
  return times;
}

const ratioOf = (ours: readonly number[], theirs: readonly number[]): number =>
  quantile(
    ours.map((ms, i) => ms / theirs[i]!),
    0.5,
  );

export const select: Bench = async (report) => {
  const u = seeded(42);
  const { keys, mask, scratch } = takeColumns();
  const plainScratch = selectScratch(ACCOUNTS);
  const radixScratch = orderScratch(ACCOUNTS);
  const index = new Uint32Array(ACCOUNTS);
  const rows = new Uint32Array(ACCOUNTS);
  const out = new Uint32Array(WINDOW);
  const plainOut = new Uint32Array(WINDOW);
  const order = [{ keys, falling: false }];
  let from = 0;
  maskAll(ACCOUNTS, mask);
  for (let row = 0; row < ACCOUNTS; row++) keys[row] = 4 * Math.exp(Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u()));
  /** Every round other keys and another rank. */
  const prepare = (): void => {
    from = Math.floor(u() * (ACCOUNTS - WINDOW));
    for (let row = 0; row < ACCOUNTS; row++) {
      keys[row]! *= 1 + 1e-4 * (u() - 0.5);
      index[row] = row;
      rows[row] = row;
    }
  };
  const check = (): void => {
    const expected = index.subarray(from, from + WINDOW).join();
    if ([out, plainOut, rows.subarray(from, from + WINDOW)].some((found) => found.join() !== expected))
      throw new Error('Selection, radix order and comparator sort differ.');
  };
  const [ours, plain, radix, comparator] = interleaved(
    prepare,
    [
      () => selectWindow(ACCOUNTS, mask, order, from, WINDOW, out, scratch),
      () => selectWindow(ACCOUNTS, mask, order, from, WINDOW, plainOut, plainScratch),
      () => orderRows(rows, ACCOUNTS, keys, false, radixScratch),
      () => index.sort((a, b) => keys[a]! - keys[b]! || a - b),
    ],
    check,
  ) as [number[], number[], number[], number[]];
  const inverse = (ratio: number): string => `1/${(1 / ratio).toFixed(0)}`;
  report({
    bench: 'desk',
    figure: 'window',
    value: quantile(ours, 0.5),
    unit: 'ms',
    against: 'comparator sort of an index of the same 1,000,000 keys',
    ratio: ratioOf(ours, comparator),
    goal: '≤ 1/150',
    runs: ROUNDS,
    spread: spreadOf(ours),
    note: `${inverse(ratioOf(ours, comparator))} of the comparator (${quantile(comparator, 0.5).toFixed(0)} ms), ${inverse(ratioOf(ours, radix))} of a whole order by radix (${quantile(radix, 0.5).toFixed(1)} ms)${scratch.passes ? '' : ', not compiled'}; plain TypeScript ${quantile(plain, 0.5).toFixed(2)} ms, ${inverse(ratioOf(plain, comparator))}; every window compared`,
  });
};

/** Times of the questions that a panel or a filter asks of a desk of a million accounts, each whole and at once. */
export const questions: Bench = async (report) => {
  const host = createKernelHost(false);
  const desk = buildDesk(syntheticBook(ACCOUNTS, 42), { rulesOf: () => hyperliquidRules, ...(host ? { host } : {}) });
  sweepAll(desk);
  refreshColumns(desk);
  const book: Asked = { desk, worth: desk.board.mark, mask: new Uint8Array(ACCOUNTS).fill(1) };
  const asked = [filter(book), distribution(book), ladder(book, 'M0'), ladder(book, ''), shares(book), exposure(book), skew(book)];
  const times = interleaved(
    () => undefined,
    asked.map(({ run }) => run),
    () => undefined,
  );
  asked.forEach(({ figure, note }, i) => {
    const own = times[i]!;
    const line: BenchLine = {
      bench: 'desk',
      figure,
      value: quantile(own, 0.5),
      unit: 'ms',
      runs: ROUNDS,
      spread: spreadOf(own),
      note: note(),
    };
    report(line);
  });
};

interface Asked {
  readonly desk: DeskState;
  /** Desk's unit per unit of size, by instrument: the mark, since contracts are linear, of one unit, and settle in it. */
  readonly worth: Float64Array;
  readonly mask: Uint8Array;
}

interface Question {
  readonly figure: string;
  readonly run: Timed;
  readonly note: () => string;
}

const several = (count: number): string => count.toLocaleString('en');

function filter({ desk }: Asked): Question {
  const { accounts, legs, count } = desk.columns;
  const mask = new Uint8Array(count);
  const allowed = Uint8Array.from({ length: 256 }, (_, code) => (code < 6 ? 1 : 0));
  const wanted = Uint8Array.from(desk.board.instruments, (_, i) => (i < 3 ? 1 : 0));
  let matches = 0;
  const run = (): void => {
    maskAll(count, mask);
    keepCodes(count, accounts.state, allowed, mask);
    keepBetween(count, accounts.leverage, 2, 50, mask);
    const { legStart, legEnd } = accounts;
    markHolders(
      desk.columns.legCapacity,
      legs.pool,
      desk.pools.row,
      legs.instrument,
      legs.size,
      count,
      legStart,
      legEnd,
      wanted,
      EITHER_SIDE,
      mask,
    );
    keepMarked(count, mask);
    matches = countMask(count, mask);
  };
  return { figure: 'filter', run, note: () => `states, a range of leverage and holders of three markets: ${several(matches)} rows` };
}

function distribution({ desk, mask }: Asked): Question {
  const { leverage, equity, grossNotional, unitRate } = desk.columns.accounts;
  const bins = createBins(LEVERAGE_EDGES);
  const counts = new Float64Array(slotCount(bins));
  const notionals = new Float64Array(slotCount(bins));
  const run = (): void => distribute(desk.columns.count, leverage, equity, grossNotional, unitRate, mask, bins, counts, notionals);
  return { figure: 'distribution', run, note: () => `leverage, ${counts.length} slots, by accounts and by notional` };
}

function ladder({ desk, worth }: Asked, market: string): Question {
  let pools = 0;
  let undecided = 0;
  const run = (): void => {
    const job = ladderOf(desk, worth, market, STEP, RUNGS);
    let step = job.next();
    while (!step.done) step = job.next();
    pools = step.value.pools.reduce((sum, n) => sum + n, step.value.alreadyPools);
    undecided = step.value.undecidedPools;
  };
  const what = market === '' ? 'all prices' : 'the most popular market';
  const note = (): string => `${what}, ±50 % by 1 %: ${several(pools)} times a pool closes or has, ${several(undecided)} undecided`;
  return { figure: market === '' ? 'ladder-all' : 'ladder-market', run, note };
}

function shares({ desk, mask }: Asked): Question {
  const { grossNotional, unitRate } = desk.columns.accounts;
  const { count } = desk.columns;
  const rows = new Uint32Array(count);
  const amounts = new Float64Array(count);
  const scratch = orderScratch(count);
  let gini = Number.NaN;
  const run = (): void => {
    gini = concentration(count, grossNotional, unitRate, mask, [1, 10, 100], rows, amounts, scratch)?.gini ?? Number.NaN;
  };
  return { figure: 'concentration', run, note: () => `top 1, 10 and 100, Herfindahl and Gini of notional (${gini.toFixed(3)})` };
}

function exposure({ desk, worth, mask }: Asked): Question {
  const { accounts, legs, count } = desk.columns;
  const result = emptyExposure(worth.length);
  const last = new Uint32Array(worth.length);
  const { legStart, legEnd, equity, unitRate } = accounts;
  const run = (): void => fillExposure(count, mask, legStart, legEnd, legs.instrument, legs.size, worth, equity, unitRate, last, result);
  const positions = (): string => several(desk.store.legUsed);
  return {
    figure: 'open-interest',
    run,
    note: () => `open interest and the equity behind ${worth.length} markets, ${positions()} positions`,
  };
}

function skew({ desk, worth, mask }: Asked): Question {
  const { accounts, legs, count } = desk.columns;
  const { legStart, legEnd, equity, unitRate } = accounts;
  let found: number | undefined;
  const run = (): void => {
    found = leverageSkew(count, mask, legStart, legEnd, legs.instrument, legs.size, worth, equity, unitRate).skew;
  };
  return { figure: 'leverage-skew', run, note: () => `long against short: ${found?.toFixed(3)}` };
}
