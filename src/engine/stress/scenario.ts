/**
 * A scenario, and a book in it. Rules SC-1…SC-4 of docs/spec/scenario.md. Exact.
 *
 * Price of a market = price × (1 + β·all) × (1 + its own move); `all` leaves pegged assets where they are. A collateral's peg comes on top, on
 * one venue or on all. Funding is a share of notional at the scenario's prices that longs pay and shorts receive once.
 */
import type { Account, Asset, AssetSymbol, Book, Instrument, MarginTier, VenueId } from '../../domain/book.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Market } from './types.ts';

export interface Peg {
  readonly asset: AssetSymbol;
  /** Null: every venue. */
  readonly venue: VenueId | null;
  /** Relative move ≥ −1 of the mark of this collateral. */
  readonly move: Decimal;
}

export interface Scenario {
  readonly name: string;
  /** Relative move of all markets, ≥ −1. */
  readonly all: Decimal;
  /** How many times the move of all a market moves; 1 where it is not named. */
  readonly betas: ReadonlyMap<Market, Decimal>;
  /** A market's own relative move ≥ −1, on top. */
  readonly moves: ReadonlyMap<Market, Decimal>;
  readonly pegs: readonly Peg[];
  /** Share of notional, −1 to 1. */
  readonly funding: Decimal;
  /** Multiplier > 0 of every σ; moves no price. */
  readonly volatility: Decimal;
}

export const NO_SCENARIO: Scenario = {
  name: '',
  all: ZERO,
  betas: new Map(),
  moves: new Map(),
  pegs: [],
  funding: ZERO,
  volatility: ONE,
};

/** SC-1: what the price of a market is multiplied by, pegs apart; ≥ 0 of a scenario that was read. */
export const multipleOf = ({ all, betas, moves }: Pick<Scenario, 'all' | 'betas' | 'moves'>, market: Market): Decimal => {
  const common = isPegged(market) ? ZERO : all.times(betas.get(market) ?? ONE);
  return ONE.plus(common).times(ONE.plus(moves.get(market) ?? ZERO));
};

/** Books in a scenario: one for each venue that marks a collateral its own way, one for all others. */
export interface ScenarioBooks {
  readonly bookOf: (venue: VenueId) => Book;
  /** The account after funding was charged, to be read beside `bookOf` its venue. */
  readonly accountOf: (account: Account) => Account;
}

/** SC-2: `book` in `scenario`. Nothing of `book` is changed; prices that are missing stay missing. */
export function applyScenario(book: Book, scenario: Scenario): ScenarioBooks {
  const unit = book.unit ?? 'USD';
  const instruments = new Map<string, Instrument>();
  for (const [id, instrument] of book.instruments) {
    const { markPrice } = instrument;
    instruments.set(id, markPrice ? { ...instrument, markPrice: markPrice.times(multipleOf(scenario, instrument.base)) } : instrument);
  }
  const own = new Set(scenario.pegs.flatMap(({ venue }) => venue ?? []));
  const books = new Map<VenueId, Book>();
  const bookOf = (venue: VenueId): Book => {
    const key = own.has(venue) ? venue : '';
    let at = books.get(key);
    if (!at) {
      at = { ...book, instruments, assets: assetsIn(book, scenario, own.has(venue) ? venue : undefined, unit) };
      books.set(key, at);
    }
    return at;
  };
  const accountOf = (account: Account): Account =>
    scenario.funding.isZero() ? account : charged(account, bookOf(account.venue), scenario.funding);
  return { bookOf, accountOf };
}

function assetsIn(book: Book, scenario: Scenario, venue: VenueId | undefined, unit: AssetSymbol): Map<AssetSymbol, Asset> {
  const pegs = scenario.pegs.filter((peg) => peg.venue === null || peg.venue === venue);
  const assets = new Map<AssetSymbol, Asset>();
  for (const [symbol, asset] of book.assets) {
    if (!asset.price || symbol === unit) {
      assets.set(symbol, asset);
      continue;
    }
    const moved = asset.price.times(multipleOf(scenario, symbol));
    const price = pegs.reduce((value, peg) => (peg.asset === symbol ? value.times(ONE.plus(peg.move)) : value), moved);
    assets.set(symbol, { ...asset, price });
  }
  return assets;
}

/**
 * SC-3: size × contract size × mark × funding is taken from the settle currency's balance (inverse: size × contract size ÷ mark), or from the
 * isolated margin of an isolated position. A position without a mark pays nothing: it is indeterminate anyhow.
 */
function charged(account: Account, book: Book, funding: Decimal): Account {
  const paid = new Map<AssetSymbol, Decimal>();
  const positions = account.positions.map((position) => {
    const instrument = book.instruments.get(position.instrument);
    if (!instrument?.markPrice || (instrument.contract === 'inverse' && instrument.markPrice.isZero())) return position;
    const quantity = position.size.times(instrument.contractSize);
    const notional = instrument.contract === 'inverse' ? quantity.div(instrument.markPrice) : quantity.times(instrument.markPrice);
    const amount = notional.times(funding);
    if (position.marginMode === 'isolated') return { ...position, isolatedMargin: (position.isolatedMargin ?? ZERO).minus(amount) };
    paid.set(instrument.settle, (paid.get(instrument.settle) ?? ZERO).plus(amount));
    return position;
  });
  const balances = account.balances.map((balance) => {
    const amount = paid.get(balance.asset);
    paid.delete(balance.asset);
    return amount ? { ...balance, amount: balance.amount.minus(amount) } : balance;
  });
  for (const [asset, amount] of paid) balances.push({ asset, amount: amount.negated() });
  return { ...account, balances, positions };
}

/** SC-4: `book` with the margin tables of these instruments replaced; ids that the book has not are left out. */
export function withTiers(book: Book, tiers: ReadonlyMap<string, readonly MarginTier[]>): Book {
  const instruments = new Map(book.instruments);
  for (const [id, rows] of tiers) {
    const instrument = instruments.get(id);
    if (instrument) instruments.set(id, { ...instrument, tiers: rows });
  }
  return { ...book, instruments };
}
