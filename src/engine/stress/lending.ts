/** How a lending account can end: by falls together, by one asset, by interest alone, and whether a liquidation would help it. Rule DI-11 of docs/spec/distance.md. */
import type { Account, Book } from '../../domain/book.ts';
import { type Figure, map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { assessAccount } from '../assess.ts';
import { type ToxicRegion, toxicRegion } from '../cure/toxic.ts';
import { resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { yearsToLiquidation } from './impact.ts';
import { moveToLine } from './ray.ts';
import { poolSurface } from './shortest-shock.ts';

/** Continuous yearly rates by asset: what a balance earns, what a debt costs. 0 where none is named. */
export interface LendingRates {
  readonly supply: ReadonlyMap<string, number>;
  readonly borrow: ReadonlyMap<string, number>;
}

export interface LendingDistances {
  readonly healthFactor: Figure;
  /** Relative move of all volatile prices together; pegged assets stay. */
  readonly uniformFall: Figure;
  /** One asset alone: a collateral's fall, or a debt's rise. */
  readonly perAsset: readonly { readonly asset: string; readonly isDebt: boolean; readonly move: Outcome<number> }[];
  /** Years until interest alone reaches the line, prices standing still. */
  readonly interest: Outcome<number>;
  /** By collateral: where a liquidation that seizes it lowers the health factor, and whether the account is there now. */
  readonly toxic: readonly { readonly asset: string; readonly region: Outcome<ToxicRegion>; readonly isToxic: Outcome<boolean> }[];
}

/** DI-11: of an account of a lending venue; `not-applicable` elsewhere. */
export function lendingDistances(account: Account, book: Book, rules: VenueRules, rates: LendingRates): Outcome<LendingDistances> {
  const { pools, unit } = resolveAccount(account, book, rules);
  const pool = pools[0];
  if (pool?.kind !== 'lending') return none('not-applicable');
  const { healthFactor, uniformShockDown } = assessAccount(account, book, rules);
  const assets = [...new Set(pool.collateral.filter(({ amount, asset }) => !amount.isZero() && asset !== unit).map(({ asset }) => asset))];
  const surface = poolSurface(pool, rules, assets, unit);
  const net = (asset: string): number =>
    pool.collateral.filter((item) => item.asset === asset).reduce((sum, { amount }) => sum + amount.toNumber(), 0);
  const perAsset = assets.map((asset, at) => {
    const isDebt = net(asset) < 0;
    const betas = assets.map((_, i) => (i === at ? 1 : 0));
    return { asset, isDebt, move: surface.ok ? moveToLine(surface.value, betas, isDebt ? 'rise' : 'fall') : surface };
  });
  const toxic = pool.collateral
    .filter(({ amount }) => amount.gt(0))
    .map(({ asset, liquidationThreshold, liquidationBonus }) => {
      const region = map2(liquidationThreshold, liquidationBonus, toxicRegion);
      const isToxic = map2(region, healthFactor, (one, factor) => factor.lt(one.healthFactorBelow));
      return { asset, region, isToxic };
    });
  return some({ healthFactor, uniformFall: uniformShockDown, perAsset, interest: interestOf(pool.collateral, rates), toxic });
}

/**
 * Years t at which Σ A·e^(r_supply·t) = Σ D·e^(r_borrow·t), A risk-adjusted. Of one collateral and one debt ln HF ÷ (r_borrow − r_supply); of
 * several, by bisection on the first thousand years; `never` beyond.
 */
function interestOf(items: ReturnType<typeof resolveAccount>['pools'][number]['collateral'], rates: LendingRates): Outcome<number> {
  const terms: { value: number; rate: number }[] = [];
  for (const { asset, amount, price, liquidationThreshold } of items) {
    if (amount.isZero()) continue;
    if (!price.ok) return price;
    if (amount.gt(0) && !liquidationThreshold.ok) return liquidationThreshold;
    const weight = amount.gt(0) && liquidationThreshold.ok ? liquidationThreshold.value : undefined;
    const value = amount.times(price.value);
    terms.push({ value: (weight ? value.times(weight) : value).toNumber(), rate: (weight ? rates.supply : rates.borrow).get(asset) ?? 0 });
  }
  const debt = terms.filter(({ value }) => value < 0);
  if (debt.length === 0) return none('no-debt');
  const [first, second] = terms;
  if (terms.length === 2 && first && second && debt.length === 1) {
    const [owed, held] = first.value < 0 ? [first, second] : [second, first];
    return yearsToLiquidation(held.value / -owed.value, owed.rate, held.rate);
  }
  const excess = (years: number): number => terms.reduce((sum, { value, rate }) => sum + value * Math.exp(rate * years), 0);
  if (excess(0) <= 0) return none('already');
  return firstYear(excess);
}

const YEARS_MAX = 1000;

function firstYear(excess: (years: number) => number): Outcome<number> {
  let low = 0;
  for (let high = 1 / 365; high <= YEARS_MAX; high *= 1.05) {
    if (excess(high) > 0) {
      low = high;
      continue;
    }
    let above = high;
    for (let i = 0; i < 200 && above - low > 1e-15 * above; i++) {
      const middle = (low + above) / 2;
      if (excess(middle) > 0) low = middle;
      else above = middle;
    }
    return some(above);
  }
  return none('never');
}
