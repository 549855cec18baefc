/**
 * What moved an account from before to after: each driver's part, in each component, summing exactly. Rules SC-5, SC-6 of docs/spec/scenario.md.
 *
 * Drivers are put in one after the other, in the order given, and again in the reverse order; a driver's part is the mean of its two steps.
 * Two drivers that act together (a position that settles in a coin) share what they do together by halves: where no three do, this is the
 * Shapley value. Amounts are rounded to 18 places before they are subtracted, so that the parts sum to the whole to the last digit.
 */
import type { Account, Book, MarginTier } from '../../domain/book.ts';
import { all, type Figure, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { sumLending } from '../lending/lending.ts';
import { inUnit, maintenanceAt, notionalAt, tierOfLegAt } from '../margin/leg.ts';
import { sumPool } from '../margin/pool.ts';
import { maintenanceOf } from '../margin/table.ts';
import { type Leg, type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { applyScenario, type Peg, type Scenario, withTiers } from './scenario.ts';
import type { Market } from './types.ts';

const PLACES = 18;
const HALF = new Decimal('0.5');

export type Driver =
  | { readonly kind: 'market'; readonly market: Market }
  | { readonly kind: 'peg'; readonly asset: string; readonly venue: string | null }
  | { readonly kind: 'funding' }
  | { readonly kind: 'tiers'; readonly instrument: string };

/** Changes in the unit of account, over all pools. marginExcess = profit + collateral − haircut − requirement − tier. */
export interface Parts {
  readonly profit: Decimal;
  /** Collateral at its full price; funding is in it. */
  readonly collateral: Decimal;
  /** What haircuts and liquidation thresholds leave uncounted of it: more is worse. */
  readonly haircut: Decimal;
  /** Maintenance and closing fees at the rates of the rows that held before. */
  readonly requirement: Decimal;
  /** What other rows ask beyond that: a tier that was crossed. */
  readonly tier: Decimal;
  readonly marginExcess: Decimal;
}

export interface Attribution {
  readonly before: Parts;
  readonly after: Parts;
  readonly drivers: readonly { readonly driver: Driver; readonly parts: Parts }[];
}

const NAMES = ['profit', 'collateral', 'haircut', 'requirement', 'tier'] as const;

/** SC-5: drivers of what a scenario and new margin tables do to one account. The first thing that is not known gives its reason. */
export function attribute(
  account: Account,
  book: Book,
  rules: VenueRules,
  scenario: Scenario,
  tiers: ReadonlyMap<string, readonly MarginTier[]> = new Map(),
): Outcome<Attribution> {
  const drivers = driversOf(account, book, scenario, tiers);
  const held = heldRows(account, book, rules);
  const at = (on: ReadonlySet<number>): Outcome<Parts> => {
    const part = partialScenario(scenario, drivers, on);
    const chosen = new Map(
      [...tiers].filter(([id]) => drivers.some((driver, i) => on.has(i) && driver.kind === 'tiers' && driver.instrument === id)),
    );
    const { bookOf, accountOf } = applyScenario(withTiers(book, chosen), part);
    return partsOf(resolveAccount(accountOf(account), bookOf(account.venue), rules).pools, held);
  };
  const order = drivers.map((_, i) => i);
  const forth = walk(order, at);
  if (!forth.ok) return forth;
  const back = walk([...order].reverse(), at);
  if (!back.ok) return back;
  const [before, after] = [forth.value[0]!, forth.value[drivers.length]!];
  const steps = order.map((i) => {
    const last = drivers.length - 1 - i;
    return mean(difference(forth.value[i + 1]!, forth.value[i]!), difference(back.value[last + 1]!, back.value[last]!));
  });
  return some({ before, after, drivers: drivers.map((driver, i) => ({ driver, parts: steps[i]! })) });
}

function walk(order: readonly number[], at: (on: ReadonlySet<number>) => Outcome<Parts>): Outcome<Parts[]> {
  const on = new Set<number>();
  return all([at(on), ...order.map((i) => at(on.add(i)))]);
}

/** Markets that the account depends on and that move, its pegs, funding, tables. */
function driversOf(account: Account, book: Book, scenario: Scenario, tiers: ReadonlyMap<string, unknown>): Driver[] {
  const held = new Set(account.positions.map(({ instrument }) => instrument));
  const instruments = [...held].flatMap((id) => book.instruments.get(id) ?? []);
  const assets = new Set([...account.balances.map(({ asset }) => asset), ...instruments.map(({ settle }) => settle)]);
  const markets = new Set([...instruments.map(({ base }) => base), ...assets]);
  const moved = [...markets].filter((market) => scenario.moves.has(market) || !scenario.all.isZero()).sort();
  return [
    ...moved.map((market): Driver => ({ kind: 'market', market })),
    ...scenario.pegs
      .filter(({ asset, venue }) => assets.has(asset) && (venue === null || venue === account.venue))
      .map(({ asset, venue }): Driver => ({ kind: 'peg', asset, venue })),
    ...(scenario.funding.isZero() || held.size === 0 ? [] : [{ kind: 'funding' } as const]),
    ...[...tiers.keys()].filter((id) => held.has(id)).map((instrument): Driver => ({ kind: 'tiers', instrument })),
  ];
}

/** The scenario with only the drivers in `on`: a market that is not takes no part in the move of all. */
function partialScenario(scenario: Scenario, drivers: readonly Driver[], on: ReadonlySet<number>): Scenario {
  const moves = new Map(scenario.moves);
  const betas = new Map(scenario.betas);
  const pegs = new Set<string>();
  let funding = ZERO;
  drivers.forEach((driver, i) => {
    if (driver.kind === 'market' && !on.has(i)) {
      moves.delete(driver.market);
      betas.set(driver.market, ZERO);
    } else if (driver.kind === 'peg' && on.has(i)) pegs.add(keyOf(driver));
    else if (driver.kind === 'funding' && on.has(i)) funding = scenario.funding;
  });
  return { ...scenario, moves, betas, pegs: scenario.pegs.filter((peg) => pegs.has(keyOf(peg))), funding };
}

const keyOf = ({ asset, venue }: Pick<Peg, 'asset' | 'venue'>): string => JSON.stringify([asset, venue]);

/** The row of every position before, by its index in the account. */
function heldRows(account: Account, book: Book, rules: VenueRules): ReadonlyMap<number, number> {
  const rows = new Map<number, number>();
  for (const pool of resolveAccount(account, book, rules).pools)
    for (const leg of pool.legs)
      if (leg.table.ok && leg.v.ok)
        rows.set(leg.index, leg.table.value.tiers.indexOf(tierOfLegAt(leg, leg.table.value, basisOf(leg, leg.v.value))));
  return rows;
}

const basisOf = (leg: Leg, v: Decimal): Decimal => (leg.rules.basis === 'entry' ? leg.entryV : v);

/** SC-6: the components of all pools together. */
function partsOf(pools: readonly Pool[], held: ReadonlyMap<number, number>): Outcome<Parts> {
  const totals = { profit: ZERO, collateral: ZERO, haircut: ZERO, requirement: ZERO, tier: ZERO };
  for (const pool of pools) {
    const parts = pool.kind === 'lending' ? lendingParts(pool) : perpetualParts(pool, held);
    if (!parts.ok) return parts;
    for (const name of NAMES) totals[name] = totals[name].plus(parts.value[name]);
  }
  for (const name of NAMES) totals[name] = totals[name].toDecimalPlaces(PLACES);
  return some(withExcess(totals));
}

type Components = Omit<Parts, 'marginExcess'>;

const withExcess = (parts: Components): Parts => ({
  ...parts,
  marginExcess: parts.profit.plus(parts.collateral).minus(parts.haircut).minus(parts.requirement).minus(parts.tier),
});

function lendingParts(pool: Pool): Outcome<Components> {
  const { collateral, debt, riskAdjusted } = sumLending(pool);
  const values = all([collateral, debt, riskAdjusted]);
  if (!values.ok) return values;
  const [c, d, a] = values.value as [Decimal, Decimal, Decimal];
  return some({ profit: ZERO, collateral: c.minus(d), haircut: c.minus(a), requirement: pool.maintenanceMarginOther, tier: ZERO });
}

function perpetualParts(pool: Pool, held: ReadonlyMap<number, number>): Outcome<Components> {
  const sums = sumPool(pool);
  const gross = all(pool.collateral.map((item): Figure => (item.price.ok ? some(item.amount.times(item.price.value)) : item.price)));
  if (!gross.ok) return gross;
  const values = all([sums.collateral, sums.unrealizedPnl, sums.maintenanceMargin, sums.liquidationFees]);
  if (!values.ok) return values;
  const [counted, profit, maintenance, fees] = values.value as [Decimal, Decimal, Decimal, Decimal];
  const tiers = all(pool.legs.map((leg) => inUnit(leg, tierEffect(leg, held.get(leg.index)))));
  if (!tiers.ok) return tiers;
  const collateral = gross.value.reduce((total, value) => total.plus(value), ZERO);
  const tier = tiers.value.reduce((total, value) => total.plus(value), ZERO);
  return some({ profit, collateral, haircut: collateral.minus(counted), requirement: maintenance.plus(fees).minus(tier), tier });
}

/** Maintenance in the row that holds less that in the row that held, settle currency; a table without that row: all of it is the new table's. */
function tierEffect(leg: Leg, row: number | undefined): Figure {
  if (!leg.table.ok) return leg.table;
  if (!leg.v.ok) return leg.v;
  const table = leg.table.value;
  const before = row === undefined ? undefined : table.tiers[row];
  const at = basisOf(leg, leg.v.value);
  const now = tierOfLegAt(leg, table, at);
  if (!before || before === now) return some(ZERO);
  const notional = notionalAt(leg, at);
  const units = leg.instrument.contract === 'inverse' ? notional : leg.delta.abs();
  const fee = maintenanceAt(leg, table, leg.v.value).minus(maintenanceOf(table, now, notional, units));
  return some(maintenanceAt(leg, table, leg.v.value).minus(maintenanceOf(table, before, notional, units).plus(fee)));
}

const difference = (a: Parts, b: Parts): Parts =>
  withExcess({
    profit: a.profit.minus(b.profit),
    collateral: a.collateral.minus(b.collateral),
    haircut: a.haircut.minus(b.haircut),
    requirement: a.requirement.minus(b.requirement),
    tier: a.tier.minus(b.tier),
  });

const mean = (a: Parts, b: Parts): Parts =>
  withExcess({
    profit: a.profit.plus(b.profit).times(HALF),
    collateral: a.collateral.plus(b.collateral).times(HALF),
    haircut: a.haircut.plus(b.haircut).times(HALF),
    requirement: a.requirement.plus(b.requirement).times(HALF),
    tier: a.tier.plus(b.tier).times(HALF),
  });
