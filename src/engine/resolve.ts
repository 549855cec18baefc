/**
 * Join once, then compute: account + book + venue rules become pools of legs and collateral with everything they need.
 * Formulas never look anything up. What is not known is kept as an Outcome with its reason and subject.
 */
import type { Account, Asset, Balance, Book, Instrument, MarginTable, Position } from '../domain/book.ts';
import { type Figure, none, type Outcome, some } from '../domain/outcome.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import { type Decimal, ONE, ZERO } from '../domain/units.ts';
import { type ResolvedTable, resolvedTable } from './margin/table.ts';
import type { PositionRules, VenueRules } from './rules.ts';

/** One balance in a pool. Value in the unit of account = amount × price × factor. */
export interface Collateral {
  readonly asset: string;
  readonly amount: Decimal;
  readonly price: Figure;
  /** 1 − haircut for a positive balance, 1 for a debt. */
  readonly factor: Decimal;
  /** Whether a uniform shock moves its price. */
  readonly volatile: boolean;
  readonly liquidationThreshold: Figure;
  readonly loanToValue: Figure;
  /** Lending: what a liquidator receives beyond what it repays, fraction. */
  readonly liquidationBonus: Figure;
}

/**
 * One position in a pool. v is the solver's variable: the price (linear) or 1 ÷ price (inverse); in v both contracts are linear:
 * unrealized profit = delta × (v − entryV), notional = |delta| × v, in the settle currency.
 */
export interface Leg {
  readonly index: number;
  readonly position: Position;
  readonly instrument: Instrument;
  readonly side: 1 | -1;
  /** size × contractSize (linear), −size × contractSize (inverse): the slope of profit in v. */
  readonly delta: Decimal;
  readonly entryV: Decimal;
  /** v at the risk price. */
  readonly v: Figure;
  readonly mark: Figure;
  /** Price of the settle currency in the unit of account. */
  readonly settlePrice: Figure;
  readonly settleVolatile: boolean;
  readonly table: Outcome<ResolvedTable>;
  readonly rules: PositionRules;
  readonly takerFeeRate: Decimal;
  /** The instrument's, or the venue's where the book names none. */
  readonly priceTick: Decimal | undefined;
}

export interface Pool {
  readonly id: string;
  readonly kind: 'cross' | 'isolated' | 'lending';
  readonly collateral: readonly Collateral[];
  readonly legs: readonly Leg[];
  /** Requirements of holdings that are not listed, in the unit of account. */
  readonly maintenanceMarginOther: Decimal;
  readonly initialMarginOther: Decimal;
}

export interface ResolvedAccount {
  readonly account: Account;
  readonly rules: VenueRules;
  readonly unit: string;
  readonly asOf: string;
  readonly pools: readonly Pool[];
}

/** Joins an account with its book and venue. Throws only for a book that its reader should have refused. */
export function resolveAccount(account: Account, book: Book, rules: VenueRules): ResolvedAccount {
  const unit = account.unit ?? book.unit ?? 'USD';
  const context: Context = { book, rules, unit };
  const pools = rules.kind === 'lending' ? [lendingPool(account, context)] : perpetualPools(account, context);
  return { account, rules, unit, asOf: book.asOf, pools };
}

interface Context {
  readonly book: Book;
  readonly rules: VenueRules;
  readonly unit: string;
}

function lendingPool(account: Account, context: Context): Pool {
  return {
    id: 'lending',
    kind: 'lending',
    collateral: account.balances.map((balance) => resolveBalance(balance, context)),
    legs: [],
    maintenanceMarginOther: account.maintenanceMarginOther ?? ZERO,
    initialMarginOther: account.initialMarginOther ?? ZERO,
  };
}

function perpetualPools(account: Account, context: Context): Pool[] {
  const legs = account.positions.map((position, index) => resolveLeg(position, index, context));
  const cross = legs.filter((leg) => leg.position.marginMode === 'cross');
  const pools =
    context.rules.crossPool === 'account'
      ? [crossPool('cross', account, account.balances, cross, true, context)]
      : settlePools(account, cross, context);
  const isolated = legs.filter((leg) => leg.position.marginMode === 'isolated').map((leg) => isolatedPool(leg, context));
  return [...pools, ...isolated];
}

/** One cross pool per settlement asset; `cross` when there is only one. */
function settlePools(account: Account, cross: readonly Leg[], context: Context): Pool[] {
  const assets = [...new Set([...account.balances.map((balance) => balance.asset), ...cross.map((leg) => leg.instrument.settle)])];
  if (assets.length <= 1) return [crossPool('cross', account, account.balances, cross, true, context)];
  return assets.map((asset, i) =>
    crossPool(
      `cross:${asset}`,
      account,
      account.balances.filter((balance) => balance.asset === asset),
      cross.filter((leg) => leg.instrument.settle === asset),
      i === 0,
      context,
    ),
  );
}

function crossPool(
  id: string,
  account: Account,
  balances: readonly Balance[],
  legs: readonly Leg[],
  carriesOther: boolean,
  context: Context,
): Pool {
  return {
    id,
    kind: 'cross',
    collateral: balances.map((balance) => resolveBalance(balance, context)),
    legs,
    maintenanceMarginOther: (carriesOther && account.maintenanceMarginOther) || ZERO,
    initialMarginOther: (carriesOther && account.initialMarginOther) || ZERO,
  };
}

function isolatedPool(leg: Leg, context: Context): Pool {
  const asset = leg.instrument.settle;
  const margin = resolveBalance({ asset, amount: leg.position.isolatedMargin ?? ZERO, collateralFactor: ONE }, context);
  return {
    id: `isolated:${leg.position.instrument}:${leg.index}`,
    kind: 'isolated',
    collateral: [margin],
    legs: [leg],
    maintenanceMarginOther: ZERO,
    initialMarginOther: ZERO,
  };
}

function resolveBalance(balance: Balance, context: Context): Collateral {
  const asset = context.book.assets.get(balance.asset);
  const optional = (value: Decimal | undefined): Figure => (value ? some(value) : none('missing-threshold', balance.asset));
  return {
    asset: balance.asset,
    amount: balance.amount,
    price: assetPrice(balance.asset, asset, context.unit),
    factor: balance.amount.isNegative() ? ONE : (balance.collateralFactor ?? asset?.collateralFactor ?? ONE),
    volatile: !isPegged(balance.asset),
    liquidationThreshold: optional(balance.liquidationThreshold ?? asset?.liquidationThreshold),
    loanToValue: optional(balance.loanToValue ?? asset?.loanToValue),
    liquidationBonus: optional(balance.liquidationBonus ?? asset?.liquidationBonus),
  };
}

/** The asset's price in the unit of account; 1 for the unit itself. */
const assetPrice = (symbol: string, asset: Asset | undefined, unit: string): Figure =>
  asset?.price ? some(asset.price) : symbol === unit ? some(ONE) : none('missing-mark', symbol);

function resolveLeg(position: Position, index: number, context: Context): Leg {
  const instrument = context.book.instruments.get(position.instrument);
  if (!instrument) throw new Error(`position on unknown instrument ${position.instrument}: the book was not read through its reader`);
  const inverse = instrument.contract === 'inverse';
  const quantity = position.size.times(instrument.contractSize);
  const mark: Figure = instrument.markPrice ? some(instrument.markPrice) : none('missing-mark', instrument.id);
  const variable = (p: Decimal): Decimal => (inverse ? ONE.div(p) : p);
  return {
    index,
    position,
    instrument,
    side: position.size.isNegative() ? -1 : 1,
    delta: inverse ? quantity.negated() : quantity,
    entryV: variable(position.entryPrice),
    mark,
    v: mark.ok ? some(variable(mark.value)) : mark,
    settlePrice: assetPrice(instrument.settle, context.book.assets.get(instrument.settle), context.unit),
    settleVolatile: !isPegged(instrument.settle),
    table: tableOf(position, instrument, context.rules),
    rules: context.rules.positionRules(instrument.contract, position.marginMode),
    takerFeeRate: instrument.takerFeeRate ?? context.rules.defaultTakerFeeRate ?? ZERO,
    priceTick: instrument.priceTick ?? context.rules.priceTick?.(instrument),
  };
}

/** The table that holds: the position's own, its maximum leverage, the instrument's in the book, the venue's. */
function tableOf(position: Position, instrument: Instrument, rules: VenueRules): Outcome<ResolvedTable> {
  const given = position.tiers ?? (position.maxLeverage && rules.tierOfMaxLeverage ? undefined : instrument.tiers);
  if (given) return some(resolvedTable(givenTable(given, rules)));
  if (position.maxLeverage && rules.tierOfMaxLeverage) return some(resolvedTable(rules.tierOfMaxLeverage(position.maxLeverage)));
  const bundled = rules.marginTable(instrument);
  return bundled ? some(resolvedTable(bundled)) : none('missing-tiers', instrument.id);
}

const GIVEN = new WeakMap<object, MarginTable>();

/** A table of tiers from a book, once per list, so that its resolved form is kept too. */
function givenTable(tiers: NonNullable<Position['tiers']>, rules: VenueRules): MarginTable {
  let table = GIVEN.get(tiers);
  if (!table || table.join !== rules.tableJoin) {
    table = { join: rules.tableJoin, measure: 'notional', tiers };
    GIVEN.set(tiers, table);
  }
  return table;
}
