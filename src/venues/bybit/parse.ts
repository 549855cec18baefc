/** Bybit's own responses as a book of one account: BY-9 of docs/spec/venues/bybit.md. */
import type { Account, Asset, Balance, Book, Instrument, MarginTier, Position } from '../../domain/book.ts';
import { type Fault, InputError } from '../../domain/fault.ts';
import type { Figure } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { balanceOfLiquidationPrice, crossSums, publishedRate } from '../derived-balance.ts';
import { isoTime } from '../response-time.ts';
import type { ParseContext } from '../venue.ts';
import { bybitClassicRules, bybitRules } from './rules.ts';
import { type BybitResponse, type MarketFacts, type PositionRow, readMeta, readResponse, sumOf, type Wallet } from './wire.ts';

const DEFAULT_FEE = bybitRules.defaultTakerFeeRate ?? ZERO;

/** position/list, alone or with wallet-balance and account/info, as a book. Throws `InputError` with pointers into the response. */
export function parseBybit(response: unknown, context: ParseContext): Book {
  const read = readResponse(response);
  const rules = read.wallet?.accountType === 'CONTRACT' ? bybitClassicRules : bybitRules;
  const facts = readMeta(context.meta);
  const faults: Fault[] = [];
  const instruments = new Map<string, Instrument>();
  const entries: Entry[] = [];
  for (const row of read.positions) {
    const instrument = instrumentOf(row, rules, facts);
    if (!instrument) {
      faults.push({ pointer: `${row.pointer}/symbol`, message: `${row.symbol} is not a ${row.category} contract` });
      continue;
    }
    instruments.set(instrument.id, instrument);
    const position = positionOf(row, instrument, read.marginMode, rules, faults);
    if (position) entries.push({ row, position });
  }
  if (faults.length > 0) throw new InputError(faults);
  const asOf = isoTime(read.time) ?? context.asOf;
  if (!asOf) throw new InputError([{ pointer: '', message: 'the response carries no time: say when it was read' }]);
  return bookOf({ ...read, entries, instruments, rules, asOf, id: context.accountId ?? rules.id });
}

interface Entry {
  readonly row: PositionRow;
  readonly position: Position;
}

interface Parts extends BybitResponse {
  readonly entries: readonly Entry[];
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly rules: VenueRules;
  readonly asOf: string;
  readonly id: string;
}

function bookOf(parts: Parts): Book {
  const { entries, instruments, rules, asOf, wallet } = parts;
  const settles = [...new Set([...instruments.values()].map((instrument) => instrument.settle))];
  const only = settles.length === 1 && !wallet ? settles[0] : undefined;
  if (!wallet && settles.length > 1) {
    throw new InputError([
      { pointer: '', message: 'positions settle in several coins: give {"positions": …, "wallet": …} with wallet-balance' },
    ]);
  }
  const unit = only ?? 'USD';
  const assets = new Map<string, Asset>(
    (wallet ? walletAssets(wallet) : settles.map((symbol) => ({ symbol, price: ONE }))).map((asset) => [asset.symbol, asset]),
  );
  const account: Account = { id: parts.id, venue: rules.id, unit, balances: [], positions: entries.map((entry) => entry.position) };
  const book: Book = { format: 'leverage-book/1', asOf, unit, instruments, assets, accounts: [] };
  if (!wallet) return { ...book, accounts: [{ ...account, balances: derivedBalances(entries, account, book, rules, unit) }] };
  return { ...book, accounts: [{ ...account, balances: walletBalances(wallet, assets), ...unlisted(wallet, account, book, rules) }] };
}

/** Of the reported total: less than this is the rounding of rates, more is orders and holdings that the response does not list. */
const UNLISTED_SHARE = new Decimal('0.001');

/** What the reported totals require beyond the listed positions, in US dollars. */
function unlisted(wallet: Wallet, account: Account, book: Book, rules: VenueRules): Partial<Account> {
  const { initialMargin, maintenanceMargin } = crossSums(account, book, rules);
  const beyond = (total: Decimal | undefined, listed: Figure): Decimal | undefined => {
    const rest = total && listed.ok ? total.minus(listed.value) : undefined;
    return total && rest?.gt(total.times(UNLISTED_SHARE)) ? rest : undefined;
  };
  const initial = beyond(wallet.totalInitialMargin, initialMargin);
  const maintenance = beyond(wallet.totalMaintenanceMargin, maintenanceMargin);
  return { ...(initial ? { initialMarginOther: initial } : {}), ...(maintenance ? { maintenanceMarginOther: maintenance } : {}) };
}

/** `BTCUSDT`, `BTCPERP` and `BTC-26DEC25` (USDC), `BTCUSD`, `BTCUSDZ25`. */
const LINEAR = /^([A-Z0-9]+?)(?:(USDT)(?:-\d{1,2}[A-Z]{3}\d{2})?|(PERP)|-\d{1,2}[A-Z]{3}\d{2})$/;
const INVERSE = /^([A-Z0-9]+?)USD(?:[HMUZ]\d{2})?$/;

function instrumentOf(row: PositionRow, rules: VenueRules, facts: MarketFacts): Instrument | undefined {
  const { category } = row;
  const match = (category === 'inverse' ? INVERSE : LINEAR).exec(row.symbol);
  const base = match?.[1];
  if (!base) return undefined;
  const quote = category === 'inverse' ? 'USD' : match[2] ? 'USDT' : 'USDC';
  const tiers = facts.tiers.get(row.symbol);
  const priceTick = facts.ticks.get(row.symbol);
  return {
    id: `bybit:${row.symbol}`,
    venue: rules.id,
    contract: category,
    base,
    quote,
    settle: category === 'inverse' ? base : quote,
    contractSize: ONE,
    ...(row.markPrice?.gt(0) ? { markPrice: row.markPrice } : {}),
    ...(priceTick ? { priceTick } : {}),
    ...(tiers ? { tiers } : {}),
  };
}

function positionOf(
  row: PositionRow,
  instrument: Instrument,
  mode: string | undefined,
  rules: VenueRules,
  faults: Fault[],
): Position | undefined {
  const entryPrice = row.avgPrice;
  const refuse = (field: string, message: string): undefined => void faults.push({ pointer: `${row.pointer}/${field}`, message });
  if (row.side !== 'Buy' && row.side !== 'Sell') return refuse('side', 'an open position must be "Buy" or "Sell"');
  if (!entryPrice?.gt(0)) return refuse('avgPrice', 'an open position must have an average price above zero');
  const size = row.side === 'Buy' ? row.size : row.size.negated();
  const leverage = row.leverage?.gt(0) ? row.leverage : undefined;
  const isolated = mode === undefined ? row.tradeMode?.eq(1) === true : mode === 'ISOLATED_MARGIN';
  const terms = { size, entryPrice, leverage, inverse: instrument.contract === 'inverse' };
  const margin = isolated ? isolatedMarginOf(row, terms) : undefined;
  if (isolated && !margin) return refuse('positionBalance', 'is required for an isolated position');
  const tiers = instrument.tiers || rules.marginTable(instrument) ? undefined : reportedTier(row, terms, instrument.markPrice, isolated);
  return {
    instrument: instrument.id,
    size,
    entryPrice,
    marginMode: isolated ? 'isolated' : 'cross',
    ...(margin ? { isolatedMargin: margin } : {}),
    ...(leverage ? { leverage } : {}),
    ...(tiers ? { tiers } : {}),
  };
}

interface Terms {
  readonly size: Decimal;
  readonly entryPrice: Decimal;
  readonly leverage: Decimal | undefined;
  readonly inverse: boolean;
}

const valueAt = ({ size, inverse }: Terms, price: Decimal): Decimal => (inverse ? size.abs().div(price) : size.abs().times(price));

/** Fee to close at the bankruptcy price: value × (1 − side ÷ L) × fee, inverse 1 + side ÷ L; what Bybit counts into both margins. */
function closingFee(terms: Terms, value: Decimal): Decimal {
  const lean = terms.size.isNegative() === terms.inverse ? ONE.negated() : ONE;
  const share = terms.leverage ? ONE.plus(lean.div(terms.leverage)) : ONE;
  return value.times(share).times(DEFAULT_FEE);
}

/** positionBalance (positionIM where it is gone) without the fee to close, which stands on both sides of the isolated equation. */
function isolatedMarginOf(row: PositionRow, terms: Terms): Decimal | undefined {
  const held = row.positionBalance?.gt(0) ? row.positionBalance : row.positionIM;
  return held?.gt(0) ? held.minus(closingFee(terms, valueAt(terms, terms.entryPrice))) : undefined;
}

/** One row at the rate that the reported maintenance margin implies; undefined where none is reported. */
function reportedTier(row: PositionRow, terms: Terms, mark: Decimal | undefined, isolated: boolean): MarginTier[] | undefined {
  const price = isolated ? terms.entryPrice : mark;
  if (!row.positionMM?.gt(0) || !price) return undefined;
  const value = valueAt(terms, price);
  const rate = row.positionMM.minus(closingFee(terms, value)).div(value);
  return rate.gt(0) ? [{ notionalFloor: ZERO, maintenanceMarginRate: publishedRate(rate) }] : undefined;
}

/** Coins with their price in US dollars (value ÷ equity); one that is no collateral counts nothing. */
function walletAssets(wallet: Wallet): Asset[] {
  return wallet.coin.map(({ coin, equity, usdValue, marginCollateral, collateralSwitch }) => ({
    symbol: coin,
    ...(equity && usdValue && !equity.isZero() && !usdValue.isZero() ? { price: usdValue.div(equity) } : {}),
    ...(marginCollateral === false || collateralSwitch === false ? { collateralFactor: ZERO } : {}),
  }));
}

/**
 * Each coin's wallet balance, and in US dollars what Bybit's own total differs by (haircuts, coins without a price), so that equity is the
 * reported margin balance: total margin balance = total wallet balance + perpetual profit.
 */
function walletBalances(wallet: Wallet, assets: ReadonlyMap<string, Asset>): Balance[] {
  const balances = wallet.coin.flatMap(({ coin, walletBalance, spotBorrow }): Balance[] => {
    const amount = (walletBalance ?? ZERO).minus(spotBorrow ?? ZERO);
    return amount.isZero() || !assets.get(coin)?.price ? [] : [{ asset: coin, amount }];
  });
  const total =
    wallet.totalWalletBalance ?? (wallet.totalMarginBalance && wallet.totalPerpUPL && wallet.totalMarginBalance.minus(wallet.totalPerpUPL));
  if (!total) return balances;
  const counted = sumOf(
    balances.map(({ asset, amount }) => {
      const { price, collateralFactor } = assets.get(asset) ?? {};
      return amount.times(price ?? ZERO).times(amount.isNegative() ? ONE : (collateralFactor ?? ONE));
    }),
  );
  const rest = total.minus(counted);
  return rest.isZero() ? balances : [...balances, { asset: 'USD', amount: rest, derived: true }];
}

/** Of the mark: below it Bybit prints the lowest price of the market for "never", which implies nothing. */
const LOWEST_TELLING_PRICE = new Decimal('0.01');

/** The balance that a reported cross liquidation price implies; none is needed where everything is isolated. */
function derivedBalances(entries: readonly Entry[], account: Account, book: Book, rules: VenueRules, unit: string): Balance[] {
  const cross = entries.filter((entry) => entry.position.marginMode === 'cross');
  if (cross.length === 0) return [];
  for (const { row, position } of cross) {
    if (!row.liqPrice || !row.markPrice || row.liqPrice.lt(row.markPrice.times(LOWEST_TELLING_PRICE))) continue;
    if (book.instruments.get(position.instrument)?.contract === 'inverse') continue;
    const amount = balanceOfLiquidationPrice(account, book, rules, position.instrument, row.liqPrice);
    if (amount.ok) return [{ asset: unit, amount: amount.value, derived: true }];
  }
  throw new InputError([
    {
      pointer: cross[0]?.row.pointer ?? '',
      message: 'no wallet for this cross position: give {"positions": …, "wallet": …} with wallet-balance',
    },
  ]);
}
