/** What the engine says, as the plain columns that cross to the page. Figures: exact decimal text, a float for drawing, or a reason. */
import type { Account, AssetSymbol, Book } from '../domain/book.ts';
import { type Figure, none, type Outcome, some } from '../domain/outcome.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import { type Decimal, ONE } from '../domain/units.ts';
import type { AccountAssessment, PoolFigures, PositionAssessment } from '../engine/types.ts';
import { inputAge, limitsOf, type StaleLimits } from './inputs.ts';
import type { PricedBook } from './prices.ts';
import type {
  BalanceColumns,
  FigureCell,
  FigureColumn,
  InstrumentColumns,
  MarketColumns,
  PoolCells,
  PositionColumns,
  SourceView,
} from './protocol.ts';

/** The text carries every digit the figure has; the float is its nearest double and only ever drawn. */
export const figureCell = (figure: Figure): FigureCell =>
  figure.ok
    ? { value: figure.value.toNumber(), text: figure.value.toFixed(), reason: '' }
    : { value: Number.NaN, text: '', reason: figure.reason };

export const figureColumn = (figures: readonly Figure[]): FigureColumn => {
  const cells = figures.map(figureCell);
  return {
    value: Float64Array.from(cells, (cell) => cell.value),
    text: cells.map((cell) => cell.text),
    reason: cells.map((cell) => cell.reason),
  };
};

const POOL_FIGURES = [
  'equity',
  'grossNotional',
  'netNotional',
  'leverage',
  'netLeverage',
  'initialMargin',
  'maintenanceMargin',
  'liquidationFees',
  'marginRatio',
  'healthFactor',
  'marginExcess',
  'freeCollateral',
  'withdrawable',
  'unrealizedPnl',
  'uniformShock',
  'uniformShockDown',
  'uniformShockUp',
] as const satisfies readonly (keyof PoolFigures)[];

export const poolCells = (figures: PoolFigures): PoolCells =>
  Object.fromEntries(POOL_FIGURES.map((name) => [name, figureCell(figures[name])])) as unknown as PoolCells;

const known = (value: Decimal | undefined, otherwise: Figure): Figure => (value ? some(value) : otherwise);

/** The positions in the account's order; `keys` has one entry for each. */
export function positionColumns(
  account: Account,
  priced: PricedBook,
  assessment: AccountAssessment,
  keys: readonly string[],
): PositionColumns {
  const rows = assessment.positions;
  const held = rows.map((row) => account.positions[row.index] as Account['positions'][number]);
  const instruments = rows.map((row) => priced.book.instruments.get(row.instrument));
  const words = (word: (i: number) => string | undefined): string[] => rows.map((_, i) => word(i) ?? '');
  const figures = (pick: (row: PositionAssessment) => Figure): FigureColumn => figureColumn(rows.map(pick));
  const times = instruments.map((instrument) => (instrument?.markPrice ? (instrument.markTimeMs ?? priced.asOfMs) : Number.NaN));
  return {
    count: rows.length,
    key: words((i) => keys[(rows[i] as PositionAssessment).index]),
    instrument: words((i) => rows[i]?.instrument),
    base: words((i) => instruments[i]?.base),
    quote: words((i) => instruments[i]?.quote),
    contract: words((i) => instruments[i]?.contract),
    contractSize: words((i) => instruments[i]?.contractSize.toFixed()),
    pool: words((i) => rows[i]?.pool),
    marginMode: words((i) => rows[i]?.marginMode),
    side: words((i) => rows[i]?.side),
    size: figureColumn(held.map((position) => some(position.size))),
    entryPrice: figureColumn(held.map((position) => some(position.entryPrice))),
    markPrice: figureColumn(rows.map((row, i) => known(instruments[i]?.markPrice, none('missing-mark', row.instrument)))),
    markTimeMs: Float64Array.from(times),
    leverageSetting: figureColumn(held.map((position) => known(position.leverage, none('not-applicable')))),
    isolatedMargin: figureColumn(held.map((position) => known(position.isolatedMargin, none('not-applicable')))),
    notional: figures((row) => row.notional),
    unrealizedPnl: figures((row) => row.unrealizedPnl),
    initialMargin: figures((row) => row.initialMargin),
    maintenanceMargin: figures((row) => row.maintenanceMargin),
    liquidationPrice: figures((row) => row.liquidationPrice),
    liquidationDistance: figures((row) => row.liquidationDistance),
    backstopPrice: figures((row) => row.backstopPrice),
    bankruptcyPrice: figures((row) => row.bankruptcyPrice),
    returnOnEquity: figures((row) => row.returnOnEquity),
  };
}

/** The asset's price in the unit of account; 1 for the unit itself. */
const assetPrice = (symbol: AssetSymbol, book: Book, unit: string): Figure =>
  known(book.assets.get(symbol)?.price, symbol === unit ? some(ONE) : none('missing-mark', symbol));

/** Balances as they are: amount × price, before any haircut. */
export function balanceColumns(account: Account, priced: PricedBook, unit: string): BalanceColumns {
  const prices = account.balances.map((balance) => assetPrice(balance.asset, priced.book, unit));
  const values = account.balances.map(({ amount }, i): Figure => {
    const price = prices[i] as Outcome<Decimal>;
    return price.ok ? some(amount.times(price.value)) : price;
  });
  return {
    count: account.balances.length,
    asset: account.balances.map((balance) => balance.asset),
    amount: figureColumn(account.balances.map((balance) => some(balance.amount))),
    price: figureColumn(prices),
    value: figureColumn(values),
  };
}

/** The markets that move this account: bases of its positions, then volatile assets that it holds or settles in. */
export function marketColumns(
  account: Account,
  priced: PricedBook,
  unit: string,
  { source, limits }: { readonly source: SourceView; readonly limits: StaleLimits },
): MarketColumns {
  const { book, assetTimeMs, arrivalMs, asOfMs } = priced;
  const markets = new Map<string, { price: Figure; timeMs: number }>();
  const note = (market: string, price: Figure, timeMs: number): void => {
    const held = markets.get(market);
    if (!held || (!held.price.ok && price.ok)) markets.set(market, { price, timeMs: price.ok ? timeMs : Number.NaN });
  };
  const used = account.positions.flatMap(({ instrument }) => book.instruments.get(instrument) ?? []);
  for (const { id, base, markPrice, markTimeMs } of used) note(base, known(markPrice, none('missing-mark', id)), markTimeMs ?? asOfMs);
  for (const symbol of [...account.balances.map(({ asset }) => asset), ...used.map(({ settle }) => settle)]) {
    if (symbol !== unit && !isPegged(symbol)) note(symbol, assetPrice(symbol, book, unit), assetTimeMs.get(symbol) ?? asOfMs);
  }
  const rows = [...markets].map(([market, { price, timeMs }]) => {
    const at = arrivalMs.get(market);
    const { freshness } = inputAge({ market, timeMs, ...(at === undefined ? {} : { arrivalMs: at }) }, source, limits);
    return { market, price, timeMs, at: at ?? Number.NaN, freshness, limits: limitsOf(market, limits) };
  });
  return {
    count: rows.length,
    market: rows.map(({ market }) => market),
    price: figureColumn(rows.map(({ price }) => price)),
    venueTimeMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
    arrivalTimeMs: Float64Array.from(rows, ({ at }) => at),
    freshness: rows.map(({ freshness }) => freshness),
    liveMs: Float64Array.from(rows, ({ limits: { liveMs } }) => liveMs),
    delayedMs: Float64Array.from(rows, ({ limits: { delayedMs } }) => delayedMs),
    staleMs: Float64Array.from(rows, ({ limits: { staleMs } }) => staleMs),
  };
}

/** More instruments than anyone picks from a list. */
const INSTRUMENTS_MAX = 2_000;

/** The instruments of the account's venue, as the book lists them. */
export function instrumentColumns(account: Account, book: Book): InstrumentColumns {
  const own = [...book.instruments.values()].filter((instrument) => instrument.venue === account.venue).slice(0, INSTRUMENTS_MAX);
  return { count: own.length, id: own.map(({ id }) => id), base: own.map(({ base }) => base) };
}

export const NO_INSTRUMENTS: InstrumentColumns = { count: 0, id: [], base: [] };

export const NO_MARKETS: MarketColumns = {
  count: 0,
  market: [],
  price: { value: new Float64Array(), text: [], reason: [] },
  venueTimeMs: new Float64Array(),
  arrivalTimeMs: new Float64Array(),
  freshness: [],
  liveMs: new Float64Array(),
  delayedMs: new Float64Array(),
  staleMs: new Float64Array(),
};
