/** Who pays what a fund cannot: winners since the start, by one of five rules. Rules CA-14, CA-15 of docs/spec/cascade.md. */
import { type Decimal, ZERO } from '../../domain/units.ts';
import type { Deleveraging, Winner } from './types.ts';

/**
 * What each winner gives of `shortfall` (> 0), in the order of `winners`; never more than its profit. The two queues take whole winners
 * and so may take more than is missing: the surplus is the fund's. What nobody gives stays uncovered.
 */
export function takenFrom(winners: readonly Winner[], shortfall: Decimal, rule: Deleveraging): readonly Decimal[] {
  switch (rule) {
    case 'none':
      return winners.map(() => ZERO);
    case 'pro-rata':
      return waterFilled(winners, shortfall, ({ profit }) => profit);
    case 'risk-aware':
      return waterFilled(winners, shortfall, (winner) => winner.profit.times(leverageOf(winner)));
    case 'queue':
      return queued(winners, shortfall, queueRank);
    case 'venue':
      return queued(winners, shortfall, venueRank);
  }
}

/** Notional ÷ equity; of an account at or below zero that still stands, its notional: ahead of all that are solvent and of that size. */
const leverageOf = ({ notional, equity }: Winner): Decimal => (equity.gt(0) ? notional.div(equity) : notional);

/** Profit ÷ notional at the start × leverage. */
const queueRank = (winner: Winner): Decimal =>
  winner.startNotional.isZero() ? ZERO : winner.profit.div(winner.startNotional).times(leverageOf(winner));

/**
 * The queue of Binance, Bybit, OKX and Hyperliquid, for a whole account: profit since entry ÷ notional at entry × leverage; who has lost since
 * entry stands behind, ÷ leverage. Venues rank each position by itself; dYdX names no order and is ranked the same.
 */
function venueRank(winner: Winner): Decimal {
  if (winner.entryNotional.isZero()) return ZERO;
  const rate = winner.unrealizedPnl.div(winner.entryNotional);
  const leverage = leverageOf(winner);
  return rate.isNegative() && !leverage.isZero() ? rate.div(leverage) : rate.times(leverage);
}

function queued(winners: readonly Winner[], shortfall: Decimal, rankOf: (winner: Winner) => Decimal): Decimal[] {
  const ranked = winners.map((winner, at) => ({ at, profit: winner.profit, rank: rankOf(winner) }));
  ranked.sort((a, b) => b.rank.comparedTo(a.rank) || a.at - b.at);
  const taken = winners.map(() => ZERO);
  let missing = shortfall;
  for (const { at, profit } of ranked) {
    if (missing.lte(0)) break;
    taken[at] = profit;
    missing = missing.minus(profit);
  }
  return taken;
}

/** In proportion to the weights; whoever would give more than its profit gives that, and the rest is spread again over the others. */
function waterFilled(winners: readonly Winner[], shortfall: Decimal, weightOf: (winner: Winner) => Decimal): Decimal[] {
  const taken = winners.map(() => ZERO);
  const weights = winners.map(weightOf);
  let open = winners.map((_, at) => at).filter((at) => weights[at]?.gt(0));
  let missing = shortfall;
  while (open.length > 0 && missing.gt(0)) {
    const total = open.reduce((sum, at) => sum.plus(weights[at] as Decimal), ZERO);
    const shareOf = (at: number): Decimal => missing.times(weights[at] as Decimal).div(total);
    const full = new Set(open.filter((at) => shareOf(at).gte((winners[at] as Winner).profit)));
    if (full.size === 0) {
      for (const at of open) taken[at] = shareOf(at);
      return taken;
    }
    for (const at of full) taken[at] = (winners[at] as Winner).profit;
    missing = [...full].reduce((left, at) => left.minus((winners[at] as Winner).profit), missing);
    open = open.filter((at) => !full.has(at));
  }
  return taken;
}

/**
 * Bybit's second trigger, beside an empty fund: how far a market's profit has fallen from its highest of the window, as a share of the fund
 * then (CA-16): (profit − max profit) ÷ fund balance at that maximum, one value an observation. Source: Bybit v5 "ADL alert".
 */
export function profitDrawdown(profits: readonly Decimal[], funds: readonly Decimal[]): readonly Decimal[] {
  let [best, fundThen]: (Decimal | undefined)[] = [];
  return profits.map((profit, i) => {
    const fund = funds[i];
    if (!fund) throw new RangeError('one balance of the fund to every profit');
    if (best === undefined || fundThen === undefined || profit.gt(best)) [best, fundThen] = [profit, fund];
    return fundThen.isZero() ? ZERO : profit.minus(best).div(fundThen);
  });
}
