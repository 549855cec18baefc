import { describe, expect, it } from 'vitest';
import { all, map } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { riskState, SEVERITY } from '../../policy/risk-state.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { accountAndBook, createDesk } from './desk-engine.ts';
import type { DeskState } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import { refreshColumns } from './refresh.ts';
import { randomBook, rulesOf, seeded } from './testing/random-books.ts';

const host = createKernelHost(false);

const worst = (codes: readonly number[]): number =>
  codes.reduce((a, b) => (SEVERITY.indexOf(RISK_STATES[b]!) > SEVERITY.indexOf(RISK_STATES[a]!) ? b : a), 0);

const exactRowCode = (desk: DeskState, row: number): number => worst(exactPools(desk, row).map(({ code }) => code));

describe('DK-9 states of a new desk', () => {
  it('equal those of the exact engine for every account of every venue', () => {
    const counts = new Map<string, number>();
    let unknown = 0;
    let carried = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const book = randomBook(seeded(seed), { accounts: 150, unknownShare: seed === 4 ? 0.7 : 0 });
      const desk = createDesk(book, { rulesOf, ...(seed % 2 === 0 && host ? { host } : {}) });
      refreshColumns(desk);
      const { accounts } = desk.columns;
      for (let row = 0; row < desk.columns.count; row++) {
        const { account, book: now } = accountAndBook(desk, row);
        const assessed = assessAccount(account, now, rulesOf(account.venue));
        const state = RISK_STATES[accounts.state[row]!]!;
        counts.set(state, (counts.get(state) ?? 0) + 1);
        expect([account.id, account.venue, state]).toEqual([account.id, account.venue, riskState(assessed)]);
        expect(exactRowCode(desk, row)).toBe(accounts.state[row]);
        const scale = assessed.grossNotional.ok
          ? Math.max(1e-9, assessed.grossNotional.value.toNumber()) + (assessed.equity.ok ? assessed.equity.value.abs().toNumber() : 0)
          : 1;
        const close = (name: string, actual: number, figure: typeof assessed.equity, bound: number): void => {
          if (!figure.ok) expect([name, account.id, account.venue, actual]).toEqual([name, account.id, account.venue, Number.NaN]);
          else
            expect(
              Math.abs(actual - figure.value.toNumber()),
              `${name} ${account.id} ${account.venue} ${actual} ${figure.value}`,
            ).toBeLessThanOrEqual(bound);
        };
        // What the exact engine does not know is no number here either, least of all nothing.
        const { equity, grossNotional } = assessed;
        if (!equity.ok && equity.reason !== 'no-position') expect(accounts.equity[row]).toBeNaN();
        if (!grossNotional.ok) expect(accounts.grossNotional[row]).toBeNaN();
        unknown += grossNotional.ok ? 0 : 1;
        if (grossNotional.ok) {
          const required = exactPools(desk, row).flatMap(({ isIsolated, requirement }) => (isIsolated ? [] : [requirement]));
          const sum = map(all(required), (values) => values.reduce((a, b) => a.plus(b), new Decimal(0)));
          close('notional', accounts.grossNotional[row]!, grossNotional, 1e-12 * scale * 100);
          close('maintenance', accounts.maintenance[row]!, sum, 1e-12 * scale * 100);
          if (!equity.ok && grossNotional.value.gt(0) && sum.ok) carried++;
        }
        if (state === 'indeterminate') continue;
        close('equity', accounts.equity[row]!, assessed.equity, 1e-12 * scale * 100);
      }
    }
    expect(carried).toBeGreaterThan(10);
    expect(unknown).toBeGreaterThan(1);
    console.log(`states: ${[...counts].map(([state, count]) => `${state} ${count}`).join(', ')}`);
  });
});
