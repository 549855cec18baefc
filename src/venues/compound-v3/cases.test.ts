import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { type Case, type Computed, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
import { run } from '../testing/closures.ts';
import { absorb, type CometAccount, FACTOR, isBorrowCollateralized, isLiquidatable, PRICE, quoteCollateral } from './comet.ts';
import { compoundV3 } from './index.ts';

const fixed = (value: unknown, scale: bigint): bigint => BigInt(new Decimal(String(value)).times(scale.toString()).toFixed(0));
const TOKEN = 10n ** 18n;
const USDC = 10n ** 6n;

const accountOf = (input: Case['input']): CometAccount => ({
  base: BigInt(String(input.basePrincipal)),
  baseScale: 10n ** BigInt(String(input.baseDecimals ?? 6)),
  basePrice: fixed(input.basePrice ?? 1, PRICE),
  collateral: ((input.collateral ?? []) as Case['input'][]).map(({ amount, price }) => ({
    amount: fixed(amount, TOKEN),
    scale: TOKEN,
    price: fixed(price, PRICE),
  })),
});

const FORMULAS: Readonly<Record<string, (input: Case['input']) => Record<string, Computed>>> = {
  'comet.liquidity': (input) => ({
    isLiquidatable: isLiquidatable(accountOf(input), () => fixed(input.liquidateCF ?? 1, FACTOR)),
    isBorrowCollateralized: isBorrowCollateralized(accountOf(input), () => fixed(input.borrowCF ?? 1, FACTOR)),
  }),
  'comet.quoteCollateral': (input) => ({
    collateralOut: quoteCollateral(
      BigInt(String(input.baseAmount)),
      { price: PRICE, scale: USDC },
      { price: fixed(input.assetPrice, PRICE), scale: TOKEN },
      fixed(input.storeFrontPriceFactor, FACTOR),
      fixed(input.liquidationFactor, FACTOR),
    ),
  }),
  'comet.absorb': (input) => {
    const after = absorb(accountOf(input), () => fixed(input.liquidationFactor, FACTOR));
    return { finalBase: after.base, basePaidOut: after.basePaidOut };
  },
};
const compute = (item: Case) => FORMULAS[item.formula]?.(item.input);

describeOracle('compound-v3 vectors', readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[], compute, 17);
describeOracle('compound-v3 oracle cases', oracleCases('defi', 'compound-v3'), compute, 0);

describe('CO-7 absorption of an account', () => {
  const asset = (symbol: string, price: string) =>
    [
      symbol,
      {
        symbol,
        price: new Decimal(price),
        liquidationThreshold: new Decimal('0.85'),
        loanToValue: new Decimal('0.8'),
        liquidationBonus: new Decimal('0.25'),
      },
    ] as const;
  const book = (price: string) => ({
    format: 'leverage-book/1' as const,
    asOf: '2026-01-01T00:00:00Z',
    instruments: new Map(),
    assets: new Map([asset('WETH', price), asset('USDC', '1')]),
    accounts: [],
  });
  const account = {
    id: 'a',
    venue: 'compound-v3',
    positions: [],
    balances: [
      { asset: 'WETH', amount: new Decimal(1) },
      { asset: 'USDC', amount: new Decimal(-1800) },
    ],
  };
  it('pays the debt, leaves the surplus', () => {
    // 2,100 × 0.85 = 1,785 of 1,800; the liquidation factor 0.8 credits 1,680: the reserves bear 120.
    const short = run(compoundV3, account, book('2100'));
    expect(short.end).toBe('bankrupt');
    expect(short.account.balances.map(({ amount }) => amount.toFixed())).toEqual(['0', '0']);
    // 1,800 of debt against 1 at 2,250 under a threshold of 0.75: 1,687.5; credited 1,800 exactly.
    const even = run(
      compoundV3,
      {
        ...account,
        balances: [
          { asset: 'WETH', amount: new Decimal(1), liquidationThreshold: new Decimal('0.75') },
          { asset: 'USDC', amount: new Decimal(-1700) },
        ],
      },
      book('2250'),
    );
    expect(even.account.balances.map(({ amount }) => amount.toFixed())).toEqual(['0', '100']);
  });
});
