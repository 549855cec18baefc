/** Sums over the accounts of the list, in dollars, and the same collateral across venues. What has no number is left out of a sum and counted. Rules WL-4 to WL-6. */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { overEquity } from '../../engine/margin/pool.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { figureCell } from '../columns.ts';
import type { RiskState } from '../protocol.ts';
import type { AccountLook, Holding, ShockedLook } from './account-look.ts';
import type { AddressTotals, CollateralCell, CollateralMatrix, VenueTotals } from './messages.ts';

/** An account with its states as they are shown: with age in them. */
export interface Shown {
  readonly look: AccountLook;
  readonly shocked: ShockedLook;
  readonly state: RiskState;
  readonly shockedState: RiskState;
}

/** Whether every amount of it has a number in dollars. */
const isCounted = ({ look, shocked }: Shown): boolean => look.equity.ok && look.grossNotional.ok && shocked.equity.ok;

/** Σ of one amount; no number where accounts are watched and none of them has one. */
function sumOf(counted: readonly Shown[], of: (account: Shown) => Figure, isUnknown: boolean): Figure {
  if (counted.length === 0 && isUnknown) return none('missing-mark');
  let sum = ZERO;
  for (const account of counted) {
    const figure = of(account);
    if (figure.ok) sum = sum.plus(figure.value);
  }
  return some(sum);
}

const equityIn = ({ look }: Shown): Figure => look.equity;
const notionalIn = ({ look }: Shown): Figure => look.grossNotional;

export function totalsOf(accounts: readonly Shown[]): AddressTotals {
  const counted = accounts.filter(isCounted);
  const isUnknown = accounts.length > 0;
  const equity = sumOf(counted, equityIn, isUnknown);
  const grossNotional = sumOf(counted, notionalIn, isUnknown);
  return {
    accounts: accounts.length,
    equity: figureCell(equity),
    grossNotional: figureCell(grossNotional),
    leverage: figureCell(grossNotional.ok ? overEquity(grossNotional, equity) : grossNotional),
    leftOut: accounts.length - counted.length,
    states: countsOf(accounts.map(({ state }) => state)),
    shockedStates: countsOf(accounts.map(({ shockedState }) => shockedState)),
    shockedEquity: figureCell(sumOf(counted, ({ shocked }) => shocked.equity, isUnknown)),
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
    const own = accounts.filter(({ look }) => look.row.venue === venue);
    const counted = own.filter(isCounted);
    return {
      venue,
      venueName,
      accounts: own.length,
      equity: figureCell(sumOf(counted, equityIn, true)),
      grossNotional: figureCell(sumOf(counted, notionalIn, true)),
      worstState: own.reduce<RiskState>(
        (worst, { state }) => (SEVERITY.indexOf(state) > SEVERITY.indexOf(worst) ? state : worst),
        'healthy',
      ),
    };
  });
}

function venuesOf(accounts: readonly Shown[]): { readonly venue: string; readonly venueName: string }[] {
  const names = new Map(accounts.map(({ look: { row } }) => [row.venue, row.venueName]));
  return [...names]
    .map(([venue, venueName]) => ({ venue, venueName }))
    .sort((a, b) => (a.venueName.toLowerCase() < b.venueName.toLowerCase() ? -1 : 1));
}

type Sum = Omit<Holding, 'asset'> & { readonly gain: Figure };

const NOTHING: Sum = { amount: ZERO, collateral: some(ZERO), exposure: some(ZERO), gain: some(ZERO) };

/** A part that is not known makes the sum unknown: a cell that leaves something out would look smaller than it is. */
const plus = (a: Figure, b: Figure): Figure => (a.ok && b.ok ? (b.value.isZero() ? a : some(a.value.plus(b.value))) : a.ok ? b : a);

const added = (sum: Sum, { amount, collateral, exposure, gain }: Sum): Sum => ({
  amount: amount.isZero() ? sum.amount : sum.amount.plus(amount),
  collateral: plus(sum.collateral, collateral),
  exposure: plus(sum.exposure, exposure),
  gain: plus(sum.gain, gain),
});

/** Assets by what stands on them, the most first, those of which it is not known before all; venues by name. */
export function collateralMatrix(accounts: readonly Shown[]): CollateralMatrix {
  const venues = venuesOf(accounts);
  const byAsset = new Map<string, Map<string, Sum>>();
  for (const { look, shocked } of accounts) {
    const { venue } = look.row;
    look.holdings.forEach(({ asset, ...held }, i) => {
      const row = byAsset.get(asset) ?? new Map<string, Sum>();
      const holding = { ...held, gain: shocked.gains[i] ?? none('missing-mark', asset) };
      byAsset.set(asset, row.set(venue, added(row.get(venue) ?? NOTHING, holding)));
    });
  }
  const rows = [...byAsset].map(([asset, row]) => ({ asset, row, sum: [...row.values()].reduce(added, NOTHING) }));
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

const cellOf = ({ amount, collateral, exposure, gain }: Sum): CollateralCell => ({
  amount: figureCell(some(amount)),
  collateral: figureCell(collateral),
  exposure: figureCell(exposure),
  shockedLoss: figureCell(gain),
});
