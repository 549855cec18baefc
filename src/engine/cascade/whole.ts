/** A pool closed whole, in one round: every position at the round's average, what is missing from the fund. Rules CA-9, CA-11. */
import { type Outcome, some } from '../../domain/outcome.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Leg, Pool } from '../resolve.ts';
import { volumeOf } from './marks.ts';
import type { Move } from './round.ts';
import { addTo, changedIntoUnit, fundOf, giveUp, holderOf, noteFund, type Run } from './run.ts';
import type { Standing } from './standing.ts';
import type { Market } from './types.ts';

/** Base units of one market, + sold. */
export interface Volume {
  readonly market: Market;
  readonly amount: Decimal;
}

/** What closing the pool whole trades: all legs; of a loan, all that has a price of its own, collateral sold and debts bought back. */
export function closingVolumes(pool: Pool, unit: string): Outcome<readonly Volume[]> {
  const volumes: Volume[] = [];
  for (const leg of pool.legs) {
    const volume = volumeOf(leg, leg.position.size);
    if (!volume.ok) return volume;
    volumes.push({ market: leg.instrument.base, amount: volume.value });
  }
  if (pool.kind === 'lending') volumes.push(...tradedOf(pool, unit).map(({ asset, amount }) => ({ market: asset, amount })));
  return some(volumes);
}

/** The move of `full`. */
export function wholeMove(run: Run, standing: Standing, pool: Pool): Move | undefined {
  const volumes = closingVolumes(pool, run.unit);
  if (!volumes.ok) {
    giveUp(run, standing, volumes.reason, volumes.subject);
    return undefined;
  }
  return {
    standing,
    isIdle: false,
    volumesAt: () => volumes.value,
    carryOut: (averageOf) => {
      for (const leg of pool.legs) fillLeg(run, standing, leg, averageOf(leg.instrument.base));
      if (pool.kind === 'lending') sellBalances(run, standing, pool, averageOf);
      standing.isDone = true;
    },
    settle: () => settleClosed(run, standing),
  };
}

/** Balances that a closed loan trades: all but the unit of account and what is pegged. */
const tradedOf = (pool: Pool, unit: string) => pool.collateral.filter(({ asset }) => asset !== unit && !isPegged(asset));

function fillLeg(run: Run, standing: Standing, leg: Leg, average: Decimal): void {
  if (!leg.v.ok || !leg.settlePrice.ok) throw new RangeError(`no price for ${leg.instrument.id}`);
  const v = leg.instrument.contract === 'inverse' ? leg.v.value.div(average) : leg.v.value.times(average);
  const { id, settle } = leg.instrument;
  const holder = holderOf(standing, run.input);
  run.book.move(`position:${id}`, holder, 'market', leg.position.size);
  run.book.move(`cash:${settle}`, 'market', holder, leg.delta.times(v.minus(leg.entryV)));
  addTo(run.liquidityCash, settle, leg.delta.times(v).negated());
  run.liquidatedNotional = run.liquidatedNotional.plus(leg.delta.abs().times(v).times(leg.settlePrice.value));
}

function sellBalances(run: Run, standing: Standing, pool: Pool, averageOf: (market: string) => Decimal): void {
  const holder = holderOf(standing, run.input);
  for (const { asset, amount, price } of tradedOf(pool, run.unit)) {
    if (!price.ok) throw new RangeError(`no price for ${asset}`);
    const proceeds = amount.times(price.value).times(averageOf(asset));
    run.book.move(`cash:${asset}`, holder, 'market', amount);
    run.book.move(`cash:${run.unit}`, 'market', holder, proceeds);
    addTo(run.liquidityCash, run.unit, proceeds.negated());
    run.liquidatedNotional = run.liquidatedNotional.plus(proceeds.abs());
  }
}

/** What is missing comes from the fund; what is left stays, or goes to the fund where it is forfeit (CA-11). */
function settleClosed(run: Run, standing: Standing): void {
  const holder = holderOf(standing, run.input);
  const cash = [...run.book.holdings(holder).keys()].filter((item) => item.startsWith('cash:'));
  if (cash.length === 0) return;
  const isKept = run.input.leftovers === 'keep';
  if (isKept && cash.every((item) => !run.book.amountOf(holder, item).isNegative())) return;
  const worth = changedIntoUnit(run, holder, standing.entrant.account.venue);
  if (worth === undefined) return void giveUp(run, standing, 'missing-mark');
  if (isKept && !worth.isNegative()) return;
  const fund = fundOf(run, standing);
  noteFund(fund, run.book.move(`cash:${run.unit}`, holder, fund.holder, worth));
}
