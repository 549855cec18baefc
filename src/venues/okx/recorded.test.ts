/** Positions that traders pasted from live accounts, with the exchange's own liquidation price and margin ratio. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Contract } from '../../domain/book.ts';
import { sharedRows, Tally } from '../testing/cases.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual } from '../testing/cex-cases.ts';
import { balanceForEquity, balanceForSafetyRatio } from '../testing/cex-figures.ts';
import { okxRules as rules } from './rules.ts';

interface Row {
  readonly id: string;
  readonly account: Readonly<Record<string, string>>;
  readonly positions: readonly Readonly<Record<string, string | null>>[];
}

const rows = sharedRows('real/okx.jsonl') as Row[];
const TOLERANCE = d('1e-11');

/** Base coins or US dollars per contract, from notionalUsd ÷ markPrice ÷ size to the nearest power of ten. */
function contractSizeOf(position: Row['positions'][number], contract: Contract) {
  const usd = d(position.notionalUsd).div(d(position.size));
  const raw = contract === 'inverse' ? usd : usd.div(d(position.markPrice));
  return d(10).pow(raw.log(10).round());
}

/** The taker fee and the rate that the response itself implies: ratio = (margin + profit) ÷ (maintenance + fee × value). */
function legOf(position: Row['positions'][number]): LegInputs {
  const contract: Contract = String(position.symbol).includes('-USD-') ? 'inverse' : 'linear';
  const quantity = d(position.size).times(contractSizeOf(position, contract));
  const mark = d(position.markPrice);
  const value = contract === 'inverse' ? quantity.div(mark) : quantity.times(mark);
  const mode = position.marginMode === 'isolated' ? 'isolated' : 'cross';
  const fee =
    mode === 'isolated'
      ? d(position.margin).plus(d(position.unrealizedPnl)).div(d(position.mgnRatio)).minus(d(position.mmr)).div(value)
      : d('0.0005');
  return {
    id: String(position.symbol),
    contract,
    side: position.side === 'short' ? 'short' : 'long',
    quantity,
    entry: d(position.entryPrice),
    mark,
    mode,
    leverage: d(position.leverage),
    tiers: oneTier(d(position.mmr).div(value)),
    takerFeeRate: fee,
    ...(position.margin ? { isolatedMargin: d(position.margin) } : {}),
  };
}

describe('okx recorded positions', () => {
  const tally = new Tally('okx recorded positions');
  afterAll(() => tally.print());
  let compared = 0;
  for (const row of rows) {
    it(row.id, () => {
      const legs = row.positions.map(legOf);
      const equity = Object.entries(row.account).find(([name]) => name.startsWith('equityFromMgnRatio'))?.[1];
      const ratio = row.positions[0]?.mgnRatio;
      const cross = legs[0]?.mode === 'cross';
      const balance = !cross ? undefined : equity ? balanceForEquity(d(equity)) : ratio ? balanceForSafetyRatio(d(ratio)) : undefined;
      const { assessment } = assessLegs(rules, legs, balance);
      const faults = row.positions.map((position, i) => {
        compared++;
        const found = numberOf(assessment.positions[i]!.liquidationPrice);
        const residual = relativeResidual(found, d(position.liquidationPrice));
        return tally.note(
          residual.lte(TOLERANCE)
            ? undefined
            : `${position.symbol}: found ${found}, wanted ${position.liquidationPrice}, off by ${residual.toExponential(2)}`,
        );
      });
      expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    });
  }
  it('reached its rows', () => {
    if (rows.length === 0) tally.skip('all: the reference folder is not beside the project');
    expect(compared).toBeGreaterThanOrEqual(rows.length === 0 ? 0 : 4);
  });
});
