/** One account of a reading, looked at once: its row, its money in dollars, what it holds of each asset, and the venue's own figures beside ours. Rules WL-4 to WL-7. */
import type { Account, Book } from '../../domain/book.ts';
import { type Figure, map, map2, none, some } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { sumLending } from '../../engine/lending/lending.ts';
import { sumPool } from '../../engine/margin/pool.ts';
import { type Pool, resolveAccount } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { combinePools } from '../../engine/totals.ts';
import type { AccountAssessment } from '../../engine/types.ts';
import { type Comparison, compareFigures, type TheirFigures } from '../../policy/disagreement.ts';
import { riskState } from '../../policy/risk-state.ts';
import { figureCell } from '../columns.ts';
import type { FigureCell, RiskState } from '../protocol.ts';
import { rulesOf } from '../view.ts';
import { type CommonShock, dollarsPer, factorOf, shockedBook } from './dollars.ts';
import type { WatchedAccountRow } from './messages.ts';
import { worstOf } from './meter.ts';

/** What an address was read to hold, with the venue's own figures, by account. */
export interface AddressReading {
  readonly book: Book;
  readonly theirs: readonly (TheirFigures & { readonly account: string })[];
}

/** One asset in one account. */
export interface Holding {
  readonly asset: string;
  /** Tokens held as collateral; in dollars: their worth, and signed positions and debts. */
  readonly amount: Decimal;
  readonly collateral: Figure;
  readonly exposure: Figure;
}

/** An account as it was read. */
export interface AccountLook {
  readonly row: Omit<WatchedAccountRow, 'riskState' | 'shocked'>;
  /** By prices alone, whatever their age. */
  readonly state: RiskState;
  /** In dollars; of all pools, isolated ones too. */
  readonly equity: Figure;
  readonly grossNotional: Figure;
  /** In order of asset. */
  readonly holdings: readonly Holding[];
  readonly comparisons: readonly Comparison[];
}

/** The same account under the common shock. */
export interface ShockedLook {
  readonly shock: CommonShock;
  readonly cells: Omit<WatchedAccountRow['shocked'], 'riskState'>;
  readonly state: RiskState;
  /** In dollars. */
  readonly equity: Figure;
  /** For each holding: equity with this asset alone moved as the shock moves it, less equity now; in dollars. */
  readonly gains: readonly Figure[];
}

export interface Place {
  /** Unique over the list. */
  readonly key: string;
  readonly source: string;
  readonly address: string;
}

const unitOf = (account: Account, book: Book): string => account.unit ?? book.unit ?? 'USD';

/** Assesses `account` as it was read. */
export function lookAtAccount(account: Account, { book, theirs }: AddressReading, { key, source, address }: Place): AccountLook {
  const rules = rulesOf(account);
  const unit = unitOf(account, book);
  const rate = dollarsPer(unit, book);
  const assessment = assessAccount(account, book, rules);
  const figures = combinePools(assessment.pools);
  const said = theirs.find((stated) => stated.account === account.id);
  const comparisons = said ? compareFigures(assessment, account, said) : [];
  const differing = comparisons.filter(({ reason }) => reason !== undefined);
  return {
    row: {
      account: key,
      source,
      address,
      venue: account.venue,
      venueName: rules.name,
      kind: rules.kind,
      unit,
      equity: figureCell(figures.equity),
      grossNotional: figureCell(figures.grossNotional),
      leverage: figureCell(figures.leverage),
      marginRatio: figureCell(figures.marginRatio),
      healthFactor: figureCell(figures.healthFactor),
      ...theirFactor(said),
      marginExcess: figureCell(figures.marginExcess),
      uniformShock: figureCell(figures.uniformShock),
      nearest: nearestOf(assessment, book, said),
      stated: comparisons.length,
      agreeing: comparisons.length - differing.length,
      worst: worstOf(differing),
      asOfMs: Date.parse(book.asOf),
      indeterminate: assessment.indeterminate.map(({ reason, subject }) => `${reason} ${subject}`),
    },
    state: riskState(assessment),
    equity: times(figures.equity, rate),
    grossNotional: times(figures.grossNotional, rate),
    holdings: holdingsOf(account, book, rules, rate),
    comparisons,
  };
}

/** Assesses `account` with the prices of its reading moved, exactly. */
export function lookUnderShock(account: Account, book: Book, { holdings, equity }: AccountLook, shock: CommonShock): ShockedLook {
  const rules = rulesOf(account);
  const unit = unitOf(account, book);
  const rate = dollarsPer(unit, book);
  const rateUnder = (moved: CommonShock): Figure => map(rate, (dollars) => dollars.times(factorOf(unit, moved)));
  const assessment = assessAccount(account, shockedBook(book, unit, shock), rules);
  const figures = combinePools(assessment.pools);
  const gainOf = (asset: string): Figure => {
    if (factorOf(asset, shock).eq(ONE)) return map(equity, () => ZERO);
    const alone = { move: shock.move, asset };
    const { pools } = resolveAccount(account, shockedBook(book, unit, alone), rules);
    return map2(times(equityOf(pools), rateUnder(alone)), equity, (after, before) => after.minus(before));
  };
  return {
    shock,
    cells: { equity: figureCell(figures.equity), marginRatio: figureCell(figures.marginRatio) },
    state: riskState(assessment),
    equity: times(figures.equity, rateUnder(shock)),
    gains: holdings.map(({ asset }) => gainOf(asset)),
  };
}

const times = (figure: Figure, rate: Figure): Figure => map2(figure, rate, (value, dollars) => value.times(dollars));
const plus = (a: Figure, b: Figure): Figure => map2(a, b, (x, y) => x.plus(y));

/** The venue's own health factor; null: it says that nothing is owed. */
function theirFactor(said: TheirFigures | undefined): { readonly theirHealthFactor?: FigureCell } {
  if (said?.healthFactor === undefined) return {};
  return { theirHealthFactor: figureCell(said.healthFactor === null ? none('no-debt') : some(new Decimal(said.healthFactor))) };
}

/** What the venue says of the same position; where it says that there is no such price, that. */
function theirPrice(said: TheirFigures | undefined, instrument: string): { readonly theirs?: FigureCell } {
  const stated = said?.positions.find((position) => position.instrument === instrument);
  if (!stated) return {};
  const { liquidationPrice } = stated;
  return { theirs: figureCell(liquidationPrice === null ? none('never', instrument) : some(new Decimal(liquidationPrice))) };
}

/** Of the positions whose liquidation price is known the one with the least distance; one that is past it is nearest of all. */
function nearestOf(assessment: AccountAssessment, book: Book, said: TheirFigures | undefined): WatchedAccountRow['nearest'] {
  let nearest: AccountAssessment['positions'][number] | undefined;
  let least: Decimal | undefined;
  for (const position of assessment.positions) {
    const { liquidationDistance: distance } = position;
    if (!distance.ok || (least && distance.value.gte(least))) continue;
    [nearest, least] = [position, distance.value];
  }
  if (!nearest) return null;
  const { instrument, liquidationPrice, liquidationDistance } = nearest;
  const markPrice = book.instruments.get(instrument)?.markPrice;
  return {
    instrument,
    liquidationPrice: figureCell(liquidationPrice),
    ...theirPrice(said, instrument),
    markPrice: figureCell(markPrice ? some(markPrice) : none('missing-mark', instrument)),
    distance: figureCell(liquidationDistance),
  };
}

/** Every asset that the account holds, owes or has positions in, in order of name. */
function holdingsOf(account: Account, book: Book, rules: VenueRules, rate: Figure): Holding[] {
  const held = new Map<string, { amount: Decimal; collateral: Figure; exposure: Figure }>();
  const at = (asset: string) => {
    const found = held.get(asset) ?? { amount: ZERO, collateral: some(ZERO), exposure: some(ZERO) };
    held.set(asset, found);
    return found;
  };
  for (const { collateral, legs } of resolveAccount(account, book, rules).pools) {
    for (const { asset, amount, price } of collateral) {
      if (amount.isZero()) continue;
      const cell = at(asset);
      const inUnit = map(price, (each) => amount.times(each));
      if (amount.isNegative()) cell.exposure = plus(cell.exposure, times(inUnit, rate));
      else [cell.amount, cell.collateral] = [cell.amount.plus(amount), plus(cell.collateral, times(inUnit, rate))];
    }
    for (const { instrument, side, delta, v, settlePrice } of legs) {
      const cell = at(instrument.base);
      const notional = map2(v, settlePrice, (value, settle) => delta.abs().times(value).times(settle).times(side));
      cell.exposure = plus(cell.exposure, times(notional, rate));
    }
  }
  return [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([asset, cell]) => ({ asset, ...cell }));
}

/** The sum of the pools' equity, in the account's unit. */
const equityOf = (pools: readonly Pool[]): Figure => pools.map(poolEquity).reduce(plus, some(ZERO));

const poolEquity = (pool: Pool): Figure => {
  if (pool.kind !== 'lending') return sumPool(pool).equity;
  const { collateral, debt } = sumLending(pool);
  return map2(collateral, debt, (a, b) => a.minus(b));
};
