/** The details of rows held against the exact engine, for tests. */
import { expect } from 'vitest';
import { assessAccount } from '../../../engine/assess.ts';
import { NO_LEG } from '../../../engine/kernel/columns.ts';
import { accountAndBook, createDesk } from '../desk-engine.ts';
import type { DeskState } from '../desk-state.ts';
import { refreshDetails } from '../details.ts';
import { worthOf } from '../opened.ts';
import { randomBook, rulesOf, seeded } from './random-books.ts';

/** What the exact engine says of the row: shock, and the nearest liquidation among positions of pools that are not past their line. */
function exactOf(desk: DeskState, row: number): { shock: number; nearest: number } {
  const { account, book } = accountAndBook(desk, row);
  const { uniformShock, positions, pools } = assessAccount(account, book, rulesOf(account.venue));
  const past = new Set(pools.filter(({ marginExcess }) => marginExcess.ok && marginExcess.value.isNegative()).map(({ id }) => id));
  const distances = positions.flatMap(({ pool, liquidationPrice, instrument }) => {
    const mark = book.instruments.get(instrument)?.markPrice;
    if (!liquidationPrice.ok || !mark || past.has(pool)) return [];
    return [liquidationPrice.value.minus(mark).div(mark).abs().toNumber()];
  });
  return {
    shock: uniformShock.ok ? uniformShock.value.toNumber() : Number.NaN,
    nearest: distances.length > 0 ? Math.min(...distances) : Number.NaN,
  };
}

const isClose = (a: number, b: number, tolerance: number): boolean =>
  (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

/** Compares the details of random books of every venue; how many were. */
export function compareDetails(seeds: readonly number[]): { shocks: number; nearest: number; none: number } {
  const reached = { shocks: 0, nearest: 0, none: 0 };
  for (const seed of seeds) {
    const desk = createDesk(randomBook(seeded(seed), { accounts: 120, unknownShare: seed % 2 === 0 ? 0.1 : 0 }), { rulesOf });
    const worth = worthOf(desk.board);
    const { accounts, legs, count } = desk.columns;
    refreshDetails(
      desk,
      worth,
      Array.from({ length: count }, (_, row) => row),
    );
    for (let row = 0; row < count; row++) {
      const exact = exactOf(desk, row);
      const id = `seed ${seed} ${accountAndBook(desk, row).account.id}`;
      // A rise beyond a hundred times is not looked for; published prices are rounded to a tick, which moves a distance a little.
      const shock = exact.shock > 99 ? Number.NaN : exact.shock;
      const nearest = exact.nearest > 99 ? Number.NaN : exact.nearest;
      expect(isClose(accounts.shock[row]!, shock, 1e-6), `${id}: shock ${accounts.shock[row]} exact ${shock}`).toBe(true);
      expect(isClose(accounts.nearest[row]!, nearest, 1e-3), `${id}: nearest ${accounts.nearest[row]} exact ${nearest}`).toBe(true);
      if (Number.isNaN(shock)) reached.none++;
      else reached.shocks++;
      if (!Number.isNaN(nearest)) reached.nearest++;
      expect(accounts.nearestLeg[row] === NO_LEG).toBe(Number.isNaN(accounts.nearest[row]!));
      const sizes = Array.from({ length: accounts.legEnd[row]! - accounts.legStart[row]! }, (_, i) => {
        const leg = accounts.legStart[row]! + i;
        return Math.abs(legs.size[leg]! * worth[legs.instrument[leg]!]!);
      });
      const most = Math.max(...sizes.filter((size) => !Number.isNaN(size)));
      if (Number.isFinite(most)) expect(sizes[accounts.biggestLeg[row]! - accounts.legStart[row]!]).toBe(most);
    }
  }
  console.log('details compared with the exact engine', reached);
  return reached;
}
