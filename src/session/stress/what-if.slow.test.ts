import { describe, expect, it } from 'vitest';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { accountAt } from '../desk/account-store.ts';
import { createDesk, flatOf } from '../desk/desk-engine.ts';
import type { DeskState } from '../desk/desk-state.ts';
import { atOnce } from '../desk/placing.ts';
import { refreshColumns } from '../desk/refresh.ts';
import { randomBook, rulesOf, seeded } from '../desk/testing/random-books.ts';
import { tick } from '../desk/tick.ts';
import { NO_SCENARIO } from './messages.ts';
import { NOTHING_MOVES, readScenario, scenarioPrices } from './scenario.ts';
import { randomScenario } from './testing/scenarios.ts';
import { exactWhatIf, WhatIfEngine } from './what-if.ts';

const host = createKernelHost(false);
const floor = caseFloors();

const worst = (codes: readonly number[]): number =>
  codes.reduce((a, b) => (SEVERITY.indexOf(RISK_STATES[b]!) > SEVERITY.indexOf(RISK_STATES[a]!) ? b : a), 0);

const deskOf = (seed: number, accounts: number, edgeShare = 0, unknownShare = 0): DeskState =>
  createDesk(randomBook(seeded(seed), { accounts, edgeShare, unknownShare }), { rulesOf, ...(host && seed % 2 === 0 ? { host } : {}) });

/** Everything of the desk that a what-if could spoil. */
const imageOf = ({ layout, columns, factor, tables, board, counters }: DeskState): string =>
  JSON.stringify([
    [...layout.slot.subarray(0, 5_000)],
    [...layout.requirement.subarray(0, 3_000)],
    [...layout.state.subarray(0, 3_000)],
    [...columns.accounts.state.subarray(0, columns.count)],
    [...columns.accounts.equity.subarray(0, columns.count)],
    [...factor],
    [...tables.coefficient.subarray(0, 500)],
    [...board.mark],
    counters,
  ]);

describe('ST-3 a scenario over all accounts', () => {
  it.each([
    [1, false],
    [2, false],
    [3, true],
    [4, true],
    [5, true],
    [6, false],
  ])('equals the exact engine at the moved prices, account by account (seed %i, tables %s)', (seed, withTiers) => {
    const desk = deskOf(seed, 130, 0.3, seed === 6 ? 0.5 : 0);
    refreshColumns(desk);
    const next = seeded(100 + seed);
    const engine = new WhatIfEngine(desk);
    const before = imageOf(desk);
    for (let round = 0; round < 4; round++) {
      const prices = scenarioPrices(desk.board, readScenario(randomScenario(next, desk.board, withTiers), desk.board));
      const result = atOnce(engine.evaluate(prices))!;
      const { columns } = result;
      for (let row = 0; row < desk.columns.count; row++) {
        const account = accountAt(desk.store, row);
        const exact = exactWhatIf(desk, account, prices);
        const state = worst(exact.map(({ code }) => code));
        expect([account.id, account.venue, RISK_STATES[columns.state[row]!]]).toEqual([account.id, account.venue, RISK_STATES[state]]);
        const counted = exact.filter(({ isIsolated }) => !isIsolated);
        if (!counted.every(({ equity, requirement, grossNotional }) => equity.ok && requirement.ok && grossNotional.ok)) continue;
        const sum = (of: (pool: (typeof exact)[number]) => (typeof exact)[number]['equity']): number =>
          counted.reduce((total, pool) => {
            const figure = of(pool);
            return total + (figure.ok ? figure.value.toNumber() : Number.NaN);
          }, 0);
        const scale =
          desk.columns.accounts.grossNotional[row]! +
          Math.abs(desk.columns.accounts.equity[row]!) +
          sum(({ grossNotional }) => grossNotional) +
          1e-6;
        for (const [name, value, of] of [
          ['equity', columns.equity[row]!, sum(({ equity }) => equity)],
          ['maintenance', columns.maintenance[row]!, sum(({ requirement }) => requirement)],
          ['notional', columns.grossNotional[row]!, sum(({ grossNotional }) => grossNotional)],
        ] as const)
          expect(Math.abs(value - of), `${name} of ${account.id} on ${account.venue}: ${value} ${of}`).toBeLessThanOrEqual(1e-9 * scale);
        floor('figures', 2_000);
        if (columns.state[row] !== desk.columns.accounts.state[row]) floor('changed states', 400);
      }
      floor('scenarios', 20);
    }
    expect(imageOf(desk)).toBe(before);
  });

  it('gives the states of a desk that ticks to the same prices', () => {
    for (let seed = 11; seed < 15; seed++) {
      const desk = deskOf(seed, 300, 0.3);
      const next = seeded(seed);
      const spec = { ...randomScenario(next, desk.board, false), pegs: [], funding: '0' };
      const prices = scenarioPrices(desk.board, readScenario(spec, desk.board));
      const { columns } = atOnce(new WhatIfEngine(desk).evaluate(prices))!;
      const board = prices.boardOf('');
      const instruments = board.instruments.map((_, i) => i).filter((i) => board.exactMark[i]);
      const assets = board.assets.map((_, i) => i).filter((i) => board.exactPrice[i]);
      tick(desk, {
        instruments,
        marks: instruments.map((i) => board.mark[i]!),
        exactMarks: instruments.map((i) => board.exactMark[i]),
        assets,
        prices: assets.map((i) => board.price[i]!),
        exactPrices: assets.map((i) => board.exactPrice[i]),
      });
      expect([...columns.state.subarray(0, columns.count)]).toEqual([...desk.columns.accounts.state.subarray(0, columns.count)]);
      floor('desks', 4);
    }
  });

  it('changes nothing where nothing moves, and follows a book that ticks', () => {
    const desk = deskOf(21, 200);
    refreshColumns(desk);
    const { columns } = atOnce(new WhatIfEngine(desk).evaluate(scenarioPrices(desk.board, NOTHING_MOVES)))!;
    expect([...columns.state.subarray(0, columns.count)]).toEqual([...desk.columns.accounts.state.subarray(0, columns.count)]);
    expect(flatOf(desk).count).toBe(columns.count);
  });

  it('refuses what is no scenario, with pointers', () => {
    const desk = deskOf(22, 10);
    expect(() => readScenario({ ...NO_SCENARIO, all: 'much' }, desk.board)).toThrow();
    expect(() =>
      readScenario({ ...NO_SCENARIO, tiers: { nowhere: [{ notionalFloor: '0', maintenanceMarginRate: '0.1' }] } }, desk.board),
    ).toThrow();
    expect(() => readScenario({ ...NO_SCENARIO, funding: '3' }, desk.board)).toThrow();
  });

  it('survives slider ends without a number that is none', () => {
    const desk = deskOf(23, 100);
    refreshColumns(desk);
    for (const all of ['-1', '9', '-0.999', '1000']) {
      const { columns } = atOnce(
        new WhatIfEngine(desk).evaluate(scenarioPrices(desk.board, readScenario({ ...NO_SCENARIO, all }, desk.board))),
      )!;
      for (let row = 0; row < columns.count; row++) {
        const { equity, maintenance } = desk.columns.accounts;
        if (!Number.isFinite(equity[row]! + maintenance[row]!)) continue;
        expect(Number.isFinite(columns.equity[row]! + columns.maintenance[row]!)).toBe(true);
        floor('slider ends', 200);
      }
    }
  });
});
