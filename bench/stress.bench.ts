/** Stress over the desk's columns in Node: a scenario, a matrix, a cascade, the feedback matrix, paths. See docs/benchmarks.md. */
import { Decimal } from '../src/domain/units.ts';
import { matrixOf } from '../src/session/stress/matrix.ts';
import { NOTHING_MOVES, scenarioPrices } from '../src/session/stress/scenario.ts';
import { outcomeOf, WhatIfEngine } from '../src/session/stress/what-if.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';
import { elapsed, stressDesk, timed } from './stress-scene.ts';

const ROUNDS = 15;

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A slider over all accounts, from the scenario to counts, totals and the columns after. */
export const sliders: Bench = async (report) => {
  for (const [figure, accounts, goal] of [
    ['slider-1', 1, '≤ 33 ms'],
    ['slider-100k', 100_000, '≤ 50 ms'],
    ['slider-1m', 1_000_000, '≤ 250 ms'],
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
