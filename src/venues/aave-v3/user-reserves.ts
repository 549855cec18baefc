/**
 * UiPoolDataProvider's answers joined into what the account's integers are computed from: the reserves at one instant, once per market,
 * and a user's scaled balances in them. Rules AV-40…AV-42 of docs/spec/venues/aave-v3.md.
 */
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import { check } from '../../wire/schema.ts';
import type { CollateralTerms, ReserveState, UserReserve } from './account-data.ts';
import { normalizedDebt, normalizedIncome } from './interest.ts';
import type { ProtocolRules } from './protocol.ts';
import { type MetaResponse, metaSchema, type ReserveData, userReservesSchema } from './wire.ts';

/** A market at one instant. */
export interface Market {
  readonly byAddress: ReadonlyMap<string, MarketReserve>;
  readonly referenceDecimals: number;
  /** USD for one unit of the reference currency, 8 decimals. */
  readonly referencePrice: bigint;
  /** Seconds since the epoch. */
  readonly time: bigint;
}

export interface MarketReserve {
  readonly symbol: string;
  readonly state: ReserveState;
}

/** Interest to `time` in every reserve; without a time, to the newest update of any. Throws `InputError` with pointers below `/meta`. */
export function readMarket(meta: unknown, time: bigint | undefined, rules: ProtocolRules): Market {
  const response = check(metaSchema, meta, '/meta');
  const newest = response.reservesData.reduce(
    (latest, reserve) => (reserve.lastUpdateTimestamp > latest ? reserve.lastUpdateTimestamp : latest),
    0n,
  );
  const at = time ?? newest;
  const { marketReferenceCurrencyDecimals, marketReferenceCurrencyPriceInUsd } = response.baseCurrencyData;
  return {
    byAddress: new Map(
      response.reservesData.map((reserve) => [
        reserve.underlyingAsset.toLowerCase(),
        { symbol: reserve.symbol, state: reserveState(reserve, response, at, rules) },
      ]),
    ),
    referenceDecimals: marketReferenceCurrencyDecimals,
    referencePrice: marketReferenceCurrencyPriceInUsd,
    time: at,
  };
}

function reserveState(reserve: ReserveData, meta: MetaResponse, time: bigint, rules: ProtocolRules): ReserveState {
  // A reserve updated after `time` stands at its own index: interest is never taken back.
  const elapsed = time > reserve.lastUpdateTimestamp ? time - reserve.lastUpdateTimestamp : 0n;
  return {
    unit: 10n ** BigInt(reserve.decimals),
    price: reserve.priceInMarketReferenceCurrency,
    normalizedIncome: normalizedIncome(reserve.liquidityIndex, reserve.liquidityRate, elapsed),
    normalizedDebt: normalizedDebt(reserve.variableBorrowIndex, reserve.variableBorrowRate, elapsed, rules),
    loanToValueBps: reserve.baseLTVasCollateral,
    liquidationThresholdBps: reserve.reserveLiquidationThreshold,
    liquidationBonusBps: reserve.reserveLiquidationBonus,
    eModes: eModesOf(reserve, meta),
  };
}

/**
 * The categories that change the reserve's terms: those whose collateral bitmap has it (a bit of the ltvzero bitmap takes its borrowing power
 * and leaves the category's threshold), and isolated ones that do not, which take its borrowing power and leave its own threshold.
 */
function eModesOf(reserve: ReserveData, meta: MetaResponse): ReadonlyMap<number, CollateralTerms> {
  const { originalId } = reserve;
  if (originalId === undefined) return NO_CATEGORIES;
  const isSet = (bitmap: bigint): boolean => ((bitmap >> BigInt(originalId)) & 1n) === 1n;
  const terms = new Map<number, CollateralTerms>();
  for (const { id, eMode } of meta.eModes) {
    if (isSet(eMode.collateralBitmap)) {
      const { ltv, liquidationThreshold, liquidationBonus } = eMode;
      const loanToValueBps = isSet(eMode.ltvzeroBitmap) ? 0n : ltv;
      terms.set(id, { loanToValueBps, liquidationThresholdBps: liquidationThreshold, liquidationBonusBps: liquidationBonus });
    } else if (eMode.isolated) {
      const { reserveLiquidationThreshold, reserveLiquidationBonus } = reserve;
      terms.set(id, {
        loanToValueBps: 0n,
        liquidationThresholdBps: reserveLiquidationThreshold,
        liquidationBonusBps: reserveLiquidationBonus,
      });
    }
  }
  return terms;
}

const NO_CATEGORIES: ReadonlyMap<number, CollateralTerms> = new Map();

export interface UserReserves {
  readonly reserves: readonly (UserReserve & { readonly symbol: string })[];
  /** 0: none. */
  readonly eModeCategory: number;
}

/** A user's reserves in a market; those without a balance are left out. Throws `InputError` with pointers into the response. */
export function readUserReserves(response: unknown, market: Market): UserReserves {
  const { userReserves, userEmodeCategoryId } = check(userReservesSchema, response);
  const faults: Fault[] = [];
  const reserves = userReserves.flatMap((held, i) => {
    if (held.scaledATokenBalance === 0n && held.scaledVariableDebt === 0n) return [];
    const reserve = market.byAddress.get(held.underlyingAsset.toLowerCase());
    if (!reserve) {
      faults.push({
        pointer: `/userReserves${pointerSegment(i)}/underlyingAsset`,
        message: `meta does not list the reserve ${held.underlyingAsset}`,
      });
      return [];
    }
    return [
      {
        symbol: reserve.symbol,
        reserve: reserve.state,
        scaledSupply: held.scaledATokenBalance,
        scaledDebt: held.scaledVariableDebt,
        isCollateral: held.usageAsCollateralEnabledOnUser,
      },
    ];
  });
  if (faults.length > 0) throw new InputError(faults);
  return { reserves, eModeCategory: userEmodeCategoryId };
}
