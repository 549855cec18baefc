/** Accounts for the tests of distances. */
import type { Book, Instrument, MarginTier, Position } from '../../../domain/book.ts';
import { d } from '../../testing/books.ts';
import type { ShockModel } from '../types.ts';

export const NAMES = ['BTC', 'ETH', 'SOL'];

/** A position at mark 1: `tiers` are rate and floor. */
export interface Held {
  readonly base: string;
  readonly notional: number;
  readonly tiers: readonly (readonly [rate: number, floor?: number])[];
}

/** A book of one account with these positions, all entered at 1, and so much cash. */
export function accountOf(held: readonly Held[], cash: number): { book: Book; account: Book['accounts'][number] } {
  const instruments = new Map<string, Instrument>();
  const positions = held.map(({ base, notional, tiers }, i): Position => {
    const rows = tiers.map(([rate, floor = 0]): MarginTier => ({ notionalFloor: d(floor), maintenanceMarginRate: d(rate) }));
    const id = `t:${i}`;
    const common = { venue: 'test', contract: 'linear', quote: 'USD', settle: 'USD', contractSize: d(1) } as const;
    instruments.set(id, { ...common, id, base, markPrice: d(1), tiers: rows });
    return { instrument: id, size: d(notional), entryPrice: d(1), marginMode: 'cross' };
  });
  const account = { id: 'a', venue: 'test', balances: [{ asset: 'USD', amount: d(cash) }], positions };
  return {
    account,
    book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments, assets: new Map(), accounts: [account] },
  };
}

export const modelOf = (sigma: Record<string, number>, correlation: ShockModel['correlation'], space: ShockModel['space']): ShockModel => ({
  sigma: new Map(Object.entries(sigma)),
  correlation,
  space,
});
