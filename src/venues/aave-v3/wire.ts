/**
 * Shapes of Aave v3 responses, validated: the answer of getUserAccountData, the humanized answers of UiPoolDataProvider
 * (aave/aave-utilities@d4c93961 packages/contract-helpers), and a plain list of reserves.
 */
import * as v from 'valibot';
import { LosslessNumber } from '../../wire/json.ts';
import { fraction, identifier, nonNegativeDecimal, positiveDecimal } from '../../wire/schema.ts';

const UINT = /^\d{1,78}$/;

/** A whole number ≥ 0: decimal text or a JSON number. */
const uint = () =>
  v.pipe(
    v.unknown(),
    v.transform((input) => (input instanceof LosslessNumber ? input.value : input)),
    v.string('expected a whole number'),
    v.regex(UINT, 'expected a whole number, not below zero'),
    v.transform((text): bigint => BigInt(text)),
  );

/** A small whole number: decimals, an id. */
const index = () =>
  v.pipe(
    uint(),
    v.check((value) => value <= 255n, 'expected a whole number up to 255'),
    v.transform(Number),
  );

/** Seconds since the epoch, to the end of the year 9999. */
const epochSeconds = () =>
  v.pipe(
    uint(),
    v.check((value) => value < 253_402_300_800n, 'expected seconds since 1970, before the year 10000'),
  );

/** uint256 words of a getUserAccountData answer, in hexadecimal. */
export const accountDataSchema = v.pipe(
  v.string('expected the answer of eth_call as hexadecimal text'),
  v.regex(/^0x[0-9a-fA-F]*$/, 'expected hexadecimal text that begins with 0x'),
  v.check((text) => text.length === 2 + 6 * 64, 'expected six words of 32 bytes, the answer of getUserAccountData'),
);

const userReserveSchema = v.object({
  underlyingAsset: identifier(),
  scaledATokenBalance: uint(),
  scaledVariableDebt: uint(),
  usageAsCollateralEnabledOnUser: v.boolean('expected true or false'),
});

export const userReservesSchema = v.object({
  userReserves: v.array(userReserveSchema, 'expected a list of reserves'),
  userEmodeCategoryId: v.optional(index(), new LosslessNumber('0')),
});

const reserveDataSchema = v.object({
  /** Position in the pool's list: the bit of the efficiency-mode bitmaps. */
  originalId: v.optional(index()),
  underlyingAsset: identifier(),
  symbol: identifier(),
  decimals: index(),
  baseLTVasCollateral: uint(),
  reserveLiquidationThreshold: uint(),
  reserveLiquidationBonus: uint(),
  priceInMarketReferenceCurrency: uint(),
  liquidityIndex: uint(),
  liquidityRate: uint(),
  variableBorrowIndex: uint(),
  variableBorrowRate: uint(),
  lastUpdateTimestamp: epochSeconds(),
});

/** One bit a reserve, the last digit is reserve 0: contract-helpers writes bitmaps in binary. */
const bitmap = () =>
  v.pipe(
    v.string('expected a bitmap as binary text'),
    v.regex(/^[01]{1,256}$/, 'expected a bitmap as binary text'),
    v.transform((text): bigint => BigInt(`0b${text}`)),
  );

const eModeSchema = v.object({
  id: index(),
  eMode: v.object({
    ltv: uint(),
    liquidationThreshold: uint(),
    liquidationBonus: uint(),
    /** Reserves outside it lend nothing to a user inside (v3.7). */
    isolated: v.optional(v.boolean('expected true or false'), false),
    collateralBitmap: bitmap(),
    ltvzeroBitmap: v.optional(bitmap(), '0'),
  }),
});

export const metaSchema = v.object({
  reservesData: v.array(reserveDataSchema, 'expected a list of reserves'),
  baseCurrencyData: v.object({ marketReferenceCurrencyDecimals: index(), marketReferenceCurrencyPriceInUsd: uint() }),
  eModes: v.optional(v.array(eModeSchema, 'expected a list of efficiency-mode categories'), []),
});

export type ReserveData = v.InferOutput<typeof reserveDataSchema>;
export type MetaResponse = v.InferOutput<typeof metaSchema>;

const listedReserveSchema = v.strictObject(
  {
    symbol: identifier(),
    /** In whole tokens, with interest. */
    supplied: v.optional(nonNegativeDecimal(), '0'),
    borrowed: v.optional(nonNegativeDecimal(), '0'),
    price: v.optional(positiveDecimal()),
    isCollateral: v.optional(v.boolean('expected true or false'), true),
    loanToValue: v.optional(fraction()),
    liquidationThreshold: v.optional(fraction()),
    liquidationBonus: v.optional(fraction()),
  },
  'unknown or missing field',
);

export const reserveListSchema = v.strictObject(
  {
    user: v.optional(identifier()),
    network: v.optional(identifier()),
    reserves: v.array(listedReserveSchema, 'expected a list of reserves'),
    /** Terms of the category the user is in; without `assets` they hold for every collateral. */
    eMode: v.optional(
      v.strictObject(
        {
          loanToValue: fraction(),
          liquidationThreshold: fraction(),
          liquidationBonus: v.optional(fraction()),
          assets: v.optional(v.array(identifier())),
        },
        'unknown or missing field',
      ),
    ),
  },
  'unknown or missing field',
);

export type ReserveList = v.InferOutput<typeof reserveListSchema>;
