/** Moves of markets by the kernel and by the exact solver, side by side, for tests. */
import type { Account, Book } from '../../../domain/book.ts';
import { uniformShock } from '../../liquidation/shock.ts';
import { sumPool } from '../../margin/pool.ts';
import { type Pool, resolveAccount } from '../../resolve.ts';
import type { VenueRules } from '../../rules.ts';
import { marketShocks } from '../market-shock.ts';
import { type MarketMove, marketShock } from '../market-terms.ts';
import { columnsOf, shocksFor } from './pools.ts';

export const REACH = 0.5;
/** Rises are looked for further than falls. */
export const RISE = 4;

/** The move of these instruments, or assets. */
export const only = (...ids: string[]): MarketMove => ({
  movesInstrument: (id) => ids.includes(id),
  movesAsset: (asset) => ids.includes(asset),
});
export const poolsOf = (book: Book, account: Account, rules: VenueRules): readonly Pool[] => resolveAccount(account, book, rules).pools;

/** Every pool's flag and moves as numbers, and the exact ones beside them. */
export function both(pools: readonly Pool[], move: MarketMove | undefined) {
  const columns = columnsOf(pools, move);
  const out = shocksFor(columns.count);
  marketShocks(columns.count, columns.mask, columns.entries, columns.slots, REACH, out, RISE);
  return pools.map((pool, row) => ({
    flag: out.flag[row] as number,
    down: out.down[row] as number,
    up: out.up[row] as number,
    error: out.error[row] as number,
    exact: move ? marketShock(pool, sumPool(pool), move) : uniformShock(pool, sumPool(pool)),
  }));
}
