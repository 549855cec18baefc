/** Books for the tests of cascades: accounts by their ledger cash and sizes, as the vectors give them, and seeded random ones. */
import fc from 'fast-check';
import type { Account, Book, Instrument } from '../../../domain/book.ts';
import { Decimal } from '../../../domain/units.ts';
import type { VenueRules } from '../../rules.ts';
import { plainRules } from '../../testing/books.ts';
import type { CascadeInput } from '../types.ts';

const d = (value: string | number): Decimal => new Decimal(value);

export interface AccountSpec {
  readonly id: string;
  /** Balance − Σ size × entry. */
  readonly cash: string | number | Decimal;
  readonly q: Readonly<Record<string, string | number | Decimal>>;
}

export interface BookSpec {
  readonly accounts: readonly AccountSpec[];
  readonly P0: Readonly<Record<string, string | number>>;
  /** Maintenance margin rate by market. */
  readonly mm: Readonly<Record<string, string | number>>;
}

export const marketsOf = (values: Readonly<Record<string, string | number | Decimal | null>>): Map<string, Decimal> =>
  new Map(Object.entries(values).flatMap(([market, value]) => (value === null ? [] : [[market, new Decimal(value)] as const])));

/** A book on one venue: entries are the present prices, so that the balance is cash + Σ size × price. */
export function cascadeBook({ accounts, P0, mm }: BookSpec): Book {
  const instruments = new Map<string, Instrument>(
    Object.entries(P0).map(([base, price]) => [
      base,
      {
        id: base,
        venue: 'test',
        contract: 'linear',
        base,
        quote: 'USD',
        settle: 'USD',
        contractSize: d(1),
        markPrice: d(price),
        tiers: [{ notionalFloor: d(0), maintenanceMarginRate: d(mm[base] ?? '0.01') }],
      },
    ]),
  );
  return {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    instruments,
    assets: new Map(),
    accounts: accounts.map((spec) => accountOf(spec, P0)),
  };
}

function accountOf({ id, cash, q }: AccountSpec, prices: BookSpec['P0']): Account {
  const held = Object.entries(q);
  const amount = held.reduce((sum, [base, size]) => sum.plus(d(prices[base] as string).times(size)), new Decimal(cash));
  return {
    id,
    venue: 'test',
    balances: [{ asset: 'USD', amount }],
    positions: held.map(([instrument, size]) => ({
      instrument,
      size: new Decimal(size),
      entryPrice: d(prices[instrument] as string),
      marginMode: 'cross',
    })),
  };
}

export const testRules = (over: Partial<VenueRules> = {}): VenueRules => plainRules(over);

/** Everything by its default: infinite depth, whole pools, leftovers kept, no fund, pro rata. */
export const cascadeInput = (book: Book, over: Partial<CascadeInput> = {}): CascadeInput => ({
  book,
  rulesOf: () => testRules(),
  shock: new Map(),
  depth: new Map(),
  procedure: 'full',
  leftovers: 'keep',
  funds: new Map(),
  deleveraging: 'pro-rata',
  ...over,
});

/** The population of FEEDBACK-G: 40 accounts long BTC, 40 long ETH, 40 long both, each a little further from its line. */
export function feedbackPopulation(): BookSpec {
  const [btc, eth, mmBtc, mmEth] = [60000, 3000, d('0.01'), d('0.015')];
  const accounts: AccountSpec[] = [];
  for (let i = 1; i <= 40; i++) {
    accounts.push({
      id: `b${i}`,
      q: { BTC: 1 },
      cash: d(btc)
        .times(mmBtc.plus(d('0.005').times(i)))
        .minus(btc),
    });
    accounts.push({
      id: `e${i}`,
      q: { ETH: 10 },
      cash: d(eth * 10)
        .times(mmEth.plus(d('0.006').times(i)))
        .minus(eth * 10),
    });
    const notional = btc * 0.5 + eth * 8;
    const equity = mmBtc
      .times(btc * 0.5)
      .plus(mmEth.times(eth * 8))
      .plus(d('0.005').times(i).times(notional));
    accounts.push({ id: `x${i}`, q: { BTC: '0.5', ETH: 8 }, cash: equity.minus(notional) });
  }
  return { accounts, P0: { BTC: btc, ETH: eth }, mm: { BTC: '0.01', ETH: '0.015' } };
}

/** Accounts of a random book: healthy at the start by at least a little, in one or two markets; `sides` says which way they lean. */
export const randomAccounts = (sides: 'long' | 'mixed', count = { min: 1, max: 12 }): fc.Arbitrary<BookSpec> =>
  fc
    .array(
      fc.record({
        a: fc.integer({ min: 0, max: 40 }),
        b: fc.integer({ min: sides === 'long' ? 0 : -40, max: 40 }),
        isShort: fc.boolean(),
        slack: fc.integer({ min: 1, max: 300 }),
      }),
      { minLength: count.min, maxLength: count.max },
    )
    .map((specs) => {
      const P0 = { A: 100, B: 20 };
      const mm = { A: '0.02', B: '0.03' };
      const accounts = specs.map(({ a, b, isShort, slack }, i): AccountSpec => {
        const q = { A: sides === 'mixed' && isShort ? -a : a, B: b * 5 };
        const notional = d(a * 100 + Math.abs(b) * 100);
        const requirement = d(a * 100)
          .times(mm.A)
          .plus(d(Math.abs(b) * 100).times(mm.B));
        const equity = requirement.plus(notional.times(slack).div(1000)).plus('0.001');
        const value = d(q.A * P0.A + q.B * P0.B);
        return { id: `a${String(i).padStart(2, '0')}`, q, cash: equity.minus(value) };
      });
      return { accounts, P0, mm };
    });
