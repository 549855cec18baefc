import { describe, expect, it } from 'vitest';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { accountAt } from '../desk/account-store.ts';
import { createDesk } from '../desk/desk-engine.ts';
import type { DeskState } from '../desk/desk-state.ts';
import { randomBook, rulesOf, seeded } from '../desk/testing/random-books.ts';
import { axisScenario, MATRIX_POINTS, type MatrixGrid, matrixOf } from './matrix.ts';
import type { StressAxis } from './messages.ts';
import { NOTHING_MOVES, type Scenario, scenarioPrices } from './scenario.ts';
import { exactWhatIf } from './what-if.ts';

const floor = caseFloors();
const isPast = (code: number): boolean => ['liquidation', 'bankrupt'].includes(RISK_STATES[code]!);

function gridsOf(desk: DeskState, x: StressAxis, y: StressAxis): MatrixGrid[] {
  const job = matrixOf(desk, x, y);
  const grids: MatrixGrid[] = [];
  for (let step = job.next(); !step.done; step = job.next()) if (step.value) grids.push(step.value);
  return grids;
}

/** Every pool of every account by the exact engine. */
function exactCell(desk: DeskState, scenario: Scenario) {
  const prices = scenarioPrices(desk.board, scenario);
  const now = scenarioPrices(desk.board, NOTHING_MOVES);
  let [accounts, pools, equity, notional] = [0, 0, 0, 0];
  for (let row = 0; row < desk.columns.count; row++) {
    const account = accountAt(desk.store, row);
    const before = exactWhatIf(desk, account, now);
    const closedBefore = pools;
    exactWhatIf(desk, account, prices).forEach(({ code }, i) => {
      const own = before[i]!;
      if (!isPast(code) || isPast(own.code) || !own.equity.ok || !own.grossNotional.ok || !own.requirement.ok) return;
      pools++;
      equity += own.equity.value.toNumber();
      notional += own.grossNotional.value.toNumber();
    });
    if (pools > closedBefore) accounts++;
    if (pools > closedBefore + 1) floor('accounts closed by several pools', 20);
  }
  return { accounts, equity, notional };
}

const MARKETS = ['BTC', 'ETH', 'SOL'];
const sigma: StressAxis = { kind: 'sigma', sigmas: { BTC: 0.03, SOL: 0.06 }, otherwise: 0.04, reach: 6 };

describe('ST-6 the shock matrix', () => {
  it.each([
    [31, { kind: 'market', market: 'BTC', reach: 0.4 }, { kind: 'market', market: 'ETH', reach: 0.5 }],
    [32, { kind: 'market', market: 'SOL', reach: 0.9 }, { kind: 'market', market: 'BTC', reach: 0.6 }],
    [33, { kind: 'market', market: 'ETH', reach: 0.3 }, sigma],
  ] as const)('has in its cells what the exact engine finds there (seed %i)', (seed, x, y) => {
    const venues = ['hyperliquid', 'binance-usdm', 'binance-coinm', 'okx', 'dydx-v4', 'generic', 'bybit-classic', 'aave-v3'];
    const desk = createDesk(randomBook(seeded(seed), { accounts: 64, edgeShare: 0.3, venues }), { rulesOf });
    const grids = gridsOf(desk, x, y);
    expect(grids.map(({ xMoves }) => xMoves.length)).toEqual([9, 21, 41]);
    const final = grids[2]!;
    expect(final.isFinal).toBe(true);
    const markets = [...new Set(desk.board.instruments.map(({ base }) => base))];
    const next = seeded(seed * 7);
    for (let k = 0; k < 28; k++) {
      const [i, j] = [Math.floor(next() * MATRIX_POINTS), Math.floor(next() * MATRIX_POINTS)];
      const a = axisScenario(x, markets, undefined, i);
      const b = axisScenario(y, markets, x.market, j);
      const exact = exactCell(desk, { ...NOTHING_MOVES, moves: new Map([...a.moves, ...b.moves]) });
      const at = j * MATRIX_POINTS + i;
      expect([i, j, final.accounts[at]]).toEqual([i, j, exact.accounts]);
      expect(Math.abs(final.equityAtRisk[at]! - exact.equity)).toBeLessThanOrEqual(1e-9 * (Math.abs(exact.equity) + exact.notional + 1));
      expect(Math.abs(final.notional[at]! - exact.notional)).toBeLessThanOrEqual(1e-9 * (exact.notional + 1));
      if (exact.accounts > 0) floor('cells', 60);
    }
    expect(final.accounts[(MATRIX_POINTS * MATRIX_POINTS - 1) / 2]).toBe(0);
    for (const [g, every] of [
      [0, 5],
      [1, 2],
    ] as const)
      for (let j = 0; j < grids[g]!.yMoves.length; j++)
        for (let i = 0; i < grids[g]!.xMoves.length; i++)
          expect(grids[g]!.accounts[j * grids[g]!.xMoves.length + i]).toBe(final.accounts[j * every * MATRIX_POINTS + i * every]);
    expect(MARKETS).toContain(x.market);
  });

  it('is empty for an empty book', () => {
    const desk = createDesk({ ...randomBook(seeded(1), { accounts: 1 }), accounts: [] }, { rulesOf });
    const [coarse] = gridsOf(desk, { kind: 'market', market: 'BTC', reach: 0.4 }, sigma);
    expect(coarse!.accounts.every((value) => value === 0)).toBe(true);
  });
});
