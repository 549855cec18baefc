/** Stress over the desk's columns in Node: a scenario, a matrix, a cascade, the feedback matrix, paths. See docs/benchmarks.md. */
import { Decimal } from '../src/domain/units.ts';
import { runCascade } from '../src/engine/cascade/cascade.ts';
import { accountAndBook } from '../src/session/desk/desk-engine.ts';
import type { DeskState } from '../src/session/desk/desk-state.ts';
import { totals } from '../src/session/desk/totals.ts';
import { CascadeEngine } from '../src/session/stress/cascade.ts';
import { feedbackOf } from '../src/session/stress/feedback.ts';
import { matrixOf } from '../src/session/stress/matrix.ts';
import { NOTHING_MOVES, scenarioPrices } from '../src/session/stress/scenario.ts';
import { marketsOf } from '../src/session/stress/stress-slots.ts';
import { outcomeOf, WhatIfEngine } from '../src/session/stress/what-if.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';
import { elapsed, rulesOf, stressDesk, timed } from './stress-scene.ts';

const ROUNDS = 15;

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A slider over all accounts, from the scenario to counts, totals and the columns after. */
export const sliders: Bench = async (report) => {
  for (const [figure, accounts, goal] of [
    ['slider-columns-1', 1, '≤ 33 ms'],
    ['slider-columns-100k', 100_000, '≤ 50 ms'],
    ['slider-columns-1m', 1_000_000, '≤ 250 ms'],
  ] as const) {
    const desk = stressDesk(accounts);
    const engine = new WhatIfEngine(desk);
    const { state, unitRate } = desk.columns.accounts;
    const times: number[] = [];
    let longest = 0;
    let note = '';
    for (let i = 0; i <= ROUNDS; i++) {
      const all = new Decimal(-0.02 * (i + 1)).toDecimalPlaces(4);
      const start = performance.now();
      const prices = scenarioPrices(desk.board, { ...NOTHING_MOVES, all });
      const run = timed(engine.evaluate(prices));
      const after = run.value!.columns;
      const { after: totals, changed, liquidated } = outcomeOf(state, after, unitRate);
      if (i > 0) times.push(performance.now() - start);
      longest = Math.max(longest, run.longest);
      note = `at ${all}: ${changed} change state, ${liquidated} are liquidated, equity ${totals.equity.toPrecision(6)}; ${run.value!.exactAccounts} decided exactly`;
    }
    report({
      bench: 'stress',
      figure,
      value: median(times),
      unit: 'ms',
      goal,
      runs: times.length,
      spread: spreadOf(times),
      note: `scenario to columns, counts and totals, without the paint; longest slice ${longest.toFixed(1)} ms; ${note}`,
    });
  }
};

/** Two markets, 41 × 41, of 100,000 accounts; beside the sweeps that it replaces. */
export const matrices: Bench = async (report) => {
  const desk = stressDesk(100_000);
  const engine = new WhatIfEngine(desk);
  const axis = (market: string) => ({ kind: 'market', market, reach: 0.4 }) as const;
  const times: number[] = [];
  let coarse = 0;
  for (let round = 0; round < 6; round++) {
    const start = performance.now();
    const job = matrixOf(desk, axis('M0'), axis('M1'));
    let first = 0;
    for (let step = job.next(); !step.done; step = job.next()) if (step.value && first === 0) first = performance.now() - start;
    if (round > 0) times.push(performance.now() - start);
    coarse = first;
  }
  const sigma = { kind: 'sigma', sigmas: {}, otherwise: 0.04, reach: 6 } as const;
  const all = elapsed(() => void [...matrixOf(desk, axis('M0'), sigma)]);
  const sweeps = Array.from({ length: 5 }, (_, i) =>
    elapsed(
      () => void timed(engine.evaluate(scenarioPrices(desk.board, { ...NOTHING_MOVES, moves: new Map([['M0', new Decimal(-0.05 * i)]]) }))),
    ),
  );
  report({
    bench: 'stress',
    figure: 'matrix',
    value: median(times),
    unit: 'ms',
    against: '1,681 sweeps, one of them timed in the same run',
    ratio: median(times) / (1_681 * median(sweeps)),
    goal: '≤ 2 s',
    runs: times.length,
    spread: spreadOf(times),
    note: `9 × 9 after ${coarse.toFixed(0)} ms, then 21 × 21 and 41 × 41; a market × all others in σ ${all.toFixed(0)} ms`,
  });
};

/** Depth that brings the loop to about `gain`: a share of each market's open interest, base units per unit of log price. */
function depthsFor(desk: DeskState, share: number): Float64Array {
  const { longNotional, shortNotional } = totals(desk);
  const notional = new Map<string, number>();
  desk.board.instruments.forEach(({ base }, i) => {
    notional.set(base, (notional.get(base) ?? 0) + (longNotional[i]! + shortNotional[i]!) / desk.board.mark[i]!);
  });
  return Float64Array.from(marketsOf(desk), (market) => share * (notional.get(market) ?? Number.POSITIVE_INFINITY));
}

const fallOf = (all: number) => ({ ...NOTHING_MOVES, all: new Decimal(all) });

/** A fall of ten per cent to its fixed point, 100,000 accounts; how it grows; and the exact engine on the same accounts, fewer of them. */
export const cascades: Bench = async (report) => {
  const grown: string[] = [];
  let reached = { times: [] as number[], note: '' };
  for (const [accounts, share] of [
    [10_000, 2],
    [100_000, 8],
    [100_000, 2],
    [1_000_000, 8],
  ] as const) {
    const desk = stressDesk(accounts);
    const engine = new CascadeEngine(desk);
    const wish = { scenario: fallOf(-0.1), depth: depthsFor(desk, share), fund: 0, hasDeleveraging: true };
    const times: number[] = [];
    let rounds = 0;
    let closed = 0;
    let looked = 0;
    for (let i = 0; i < (accounts > 100_000 ? 3 : 7); i++) {
      times.push(
        elapsed(() => {
          const played = engine.play(wish);
          rounds = played.columns.rounds.length;
          closed = played.closedPools.reduce((sum, pools) => sum + pools.length, 0);
          looked = played.columns.looked;
        }),
      );
    }
    const note = `${accounts.toLocaleString('en')} accounts: ${rounds} rounds, ${closed} closed, ${looked} pools looked at, ${median(times).toFixed(0)} ms`;
    if (accounts === 100_000 && share === 2) reached = { times, note };
    grown.push(note);
  }
  report({
    bench: 'stress',
    figure: 'cascade',
    value: median(reached.times),
    unit: 'ms',
    ...exactBeside(),
    goal: '≤ 250 ms',
    runs: reached.times.length,
    spread: spreadOf(reached.times),
    note: grown.join('; '),
  });
};

/** Both engines on 200 accounts. */
function exactBeside(): { against: string; ratio: number } {
  const desk = stressDesk(200);
  const engine = new CascadeEngine(desk);
  const depth = depthsFor(desk, 2);
  const accounts = Array.from({ length: desk.columns.count }, (_, row) => accountAndBook(desk, row).account);
  const { board } = desk;
  const book = { ...board.book, accounts };
  const markets = marketsOf(desk);
  const shock = new Map(markets.map((market) => [market, new Decimal(-0.1)] as const));
  const byMarket = new Map(markets.flatMap((market, m) => (Number.isFinite(depth[m]!) ? [[market, new Decimal(depth[m]!)] as const] : [])));
  let ends = 0;
  const exact = elapsed(() => {
    const { closed } = runCascade({
      book,
      rulesOf,
      shock,
      depth: byMarket,
      procedure: 'full',
      leftovers: 'keep',
      funds: new Map(),
      deleveraging: 'pro-rata',
    });
    ends = closed.length;
  });
  const columns = Array.from({ length: 5 }, () =>
    elapsed(() => {
      const played = engine.play({ scenario: fallOf(-0.1), depth, fund: 0, hasDeleveraging: true });
      const closed = played.closedPools.reduce((sum, pools) => sum + pools.length, 0);
      if (closed !== ends) throw new Error(`the columns close ${closed} accounts, the exact engine ${ends}`);
    }),
  );
  return {
    against: `the exact engine on 200 accounts (${exact.toFixed(0)} ms, ${ends} closed by both), same run`,
    ratio: median(columns) / exact,
  };
}

/** G and R at present prices, 100,000 accounts on 50 markets. */
export const feedbacks: Bench = async (report) => {
  const notes: string[] = [];
  let reached: number[] = [];
  for (const [accounts, markets] of [
    [10_000, 50],
    [100_000, 50],
    [100_000, 200],
    [1_000_000, 50],
  ] as const) {
    const desk = stressDesk(accounts, markets);
    const depth = { perCent: {}, otherwise: 1e7, multiplier: accounts / 10_000 };
    const times: number[] = [];
    let radius = 0;
    for (let i = 0; i < (accounts > 100_000 ? 3 : 7); i++) {
      const start = performance.now();
      const { value } = timed(feedbackOf(desk, depth, 0.02));
      radius = value.radius;
      times.push(performance.now() - start);
    }
    if (accounts === 100_000 && markets === 50) reached = times.slice(1);
    notes.push(`${accounts.toLocaleString('en')} × ${markets}: ${median(times).toFixed(0)} ms, R ${radius.toPrecision(4)}`);
  }
  report({
    bench: 'stress',
    figure: 'feedback',
    value: median(reached),
    unit: 'ms',
    goal: '≤ 100 ms',
    runs: reached.length,
    spread: spreadOf(reached),
    note: `all of G, its radius and both Perron vectors, from nothing; ${notes.join('; ')}`,
  });
};
