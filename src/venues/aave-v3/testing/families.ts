/** Runs an Aave case of any family on the parser, the engine and the protocol's integers. */
import type { Book } from '../../../domain/book.ts';
import type { Figure, Outcome } from '../../../domain/outcome.ts';
import { Decimal } from '../../../domain/units.ts';
import { assessAccount } from '../../../engine/assess.ts';
import type { AccountAssessment } from '../../../engine/types.ts';
import type { Case, Computed } from '../../testing/cases.ts';
import { availableBorrows, healthFactorFromAverage, isLiquidatable, type ReserveState, supplyBalance } from '../account-data.ts';
import { RAY, rayMul, WAD } from '../fixed-point.ts';
import { aaveV3 } from '../index.ts';
import { compoundedInterest, compoundedRate, linearInterest, normalizedIncome } from '../interest.ts';
import { calculateLiquidation, closeFactorBps } from '../liquidation.ts';
import { type ProtocolVersion, protocolRules } from '../protocol.ts';
import { reserveTerms } from '../reserves.ts';
import { decodeAccountData } from '../tuple.ts';

const AS_OF = '2026-01-01T00:00:00Z';

type Input = Readonly<Record<string, unknown>>;

export const numberOf = (figure: Figure): Decimal | undefined => (figure.ok ? figure.value : undefined);
const integerOf = (outcome: Outcome<bigint>): bigint | undefined => (outcome.ok ? outcome.value : undefined);
const big = (value: unknown): bigint => BigInt(String(value ?? 0));

export function assessBook(book: Book): AccountAssessment {
  return assessAccount(book.accounts[0]!, book, aaveV3.rules);
}

/** A plain list of reserves through parser and engine. */
export const assessReserves = (list: unknown): AccountAssessment => assessBook(aaveV3.parse!(list, { asOf: AS_OF }));

const versionOf = (input: Input): ProtocolVersion => {
  if (input.version !== undefined) return input.version as ProtocolVersion;
  return input.roundingRegime === '<=v3.4' ? 'v3.4' : 'v3.7';
};

function healthFactor(input: Input): Record<string, Computed> {
  if (input.cases !== undefined) return plainHealthFactors(input.cases as readonly Input[]);
  if (input.reserves !== undefined || input.supply !== undefined) return summary(input);
  const rules = protocolRules[versionOf(input)];
  const [collateral, debt] = [big(input.totalCollateralBase), big(input.totalDebtBase)];
  const threshold = big(input.currentLiquidationThreshold ?? input.currentLiquidationThreshold_inferred);
  const health = healthFactorFromAverage(collateral, debt, threshold);
  const decoded = typeof input.answer === 'string' ? decodeAccountData(input.answer) : undefined;
  return {
    healthFactor: integerOf(health),
    availableBorrowsBase: availableBorrows(collateral, debt, big(input.ltv), rules),
    isLiquidatable: isLiquidatable(health),
    'decoded.totalCollateralBase': decoded?.totalCollateralBase,
    'decoded.totalDebtBase': decoded?.totalDebtBase,
  };
}

const plainHealthFactors = (cases: readonly Input[]): Record<string, Computed> =>
  Object.fromEntries(
    cases.map(({ C, D, LT }, i) => {
      const threshold = new Decimal(String(LT)).div(10_000).toFixed();
      const assessment = assessReserves({
        reserves: [
          { symbol: 'WETH', supplied: C, price: '1', loanToValue: '0', liquidationThreshold: threshold },
          { symbol: 'USDC', borrowed: D, price: '1' },
        ],
      });
      return [`hf${i}`, numberOf(assessment.healthFactor)];
    }),
  );

/** Basis points where whole, a fraction where not. */
const fractionText = (value: unknown): string => {
  const number = new Decimal(String(value));
  return (number.gt(1) ? number.div(10_000) : number).toFixed();
};

function summary(input: Input): Record<string, Computed> {
  const reserves = (input.reserves ?? [input]) as readonly Input[];
  const list = reserves.map((reserve, i) => ({
    symbol: `R${i}`,
    supplied: reserve.supply,
    borrowed: reserve.borrow,
    price: String(reserve.priceUsd ?? new Decimal(String(reserve.priceInMarketRef)).times(String(reserve.marketRefUsd))),
    loanToValue: fractionText(reserve.ltv),
    liquidationThreshold: fractionText(reserve.lt),
  }));
  const outside = summaryFigures(assessReserves({ reserves: list }));
  if (input.eMode === undefined) return outside;
  const { ltv, lt } = input.eMode as Input;
  const eMode = { loanToValue: fractionText(ltv), liquidationThreshold: fractionText(lt) };
  const inside = summaryFigures(assessReserves({ reserves: list, eMode }));
  return { ...outside, ...Object.fromEntries(Object.entries(inside).map(([name, value]) => [`eMode.${name}`, value])) };
}

function summaryFigures(assessment: AccountAssessment): Record<string, Computed> {
  const collateral = numberOf(assessment.grossNotional)!;
  return {
    totalCollateralUSD: collateral,
    totalBorrowsUSD: collateral.minus(numberOf(assessment.equity)!),
    availableBorrowsUSD: numberOf(assessment.withdrawable),
    currentLoanToValue: collateral.minus(numberOf(assessment.initialMargin)!).div(collateral),
    currentLiquidationThreshold: collateral.minus(numberOf(assessment.maintenanceMargin)!).div(collateral),
    healthFactor: numberOf(assessment.healthFactor),
  };
}

function interest(input: Input): Record<string, Computed> {
  const rate = big(input.rate);
  if (input.duration !== undefined) return { rateCompounded: compoundedRate(rate, big(input.duration)) };
  const seconds = big(input.currentTimestamp) - big(input.lastUpdateTimestamp);
  // math-utils follows the contracts as they stood before v3.4.
  const rules = protocolRules[(input.version as ProtocolVersion | undefined) ?? 'v3.3'];
  const compounded = compoundedInterest(rate, seconds, rules);
  const index = input.index === undefined ? undefined : big(input.index);
  const income = index === undefined ? undefined : normalizedIncome(index, rate, seconds);
  return {
    linear: linearInterest(rate, seconds),
    compounded,
    normalizedIncome: income,
    balance: income === undefined ? undefined : supplyBalance(big(input.scaledBalance), income, rules),
    balance10000: index === undefined ? undefined : rayMul(10_000n, rayMul(compounded, index)),
  };
}

/** Values given in dollars become the base currency's 8 decimals; a health factor below 1000 is a number, not a wad. */
const baseOf = (usd: unknown, base: unknown): bigint =>
  base === undefined ? big(new Decimal(String(usd)).times(1e8).toFixed(0)) : big(base);
const wadOf = (value: unknown): bigint => {
  const number = new Decimal(String(value));
  return number.lt(1000) ? big(number.times(WAD.toString()).toFixed(0)) : big(value);
};

/** A reserve whose smallest unit is worth one unit of base currency. */
const DOLLARS: ReserveState = {
  unit: 10n ** 8n,
  price: 10n ** 8n,
  normalizedIncome: RAY,
  normalizedDebt: RAY,
  loanToValueBps: 0n,
  liquidationThresholdBps: 0n,
  liquidationBonusBps: 10_500n,
};

function closeFactor(input: Input): Record<string, Computed> {
  const rules = protocolRules[versionOf(input)];
  const health = wadOf(input.healthFactor);
  const reserveCollateralBase = baseOf(input.reserveCollateralUsd, input.reserveCollateralBase);
  const reserveDebtBase = baseOf(input.reserveDebtUsd, input.reserveDebtBase);
  const factor = closeFactorBps({ healthFactor: health, reserveCollateralBase, reserveDebtBase }, rules);
  const offered = /^(\d+) \(USDC 6 dec\)$/.exec(String(input.debtToCover))?.[1];
  const liquidation = calculateLiquidation(
    {
      healthFactor: health,
      totalDebtBase: input.totalDebtBase === undefined ? reserveDebtBase : big(input.totalDebtBase),
      debt: { reserve: DOLLARS, amount: reserveDebtBase },
      collateral: { reserve: DOLLARS, amount: reserveCollateralBase, liquidationBonusBps: DOLLARS.liquidationBonusBps, protocolFeeBps: 0n },
      debtToCover: offered === undefined ? reserveDebtBase : big(offered) * 100n,
    },
    rules,
  );
  return {
    closeFactor: new Decimal(factor.toString()).div(10_000),
    debtCoveredShare: new Decimal(liquidation.debtRepaid.toString()).div(reserveDebtBase.toString()),
  };
}

/** Collateral that the repaid debt is worth, as the protocol takes it at WBTC's bundled bonus, over that debt. */
function liquidation(input: Input): Record<string, Computed> {
  const debt = big(input.debtRepaidBase);
  const bonus = reserveTerms('ethereum', 'WBTC')!.liquidationBonus;
  const result = calculateLiquidation(
    {
      healthFactor: WAD / 2n,
      totalDebtBase: debt,
      debt: { reserve: DOLLARS, amount: debt },
      collateral: {
        reserve: DOLLARS,
        amount: 10n * debt,
        liquidationBonusBps: big(bonus.plus(1).times(10_000).toFixed(0)),
        protocolFeeBps: 1_000n,
      },
      debtToCover: debt,
    },
    protocolRules['v3.2'],
  );
  const gross = result.collateralSeized + result.protocolFee;
  return {
    grossBonus: new Decimal(gross.toString()).div(result.debtRepaid.toString()),
    recordedGrossBonus: new Decimal(String(input.collateralLostBase)).div(debt.toString()),
  };
}

const FAMILIES: Readonly<Record<string, (input: Input) => Record<string, Computed>>> = {
  'aave.hf': healthFactor,
  'aave.interest': interest,
  'aave.closeFactor': closeFactor,
  'aave.liquidation': liquidation,
};

/** Everything the family computes from the case's input, by the names that cases use; undefined for an unknown family. */
export const runCase = (item: Case): Record<string, Computed> | undefined => FAMILIES[item.formula]?.(item.input);
