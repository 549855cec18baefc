import { describe, expect, it } from 'vitest';
import { Decimal, ONE } from '../../domain/units.ts';
import { type Case, type Computed, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
import { run } from '../testing/closures.ts';
import { morphoBlue } from './index.ts';
import { healthOf, liquidationIncentiveFactor, liquidationPrice, priceVariation, toAssetsDown, toAssetsUp, yearlyYield } from './market.ts';

const WAD = '1000000000000000000';
const int = (value: unknown): bigint => BigInt(String(value));
const dec = (value: unknown): Decimal => new Decimal(String(value));

/** A position as the API prints it: collateral value in units of the loan, or in dollars. */
function live(input: Case['input']): Record<string, Computed> {
  const borrow = dec(input.borrowAssets ?? input.borrowAssetsUsd);
  const value = input.margin === undefined ? dec(input.collateralUsd) : borrow.plus(String(input.margin));
  const healthFactor = value.times(String(input.lltv)).div(WAD).div(borrow);
  return { healthFactor, priceVariationToLiquidationPrice: priceVariation(healthFactor) };
}

function health(input: Case['input']): Record<string, Computed> {
  if (input.borrowShares === undefined) return live(input);
  const totals = { totalAssets: int(input.totalBorrowAssets), totalShares: int(input.totalBorrowShares) };
  const found = healthOf(toAssetsUp(int(input.borrowShares), totals), int(input.collateral), int(input.price), int(input.lltv));
  return {
    maxBorrowable: found.borrowable,
    healthFactor: found.healthFactor,
    ltv: found.loanToValue,
    usage: found.usage,
    isHealthy: found.isHealthy,
  };
}

function incentive(input: Case['input']): Record<string, Computed> {
  const isWad = String(input.lltv).length > 10;
  const factor = liquidationIncentiveFactor(isWad ? int(input.lltv) : BigInt(dec(input.lltv).times(WAD).toFixed(0)));
  if (isWad) return { liquidationIncentiveFactor: factor };
  const repaid = dec(input['repaidAssets(6dec)']).div('1e6').times(String(input.loanUsd));
  const seized = dec(input['seizedAssets(18dec)']).div(WAD);
  return { impliedCollateralUsd: repaid.times(dec(factor).div(WAD)).div(seized) };
}

const FORMULAS: Readonly<Record<string, (input: Case['input']) => Record<string, Computed>>> = {
  'morpho.health': health,
  'morpho.lif': incentive,
  'morpho.shares': (input) => ({
    supplyAssets: toAssetsDown(int(input.supplyShares), {
      totalAssets: int(input.totalSupplyAssets),
      totalShares: int(input.totalSupplyShares),
    }),
  }),
  'morpho.apy': (input) => {
    const year = Number(input.secondsPerYear);
    const rates = input.ratesPctPerYear as string[];
    return Object.fromEntries(
      rates.map((rate) => [`apy${rate}`, yearlyYield(BigInt(dec(rate).div(100).div(year).times(WAD).toFixed(0, 1)), year)]),
    );
  },
};
const compute = (item: Case) => FORMULAS[item.formula]?.(item.input);

describeOracle('morpho-blue vectors', readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[], compute, 17);
describeOracle('morpho-blue oracle cases', oracleCases('defi', 'morpho-blue'), compute, 0);

describe('MO-6 the liquidation price', () => {
  it('parts healthy from unhealthy', () => {
    const [borrow, collateral, lltv] = [12_345_678n, 987_654_321n, 86n * 10n ** 16n];
    const price = liquidationPrice(borrow, collateral, lltv);
    // Values are floored to the unit of the loan: a part in that many above it is healthy, as much below it is not.
    expect(healthOf(borrow, collateral, price + (2n * price) / borrow, lltv).isHealthy).toBe(true);
    expect(healthOf(borrow, collateral, price - price / borrow, lltv).isHealthy).toBe(false);
  });
});

describe('CL-34 a liquidation', () => {
  const position = (debt: string, bonus?: string) => ({
    account: {
      id: 'a',
      venue: 'morpho-blue',
      positions: [],
      balances: [
        { asset: 'WETH', amount: ONE },
        { asset: 'USDC', amount: new Decimal(debt).negated() },
      ],
    },
    book: {
      format: 'leverage-book/1' as const,
      asOf: '2026-01-01T00:00:00Z',
      instruments: new Map(),
      assets: new Map([
        [
          'WETH',
          {
            symbol: 'WETH',
            price: new Decimal(2_000),
            liquidationThreshold: new Decimal('0.86'),
            loanToValue: new Decimal('0.86'),
            ...(bonus ? { liquidationBonus: new Decimal(bonus) } : {}),
          },
        ],
        ['USDC', { symbol: 'USDC', price: ONE }],
      ]),
      accounts: [],
    },
  });
  it('repays all of the debt for its worth and the incentive', () => {
    const { account, book } = position('1800', '0.05');
    const closure = run(morphoBlue, account, book);
    expect(closure.account.balances.map(({ amount }) => amount.toFixed())).toEqual(['0.055', '0']);
  });
  it('takes all collateral and leaves the rest of the debt to the suppliers', () => {
    const { account, book } = position('1990', '0.05');
    const closure = run(morphoBlue, account, book);
    expect(closure.end).toBe('bankrupt');
    expect(closure.steps.map(({ move }) => move)).toEqual(['seizure', 'write-off']);
  });
});
