/** Sums over the accounts of the list, in dollars, and the same collateral across venues. What has no number is left out of a sum and counted. Rules WA-4 to WA-6. */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { overEquity } from '../../engine/margin/pool.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { figureCell } from '../columns.ts';
import type { RiskState } from '../protocol.ts';
import type { AccountLook, Holding, Money } from './account-look.ts';
import type { AddressTotals, CollateralCell, CollateralMatrix, VenueTotals } from './messages.ts';

/** An account with its states as they are shown: with age in them. */
export interface Shown {
  readonly look: AccountLook;
  readonly state: RiskState;
  readonly shockedState: RiskState;
}

/** Whether every amount of it has a number in dollars. */
const isCounted = ({ look: { money } }: Shown): boolean => money.equity.ok && money.grossNotional.ok && money.shockedEquity.ok;

/** Σ of one amount; no number where accounts are watched and none of them has one. */
function sumOf(counted: readonly Shown[], of: keyof Money, isUnknown: boolean): Figure {
  if (counted.length === 0 && isUnknown) return none('missing-mark');
  let sum = ZERO;
  for (const { look } of counted) {
    const figure = look.money[of];
    if (figure.ok) sum = sum.plus(figure.value);
  }
  return some(sum);
}

export function totalsOf(accounts: readonly Shown[]): AddressTotals {
  const counted = accounts.filter(isCounted);
  const isUnknown = accounts.length > 0;
  const equity = sumOf(counted, 'equity', isUnknown);
  const grossNotional = sumOf(counted, 'grossNotional', isUnknown);
  return {
    accounts: accounts.length,
    equity: figureCell(equity),
    grossNotional: figureCell(grossNotional),
    leverage: figureCell(grossNotional.ok ? overEquity(grossNotional, equity) : grossNotional),
    leftOut: accounts.length - counted.length,
    states: countsOf(accounts.map(({ state }) => state)),
    shockedStates: countsOf(accounts.map(({ shockedState }) => shockedState)),
    shockedEquity: figureCell(sumOf(counted, 'shockedEquity', isUnknown)),
  };
}

function countsOf(states: readonly RiskState[]): Partial<Record<RiskState, number>> {
  const counts: Partial<Record<RiskState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** One line a venue, in order of name. */
export function venueTotals(accounts: readonly Shown[]): VenueTotals[] {
  return venuesOf(accounts).map(({ venue, venueName }) => {
    const own = accounts.filter(({ look }) => look.standing.venue === venue);
    const counted = own.filter(isCounted);
    return {
      venue,
      venueName,
      accounts: own.length,
      equity: figureCell(sumOf(counted, 'equity', true)),
      grossNotional: figureCell(sumOf(counted, 'grossNotional', true)),
      worstState: own.reduce<RiskState>(
        (worst, { state }) => (SEVERITY.indexOf(state) > SEVERITY.indexOf(worst) ? state : worst),
        'healthy',
      ),
    };
  });
}

function venuesOf(accounts: readonly Shown[]): { readonly venue: string; readonly venueName: string }[] {
  const names = new Map(accounts.map(({ look: { standing } }) => [standing.venue, standing.venueName]));
  return [...names].map(([venue, venueName]) => ({ venue, venueName })).sort((a, b) => (a.venueName < b.venueName ? -1 : 1));
}

interface Sum {
  amount: Decimal;
  collateral: Figure;
  exposure: Figure;
  shockedGain: Figure;
}

const NOTHING: Readonly<Sum> = { amount: ZERO, collateral: some(ZERO), exposure: some(ZERO), shockedGain: some(ZERO) };

/** A part that is not known makes the sum unknown: a cell that leaves something out would look smaller than it is. */
const plus = (a: Figure, b: Figure): Figure => (a.ok ? (b.ok ? some(a.value.plus(b.value)) : b) : a);

const withHolding = (sum: Sum, { amount, collateral, exposure, shockedGain }: Omit<Holding, 'asset'>): Sum => ({
  amount: sum.amount.plus(amount),
  collateral: plus(sum.collateral, collateral),
  exposure: plus(sum.exposure, exposure),
  shockedGain: plus(sum.shockedGain, shockedGain),
});

/** Assets by what stands on them, the most first, those of which it is not known before all; venues by name. */
export function collateralMatrix(accounts: readonly Shown[]): CollateralMatrix {
  const venues = venuesOf(accounts);
  const byAsset = new Map<string, Map<string, Sum>>();
  for (const { look } of accounts) {
    for (const { asset, ...holding } of look.holdings) {
      const row = byAsset.get(asset) ?? new Map<string, Sum>();
      byAsset.set(asset, row.set(look.standing.venue, withHolding(row.get(look.standing.venue) ?? NOTHING, holding)));
    }
  }
  const rows = [...byAsset].map(([asset, row]) => ({ asset, row, sum: [...row.values()].reduce(withHolding, NOTHING) }));
  const weight = ({ sum: { collateral, exposure } }: (typeof rows)[number]): Decimal | undefined =>
    collateral.ok && exposure.ok ? collateral.value.plus(exposure.value.abs()) : undefined;
  rows.sort((a, b) => {
    const [x, y] = [weight(a), weight(b)];
    if (x === undefined || y === undefined) return Number(y === undefined) - Number(x === undefined) || (a.asset < b.asset ? -1 : 1);
    return y.comparedTo(x) || (a.asset < b.asset ? -1 : 1);
  });
  return {
    venues,
    assets: rows.map(({ asset }) => asset),
    cells: rows.map(({ row }) =>
      venues.map(({ venue }) => {
        const held = row.get(venue);
        return held ? cellOf(held) : null;
      }),
    ),
    sums: rows.map(({ sum }) => {
      const { collateral, exposure, shockedLoss } = cellOf(sum);
      return { collateral, exposure, shockedLoss };
    }),
  };
}

const cellOf = ({ amount, collateral, exposure, shockedGain }: Sum): CollateralCell => ({
  amount: figureCell(some(amount)),
  collateral: figureCell(collateral),
  exposure: figureCell(exposure),
  shockedLoss: figureCell(shockedGain),
});
