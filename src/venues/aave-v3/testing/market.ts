/** A made-up pool and users in the shape of UiPoolDataProvider's humanized answers: random, from a seed. */
import fc from 'fast-check';

/** When the pool is read. */
export const NOW = 1_760_000_000;

const ray = (min: number, max: number) =>
  fc.integer({ min: Math.round(min * 1e9), max: Math.round(max * 1e9) }).map((n) => (BigInt(n) * 10n ** 18n + BigInt(n % 1000)).toString());

const reserve = (id: number) =>
  fc
    .record({
      decimals: fc.constantFrom(6, 8, 18),
      ltv: fc.integer({ min: 0, max: 80 }),
      cushion: fc.integer({ min: 1, max: 10 }),
      price: fc.bigInt({ min: 10n ** 5n, max: 10n ** 13n }),
      liquidityIndex: ray(1, 1.8),
      variableBorrowIndex: ray(1, 2.2),
      liquidityRate: ray(0, 0.2),
      variableBorrowRate: ray(0, 0.4),
      age: fc.integer({ min: 0, max: 3_000_000 }),
    })
    .map((r) => ({
      originalId: id,
      id: String(id),
      underlyingAsset: `0x${String(id).padStart(40, '0')}`,
      symbol: `R${id}`,
      name: `R${id}`,
      decimals: r.decimals,
      baseLTVasCollateral: String(r.ltv * 100),
      reserveLiquidationThreshold: String((r.ltv + r.cushion) * 100),
      reserveLiquidationBonus: '10500',
      priceInMarketReferenceCurrency: r.price.toString(),
      liquidityIndex: r.liquidityIndex,
      variableBorrowIndex: r.variableBorrowIndex,
      liquidityRate: r.liquidityRate,
      variableBorrowRate: r.variableBorrowRate,
      lastUpdateTimestamp: NOW - r.age,
      usageAsCollateralEnabled: true,
      reserveFactor: '1000',
      availableLiquidity: '1000000000000000000000',
      totalScaledVariableDebt: '1000000000000',
      borrowCap: '0',
      supplyCap: '0',
      debtCeiling: '0',
      debtCeilingDecimals: 2,
      isolationModeTotalDebt: '0',
      virtualUnderlyingBalance: '0',
      deficit: '0',
    }));

export const RESERVE_COUNT = 6;

export const anyPool = fc.tuple(...Array.from({ length: RESERVE_COUNT }, (_, id) => reserve(id)));

/** One category: 90 %, 93 %, for the first three reserves; the third lends nothing in it. */
export const E_MODES = [
  {
    id: 1,
    eMode: {
      label: 'correlated',
      isolated: false,
      ltv: '9000',
      liquidationThreshold: '9300',
      liquidationBonus: '10100',
      collateralBitmap: '111',
      borrowableBitmap: '111',
      ltvzeroBitmap: '100',
    },
  },
];

export const BASE_CURRENCY = { marketReferenceCurrencyDecimals: 8, marketReferenceCurrencyPriceInUsd: '100000000' };

const scaled = fc.oneof(fc.constant('0'), fc.bigInt({ min: 10n ** 9n, max: 10n ** 24n }).map(String));

export const anyUser = fc.record({
  userEmodeCategoryId: fc.constantFrom(0, 1),
  userReserves: fc.tuple(
    ...Array.from({ length: RESERVE_COUNT }, (_, id) =>
      fc.record({
        underlyingAsset: fc.constant(`0x${String(id).padStart(40, '0')}`),
        scaledATokenBalance: scaled,
        scaledVariableDebt: scaled,
        usageAsCollateralEnabledOnUser: fc.boolean(),
      }),
    ),
  ),
});
