import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthFactorFromWeightedSum, type ReserveState } from './account-data.ts';
import { RAY, WAD } from './fixed-point.ts';
import {
  CLOSE_FACTOR_HEALTH_FACTOR,
  calculateLiquidation,
  closeFactorBps,
  LEFTOVER_BASE,
  type LiquidationInput,
  maxLiquidatableDebt,
  SMALL_POSITION_BASE,
} from './liquidation.ts';
import { PROTOCOL_VERSIONS, protocolRules } from './protocol.ts';

const rules = protocolRules['v3.7'];
const DOLLAR = 10n ** 8n;

const reserve = (price: bigint, unit = 10n ** 8n): ReserveState => ({
  unit,
  price,
  normalizedIncome: RAY,
  normalizedDebt: RAY,
  loanToValueBps: 0n,
  liquidationThresholdBps: 8_000n,
  liquidationBonusBps: 10_500n,
});
const usd = reserve(DOLLAR);

interface Setup {
  readonly health: bigint;
  readonly debt: bigint;
  readonly collateral: bigint;
  readonly totalDebt?: bigint;
  readonly cover?: bigint;
  readonly feeBps?: bigint;
}
/** Amounts in dollars. */
const input = ({ health, debt, collateral, totalDebt = debt, cover = debt, feeBps = 0n }: Setup): LiquidationInput => ({
  healthFactor: health,
  totalDebtBase: totalDebt * DOLLAR,
  debt: { reserve: usd, amount: debt * DOLLAR },
  collateral: { reserve: usd, amount: collateral * DOLLAR, liquidationBonusBps: 10_500n, protocolFeeBps: feeBps },
  debtToCover: cover * DOLLAR,
});
const nearOne = (97n * WAD) / 100n;

describe('AV-30 close factor', () => {
  const big = { reserveCollateralBase: 10n * SMALL_POSITION_BASE, reserveDebtBase: 10n * SMALL_POSITION_BASE };

  it('0.95 itself is whole, a wei more is half', () => {
    expect(closeFactorBps({ healthFactor: CLOSE_FACTOR_HEALTH_FACTOR, ...big }, rules)).toBe(10_000n);
    expect(closeFactorBps({ healthFactor: CLOSE_FACTOR_HEALTH_FACTOR + 1n, ...big }, rules)).toBe(5_000n);
  });

  it.each([
    ['debt', 'reserveDebtBase'],
    ['collateral', 'reserveCollateralBase'],
  ])('$2000 of %s is half, a unit less is whole', (_name, field) => {
    expect(closeFactorBps({ healthFactor: nearOne, ...big, [field]: SMALL_POSITION_BASE }, rules)).toBe(5_000n);
    expect(closeFactorBps({ healthFactor: nearOne, ...big, [field]: SMALL_POSITION_BASE - 1n }, rules)).toBe(10_000n);
  });

  it('to v3.2 size did not matter', () => {
    const small = { healthFactor: nearOne, reserveCollateralBase: 1n, reserveDebtBase: 1n };
    expect(closeFactorBps(small, protocolRules['v3.2'])).toBe(5_000n);
    expect(closeFactorBps(small, protocolRules['v3.3'])).toBe(10_000n);
  });
});

describe('AV-31 most debt in one call', () => {
  it('half of the total debt, not of the reserve', () => {
    expect(maxLiquidatableDebt(input({ health: nearOne, debt: 10_000n, collateral: 20_000n }), rules)).toBe(5_000n * DOLLAR);
    // a reserve with 60 % of the debt may give 50 % of the total, one with 40 % all of its own
    expect(maxLiquidatableDebt(input({ health: nearOne, debt: 6_000n, totalDebt: 10_000n, collateral: 20_000n }), rules)).toBe(
      5_000n * DOLLAR,
    );
    expect(maxLiquidatableDebt(input({ health: nearOne, debt: 4_000n, totalDebt: 10_000n, collateral: 20_000n }), rules)).toBe(
      4_000n * DOLLAR,
    );
  });

  it('to v3.2 half of the reserve', () => {
    const old = protocolRules['v3.2'];
    expect(maxLiquidatableDebt(input({ health: nearOne, debt: 4_000n, totalDebt: 10_000n, collateral: 20_000n }), old)).toBe(
      2_000n * DOLLAR,
    );
    expect(maxLiquidatableDebt(input({ health: WAD / 2n, debt: 4_000n, collateral: 20_000n }), old)).toBe(4_000n * DOLLAR);
  });
});

describe('AV-32 to AV-34 amounts', () => {
  it('seizes the bonus, the protocol keeps its share of it', () => {
    const result = calculateLiquidation(input({ health: WAD / 2n, debt: 10_000n, collateral: 20_000n, feeBps: 1_000n }), rules);
    expect(result).toEqual({
      debtRepaid: 10_000n * DOLLAR,
      collateralSeized: 10_450n * DOLLAR,
      protocolFee: 50n * DOLLAR,
      leavesDust: false,
    });
  });

  it('short collateral goes whole and repays its value over the bonus, rounded up', () => {
    const result = calculateLiquidation(input({ health: WAD / 2n, debt: 10_000n, collateral: 10_000n }), rules);
    expect(result.collateralSeized).toBe(10_000n * DOLLAR);
    expect(result.debtRepaid).toBe((10_000n * DOLLAR * 10_000n + 10_499n) / 10_500n);
    expect(result.leavesDust).toBe(false);
  });

  it('refuses to leave less than $1000 of either side', () => {
    const leave = (left: bigint) => input({ health: WAD / 2n, debt: 10_000n, collateral: 20_000n, cover: 10_000n - left });
    expect(calculateLiquidation(leave(1_000n), rules).leavesDust).toBe(false);
    expect(calculateLiquidation(leave(999n), rules).leavesDust).toBe(true);
    expect(calculateLiquidation(leave(999n), protocolRules['v3.2']).leavesDust).toBe(false);
    const thin = input({ health: WAD / 2n, debt: 10_000n, collateral: 9_000n, cover: 7_700n });
    // 7700 × 1.05 = 8085 of 9000: 915 of collateral would stay
    expect(calculateLiquidation(thin, rules).leavesDust).toBe(true);
    expect(LEFTOVER_BASE).toBe(1_000n * DOLLAR);
  });

  it('never seizes more than there is, never repays more than offered or allowed; v3.7 never favours the liquidator', () => {
    let reached = 0;
    const amount = fc.bigInt({ min: 1n, max: 10n ** 20n });
    const price = fc.bigInt({ min: 1n, max: 10n ** 13n });
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        price,
        price,
        fc.constantFrom(10n ** 6n, 10n ** 18n),
        (debt, collateral, cover, debtPrice, collateralPrice, unit) => {
          const call: LiquidationInput = {
            healthFactor: WAD / 2n,
            totalDebtBase: 10n ** 12n,
            debt: { reserve: reserve(debtPrice, unit), amount: debt },
            collateral: { reserve: reserve(collateralPrice), amount: collateral, liquidationBonusBps: 10_500n, protocolFeeBps: 1_000n },
            debtToCover: cover,
          };
          const seized = PROTOCOL_VERSIONS.map((version) => {
            const result = calculateLiquidation(call, protocolRules[version]);
            expect(result.collateralSeized + result.protocolFee <= collateral).toBe(true);
            expect(result.debtRepaid <= (cover < debt ? cover : debt) + 1n).toBe(true);
            expect(result.collateralSeized >= 0n && result.protocolFee >= 0n && result.debtRepaid >= 0n).toBe(true);
            return result.collateralSeized;
          });
          expect(seized.at(-1)! <= seized[0]!).toBe(true);
          reached++;
        },
      ),
      { numRuns: 500, seed: 3, endOnFailure: true },
    );
    expect(reached).toBeGreaterThan(450);
  });

  it('AV-34: the health factor falls further where it is below bonus × threshold', () => {
    const health = (collateral: bigint, debt: bigint) => healthFactorFromWeightedSum(collateral * 8_000n, debt);
    const after = (collateral: bigint, debt: bigint) => {
      const call = input({ health: WAD / 2n, debt, collateral, cover: 1_000n });
      const { debtRepaid, collateralSeized } = calculateLiquidation(call, rules);
      return health(collateral * DOLLAR - collateralSeized, debt * DOLLAR - debtRepaid);
    };
    for (const [collateral, debt, falls] of [
      [10_400n, 10_000n, true],
      [10_600n, 10_000n, false],
    ] as const) {
      const [was, is] = [health(collateral * DOLLAR, debt * DOLLAR), after(collateral, debt)];
      expect(was.ok && is.ok && is.value < was.value).toBe(falls);
    }
  });
});
