/** One account of a reading, looked at once: its row, its money in dollars, what it holds of each asset, and the venue's own figures beside ours. Rules WA-4 to WA-7. */
import type { Account, Book } from '../../domain/book.ts';
import { type Figure, map, map2, none, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
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
import type { RiskState } from '../protocol.ts';
import { rulesOf } from '../view.ts';
import { type CommonShock, dollarsPer, factorOf, shockedBook } from './dollars.ts';
import type { WatchedAccountRow } from './messages.ts';
import { worstOf } from './meter.ts';

/** What an address was read to hold, with the venue's own figures, by account. */
export interface AddressReading {
  readonly book: Book;
  readonly theirs: readonly (TheirFigures & { readonly account: string })[];
}

/** In dollars; all pools, isolated ones too. */
export interface Money {
  readonly equity: Figure;
  readonly grossNotional: Figure;
  readonly shockedEquity: Figure;
}

/** One asset in one account. */
export interface Holding {
  readonly asset: string;
  /** Tokens held as collateral; in dollars: their worth, signed positions and debts, and what the shock of this asset alone adds to equity. */
  readonly amount: Decimal;
  readonly collateral: Figure;
  readonly exposure: Figure;
  readonly shockedGain: Figure;
}

/** Of the row what does not follow from time. */
export type Standing = Omit<WatchedAccountRow, 'riskState' | 'shocked'> & {
  readonly shocked: Omit<WatchedAccountRow['shocked'], 'riskState'>;
};

export interface AccountLook {
  readonly standing: Standing;
  /** By prices alone, whatever their age. */
  readonly state: RiskState;
  readonly shockedState: RiskState;
  readonly money: Money;
  readonly holdings: readonly Holding[];
  readonly comparisons: readonly Comparison[];
}

export interface Place {
  /** Unique over the list. */
  readonly key: string;
  readonly source: string;
  readonly address: string;
}

/** Assesses `account` as it was read and under the shock, exactly. */
export function lookAtAccount(account: Account, { book, theirs }: AddressReading, place: Place, shock: CommonShock): AccountLook {
  const rules = rulesOf(account);
  const unit = account.unit ?? book.unit ?? 'USD';
  const moved = shockedBook(book, unit, shock);
  const assessment = assessAccount(account, book, rules);
  const shocked = assessAccount(account, moved, rules);
  const said = theirs.find((figures) => figures.account === account.id);
  const comparisons = said ? compareFigures(assessment, account, said) : [];
  const rate = dollarsPer(unit, book);
  const [figures, after] = [combinePools(assessment.pools), combinePools(shocked.pools)];
  const shockedRate = map(rate, (dollars) => dollars.times(factorOf(unit, shock)));
  const { key, source, address } = place;
  const differing = comparisons.filter(({ reason }) => reason !== undefined);
  return {
    standing: {
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
      marginExcess: figureCell(figures.marginExcess),
      uniformShock: figureCell(figures.uniformShock),
      nearest: nearestOf(assessment, book),
      shocked: { equity: figureCell(after.equity), marginRatio: figureCell(after.marginRatio) },
      stated: comparisons.length,
      agreeing: comparisons.length - differing.length,
      worst: worstOf(differing),
      asOfMs: Date.parse(book.asOf),
      indeterminate: assessment.indeterminate.map(({ reason, subject }) => `${reason} ${subject}`),
    },
    state: riskState(assessment),
    shockedState: riskState(shocked),
    money: {
      equity: times(figures.equity, rate),
      grossNotional: times(figures.grossNotional, rate),
      shockedEquity: times(after.equity, shockedRate),
    },
    holdings: holdingsOf(account, book, rules, shock),
    comparisons,
  };
}

const times = (figure: Figure, rate: Figure): Figure => map2(figure, rate, (value, dollars) => value.times(dollars));
const plus = (a: Figure, b: Figure): Figure => map2(a, b, (x, y) => x.plus(y));

/** Of the positions whose liquidation price is known the one with the least distance; one that is past it is nearest of all. */
function nearestOf(assessment: AccountAssessment, book: Book): WatchedAccountRow['nearest'] {
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
    markPrice: figureCell(markPrice ? some(markPrice) : none('missing-mark', instrument)),
    distance: figureCell(liquidationDistance),
  };
}

interface Held {
  amount: Decimal;
  collateral: Figure;
  exposure: Figure;
}

/** Every asset that the account holds, owes, has positions in or settles in, in order of name. */
function holdingsOf(account: Account, book: Book, rules: VenueRules, shock: CommonShock): Holding[] {
  const { pools, unit } = resolveAccount(account, book, rules);
  const rate = dollarsPer(unit, book);
  const held = new Map<string, Held>();
  const at = (asset: string): Held => {
    const found = held.get(asset) ?? { amount: ZERO, collateral: some(ZERO), exposure: some(ZERO) };
    held.set(asset, found);
    return found;
  };
  for (const { collateral, legs } of pools) {
    for (const { asset, amount, price } of collateral) {
      if (amount.isZero()) continue;
      const cell = at(asset);
      const worth = times(
        map(price, (each) => amount.times(each)),
        rate,
      );
      if (amount.isNegative()) cell.exposure = plus(cell.exposure, worth);
      else [cell.amount, cell.collateral] = [cell.amount.plus(amount), plus(cell.collateral, worth)];
    }
    for (const { instrument, side, delta, v, settlePrice } of legs) {
      const cell = at(instrument.base);
      const notional = map2(v, settlePrice, (value, settle) => delta.abs().times(value).times(settle).times(side));
      cell.exposure = plus(cell.exposure, times(notional, rate));
    }
  }
  const before = times(equityOf(pools), rate);
  return [...held]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([asset, cell]) => ({ asset, ...cell, shockedGain: gainOf({ account, book, rules, unit, rate, before }, asset, shock) }));
}

interface Before {
  readonly account: Account;
  readonly book: Book;
  readonly rules: VenueRules;
  readonly unit: string;
  readonly rate: Figure;
  readonly before: Figure;
}

/** Equity with this asset alone moved as the shock moves it, less equity now; exact, in dollars. */
function gainOf({ account, book, rules, unit, rate, before }: Before, asset: string, shock: CommonShock): Figure {
  if (factorOf(asset, shock).eq(ONE)) return map(before, () => ZERO);
  const alone = { move: shock.move, asset };
  const { pools } = resolveAccount(account, shockedBook(book, unit, alone), rules);
  const after = times(
    equityOf(pools),
    map(rate, (dollars) => dollars.times(factorOf(unit, alone))),
  );
  return map2(after, before, (a, b) => a.minus(b));
}

/** The sum of the pools' equity, in the account's unit. */
const equityOf = (pools: readonly Pool[]): Figure => pools.map(poolEquity).reduce(plus, some(ZERO));

const poolEquity = (pool: Pool): Figure => {
  if (pool.kind !== 'lending') return sumPool(pool).equity;
  const { collateral, debt } = sumLending(pool);
  return map2(collateral, debt, (a, b) => a.minus(b));
};
