import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { d } from '../../engine/testing/books.ts';
import { hyperliquidRules } from '../../venues/hyperliquid/rules.ts';
import { bookOf, type RecordedAccount, tiersOfRecorded } from '../../venues/hyperliquid/testing/recorded.ts';
import { hasRecordings, positionOf, readRecordings } from '../../venues/hyperliquid/testing/recordings.ts';
import { sumPool } from '../margin/pool.ts';
import { resolveAccount } from '../resolve.ts';
import { exactRungs } from './exact-rung.ts';
import { placeOnRungs, UNDECIDED } from './ladder.ts';
import { marketShocks, UNTOUCHED } from './market-shock.ts';
import type { MarketMove } from './market-terms.ts';
import { columnsOf, shocksFor } from './testing/pools.ts';

const RUNGS = 50;
/** Recordings beside the project are many: as many as a second allows. */
const RECORDINGS_MAX = 100;

interface Tally {
  accounts: number;
  pools: number;
  onRungs: number;
  leftToExact: number;
  skipped: number;
}

/** Every pool of the account on its rung in Float64 and by the exact path, for all prices together and for each of its markets. */
function compare(account: RecordedAccount, tally: Tally): void {
  const book = bookOf(account);
  const pools = resolveAccount(book.accounts[0] as (typeof book.accounts)[number], book, hyperliquidRules).pools;
  tally.accounts++;
  const markets = [...book.instruments.keys()].slice(0, 3);
  const moves = [undefined, ...markets.map((id): MarketMove => ({ movesInstrument: (other) => other === id, movesAsset: () => false }))];
  for (const move of moves) {
    const { count, mask, entries, slots } = columnsOf(pools, move);
    const shocks = shocksFor(count);
    marketShocks(count, mask, entries, slots, 0.5, shocks);
    for (const sign of [-1, 1]) {
      const rung = new Int16Array(count);
      const shock = sign < 0 ? shocks.down : shocks.up;
      placeOnRungs(count, mask, shock, shocks.error, shocks.flag, sign, 0.01, RUNGS, rung, new Uint32Array(count));
      pools.forEach((pool, i) => {
        if (shocks.flag[i] === UNTOUCHED) return;
        const exact = exactRungs(pool, sumPool(pool), hyperliquidRules, move, d('0.01'), RUNGS);
        if (!exact.ok) throw new Error(exact.reason);
        const expected = sign < 0 ? exact.value.down : exact.value.up;
        tally.pools++;
        if (expected > 0) tally.onRungs++;
        if (rung[i] === UNDECIDED) tally.leftToExact++;
        else expect(rung[i]).toBe(expected);
      });
    }
  }
}

const emptyTally = (): Tally => ({ accounts: 0, pools: 0, onRungs: 0, leftToExact: 0, skipped: 0 });
const print = (title: string, tally: Tally): void => {
  const { accounts, pools, onRungs, leftToExact, skipped } = tally;
  console.log(
    `${title}: ${accounts} accounts, ${pools} placings, ${onRungs} on a rung, ${leftToExact} left to the exact path, ${skipped} skipped`,
  );
};

describe('DS-11 recorded accounts', () => {
  it('shipped: every pool on the rung of the exact path', () => {
    const path = new URL('../../venues/hyperliquid/vectors/accounts.json', import.meta.url);
    const tally = emptyTally();
    for (const account of JSON.parse(readFileSync(path, 'utf8')) as RecordedAccount[]) compare(account, tally);
    print('shipped', tally);
    expect(tally.onRungs).toBeGreaterThan(30);
    expect(tally.leftToExact).toBe(0);
  });

  it.runIf(hasRecordings)('beside the project: the same', () => {
    const tally = emptyTally();
    for (const recording of readRecordings('real/hyperliquid.jsonl')) {
      const positions = recording.positions.map((row) => (row.marginMode === 'unexplained' ? undefined : positionOf(row)));
      const known = positions.filter((position) => position !== undefined).filter((position) => tiersOfRecorded(position) !== undefined);
      const isWhole = known.length === positions.length && known.length > 0;
      if (!isWhole || tally.accounts >= RECORDINGS_MAX) {
        tally.skipped++;
        continue;
      }
      const crossAccountValue = recording.account.crossAccountValueDerived ?? '0';
      compare(
        { id: recording.id, source: recording.source, capturedAt: recording.capturedAt ?? '', crossAccountValue, positions: known },
        tally,
      );
    }
    print('beside the project', tally);
    expect(tally.onRungs).toBeGreaterThan(50);
  });
});
