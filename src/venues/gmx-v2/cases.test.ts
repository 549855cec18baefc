import { describe, expect, it } from 'vitest';
import { Decimal, ZERO } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { explain } from '../../engine/explain/explain.ts';
import { type Case, type Computed, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
import { assessLegs, d, type LegInputs, numberOf } from '../testing/cex-cases.ts';
import { run } from '../testing/closures.ts';
import { gmxV2 } from './index.ts';
import {
  cappedProfit,
  countedImpact,
  isLiquidatable,
  leastCollateral,
  leverageBps,
  netValue,
  netValueAfterAllFees,
  poolProfit,
  v1LiquidationPrice,
} from './position.ts';
import { gmxV2Rules } from './rules.ts';

const of = (value: unknown): Decimal => d(value ?? 0);
const feesOf = (input: Case['input']) => ({ funding: of(input.pendingFundingFeesUsd), borrowing: of(input.pendingBorrowingFeesUsd) });

const FORMULAS: Readonly<Record<string, (input: Case['input']) => Record<string, Computed>>> = {
  'gmx.v1.liq': (input) => ({
    liquidationPrice: v1LiquidationPrice(
      { size: of(input.sizeUsd), collateral: of(input.collateralUsd), entryPrice: of(input.averagePrice), isLong: input.isLong === true },
      { funding: of(input.fundingFeeUsd), liquidation: of(input.liquidationFeeUsd), marginFeeBps: of(input.marginFeeBps) },
      of(String(input.maxLeverage).replace('x', '')),
    ),
  }),
  'gmx.netValue': (input) => ({
    netValue: netValue(of(input.collateralUsd), of(input.pnl), feesOf(input)),
    netValueAfterAllFees: netValueAfterAllFees(
      of(input.collateralUsd),
      of(input.pnl),
      feesOf(input),
      of(input.netPriceImpactDeltaUsd),
      of(input.closingFeeUsd),
    ),
  }),
  'gmx.leverage': (input) => {
    const found = leverageBps(of(input.sizeInUsd), of(input.collateralUsd), of(input.pnl), feesOf(input));
    return { leverageBps: found.ok ? found.value : null };
  },
  'gmx.minCollateral': (input) => {
    // A size and factors in the contracts' raw units: thousandths of 1e-27 of a dollar, floored to nothing.
    const size = of(String(input.sizeInUsd).split(' ')[0]).div('1e30');
    const factor = of(input.minCollateralFactorForLiquidation).div('1e30');
    const share = of(input.maxPositionImpactFactorForLiquidations).div('1e30');
    const impact = countedImpact(of(input.priceImpactDeltaUsd).plus(of(input.pendingImpactUsd)), size, share);
    const required = Decimal.max(size.times(factor), of(input.minCollateralUsd));
    return { minCollateralUsd: leastCollateral(required, of(input.pnl), of(input.closingFeeUsd), impact).toDecimalPlaces(20) };
  },
  'gmx.pnlCap': (input) => {
    const buckets = (input['collateralBuckets(oiUsd,oiTokens)'] as string[][]).map(([size, tokens]) => ({
      size: of(size),
      tokens: of(tokens),
    }));
    const pool = poolProfit(buckets, of(input.price), true, input.perCollateralOiAvailable === true);
    const profit = of(input.positionTokens).times(of(input.price)).minus(of(input.positionSizeUsd));
    return { poolPnl: pool, positionPnl: cappedProfit(profit, pool, of(input.longPoolUsd), of(input.maxPnlFactorForTradersLong)) };
  },
  'gmx.liquidatable': (input) => {
    const amount = of(String(input.collateral).split(' ')[0]);
    const size = of(input.sizeUsd);
    return Object.fromEntries(
      (input.collateralPrices as string[]).map((price) => [
        `liquidatable@${price}`,
        isLiquidatable(amount.times(price), size, ZERO, of(input.minCollateralFactor)),
      ]),
    );
  },
};
const compute = (item: Case) => FORMULAS[item.formula]?.(item.input);

describeOracle('gmx-v2 vectors', readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[], compute, 19);
describeOracle('gmx-v2 oracle cases', oracleCases('defi', 'gmx'), compute, 0);

const TIERS = [
  { notionalFloor: d(0), maintenanceMarginRate: d(0), maintenanceDeduction: d(-5) },
  { notionalFloor: d(500), maintenanceMarginRate: d('0.01'), maintenanceDeduction: d(0) },
];
const leg: LegInputs = {
  id: 'ETH/USD',
  contract: 'linear',
  mode: 'cross',
  side: 'long',
  quantity: d(10),
  entry: d(3_000),
  mark: d(3_000),
  takerFeeRate: d('0.0006'),
  tiers: TIERS,
  leverage: d(10),
};

describe('GX-1 a position on dollars of collateral', () => {
  it.each([
    // (required + fees − collateral ± size) ÷ ± tokens; required 300, fee 18.
    ['long', '2731.8'],
    ['short', '3268.2'],
  ] as const)('%s is liquidated at %s', (side, price) => {
    const { position } = assessLegs(gmxV2Rules, [{ ...leg, side }], d(3_000));
    expect(numberOf(position.liquidationPrice).toFixed()).toBe(price);
  });
  it('a small one by the minimum', () => {
    const { position } = assessLegs(gmxV2Rules, [{ ...leg, quantity: d('0.1') }], d(30));
    expect(numberOf(position.maintenanceMargin).toFixed()).toBe('5');
  });
});

describe('GX-2 a position on its own token', () => {
  const account = (size: string) => ({
    id: 'a',
    venue: 'gmx-v2',
    positions: [{ instrument: 'ETH/USD', size: d(size), entryPrice: d(3_000), marginMode: 'cross' as const, tiers: TIERS }],
    balances: [{ asset: 'ETH', amount: d(1) }],
  });
  const book = (price: string) => ({
    format: 'leverage-book/1' as const,
    asOf: '2026-01-01T00:00:00Z',
    unit: 'USD',
    instruments: new Map([
      [
        'ETH/USD',
        {
          id: 'ETH/USD',
          venue: 'gmx-v2',
          contract: 'linear' as const,
          base: 'ETH',
          quote: 'USD',
          settle: 'USD',
          contractSize: d(1),
          markPrice: d(price),
          takerFeeRate: d('0.0006'),
        },
      ],
    ]),
    assets: new Map([
      ['ETH', { symbol: 'ETH', price: d(price) }],
      ['USD', { symbol: 'USD', price: d(1) }],
    ]),
    accounts: [],
  });
  it('moves with the price sought', () => {
    const price = (size: string) => {
      const [position] = assessAccount(account(size), book('3000'), gmxV2Rules).positions;
      if (!position) throw new Error('no position');
      return numberOf(position.liquidationPrice);
    };
    // (30,000 + 318) ÷ 11 long; (30,000 − 318) ÷ (10 − 1) short.
    expect(price('10').toFixed(12)).toBe(d(30_318).div(11).toFixed(12));
    expect(price('-10').toFixed(12)).toBe(d(29_682).div(9).toFixed(12));
  });
  it('EX-1: its working says so', () => {
    const working = explain(account('10'), book('3000'), gmxV2Rules, { position: 0, figure: 'liquidationPrice' });
    expect(working).toMatchObject({ formula: expect.stringContaining('c × (x − P)') });
  });
  it('CL-36: is closed whole', () => {
    const closure = run(gmxV2, account('10'), book('2700'));
    expect(closure.steps.flatMap(({ fills }) => fills.map(({ change }) => change.toFixed()))).toEqual(['-10']);
  });
});
