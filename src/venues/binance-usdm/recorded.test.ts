/** Positions that traders pasted from live accounts, with the exchange's own liquidation price. */
import { afterAll, describe, expect, it } from 'vitest';
import { sharedRows, Tally } from '../testing/cases.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual } from '../testing/cex-cases.ts';
import { binanceUsdmRules as rules } from './rules.ts';

interface Row {
  readonly id: string;
  readonly account: Readonly<Record<string, string>>;
  readonly positions: readonly Readonly<Record<string, string | null>>[];
}

/** Prices are printed with 8 decimals; the cheapest coin here stands at 0.16. */
const TOLERANCE = d('1e-7');
const rows = sharedRows('real/binance.jsonl') as Row[];

const legOf = (position: Row['positions'][number]): LegInputs => ({
  id: String(position.symbol),
  contract: 'linear',
  side: position.side === 'short' ? 'short' : 'long',
  quantity: d(position.size),
  entry: d(position.entryPrice),
  mark: d(position.markPrice),
  mode: position.marginMode === 'isolated' ? 'isolated' : 'cross',
  leverage: d(position.leverage),
  tiers: oneTier(position.mmr ?? '0.004', position.cum ?? 0),
  ...(position.isolatedWallet ? { isolatedMargin: d(position.isolatedWallet) } : {}),
});

describe('binance-usdm recorded positions', () => {
  const tally = new Tally('binance-usdm recorded positions');
  afterAll(() => tally.print());
  const check = (name: string, found: Parameters<typeof relativeResidual>[0], wanted: unknown, tolerance = TOLERANCE) => {
    const residual = relativeResidual(found, d(wanted));
    return tally.note(
      residual.lte(tolerance) ? undefined : `${name}: found ${found}, wanted ${wanted}, off by ${residual.toExponential(2)}`,
    );
  };
  let compared = 0;
  for (const row of rows) {
    it(row.id, () => {
      const legs = row.positions.map(legOf);
      const balance = row.account.crossWalletBalanceImplied ?? row.account.totalCrossWalletBalance;
      const { assessment } = assessLegs(rules, legs, balance ? d(balance) : undefined);
      const faults = row.positions.flatMap((position, i) => {
        const found = assessment.positions[i]!;
        compared++;
        return [
          position.liquidationPrice
            ? check(`${position.symbol} price`, numberOf(found.liquidationPrice), position.liquidationPrice)
            : undefined,
          // Two pasted objects a second apart: profit is compared where the price stands beside it.
          position.maintMargin
            ? check(`${position.symbol} maintenance`, numberOf(found.maintenanceMargin), position.maintMargin)
            : undefined,
          position.initialMargin
            ? check(`${position.symbol} initial`, numberOf(found.initialMargin), position.initialMargin, d('1e-6'))
            : undefined,
        ];
      });
      expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    });
  }
  it('reached its rows', () => {
    if (rows.length === 0) tally.skip('all: the reference folder is not beside the project');
    expect(compared).toBeGreaterThanOrEqual(rows.length === 0 ? 0 : 8);
  });
});
