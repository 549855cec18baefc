/**
 * What both Binance futures APIs answer, validated: positionRisk (fapi v2 and v3, dapi v1) and account (fapi v2 and v3, dapi v1).
 * Fields that are not read are left alone. Source: developers.binance.com, "Position Information" and "Account Information".
 */
import * as v from 'valibot';
import type { MarginTier } from '../domain/book.ts';
import { InputError } from '../domain/fault.ts';
import type { Decimal } from '../domain/units.ts';
import { check, decimal, describe, identifier, isRecord, nonNegativeDecimal, positiveDecimal } from '../wire/schema.ts';

const optional = () => v.optional(decimal());

const positionSchema = v.looseObject({
  symbol: identifier(),
  positionAmt: decimal(),
  entryPrice: nonNegativeDecimal(),
  markPrice: optional(),
  liquidationPrice: optional(),
  leverage: optional(),
  marginType: v.optional(v.string()),
  isolated: v.optional(v.boolean()),
  isolatedMargin: optional(),
  isolatedWallet: optional(),
  positionSide: v.optional(v.string()),
  unRealizedProfit: optional(),
  unrealizedProfit: optional(),
  notional: optional(),
  notionalValue: optional(),
  marginAsset: v.optional(v.string()),
  initialMargin: optional(),
  positionInitialMargin: optional(),
  maintMargin: optional(),
  updateTime: optional(),
});

const assetSchema = v.looseObject({
  asset: identifier(),
  walletBalance: decimal(),
  crossWalletBalance: optional(),
});

const accountSchema = v.looseObject({
  multiAssetsMargin: v.optional(v.boolean()),
  assets: v.array(assetSchema, 'expected the list of assets'),
  positions: v.optional(v.array(positionSchema)),
});

const bracketSchema = v.looseObject({
  initialLeverage: positiveDecimal(),
  notionalFloor: v.optional(nonNegativeDecimal()),
  qtyFloor: v.optional(nonNegativeDecimal()),
  maintMarginRatio: nonNegativeDecimal(),
  cum: decimal(),
});
const bracketsSchema = v.array(v.looseObject({ symbol: identifier(), brackets: v.array(bracketSchema) }), 'expected a list of markets');

export interface PositionRow extends v.InferOutput<typeof positionSchema> {
  /** Where it stands in the response. */
  readonly pointer: string;
}
export type AssetRow = v.InferOutput<typeof assetSchema>;

export interface BinanceResponse {
  /** Open positions only. */
  readonly positions: readonly PositionRow[];
  /** Absent where only positions were given. */
  readonly assets?: readonly AssetRow[];
}

/** A list of positionRisk rows, an account, or `{positionRisk, account}`; the rows of positionRisk come first. Throws `InputError`. */
export function readResponse(response: unknown): BinanceResponse {
  if (Array.isArray(response)) return { positions: openRows(response, '') };
  if (!isRecord(response))
    throw new InputError([{ pointer: '', message: `expected positionRisk or account, found ${describe(response)}` }]);
  const wrapped = response.account !== undefined || response.positionRisk !== undefined;
  const accountPointer = wrapped ? '/account' : '';
  const account =
    wrapped && response.account === undefined ? undefined : check(accountSchema, wrapped ? response.account : response, accountPointer);
  if (account?.multiAssetsMargin) {
    throw new InputError([
      {
        pointer: `${accountPointer}/multiAssetsMargin`,
        message: 'multi-assets mode is not modelled: one balance backs each settlement asset here',
      },
    ]);
  }
  const positions =
    response.positionRisk === undefined
      ? openRows(account?.positions ?? [], `${accountPointer}/positions`, true)
      : openRows(response.positionRisk, '/positionRisk');
  return account ? { positions, assets: account.assets } : { positions };
}

function openRows(input: unknown, base: string, checked = false): PositionRow[] {
  const rows = checked
    ? (input as v.InferOutput<typeof positionSchema>[])
    : check(v.array(positionSchema, 'expected a list of positions'), input, base);
  return rows.map((row, i) => ({ ...row, pointer: `${base}/${i}` })).filter((row) => !row.positionAmt.isZero());
}

/** leverageBracket as margin tables by symbol; empty when none was given. Throws `InputError`, pointers below `/meta`. */
export function readBrackets(meta: unknown): ReadonlyMap<string, MarginTier[]> {
  if (meta === undefined) return new Map();
  const markets = check(bracketsSchema, Array.isArray(meta) ? meta : [meta], '/meta');
  return new Map(
    markets.map(({ symbol, brackets }) => [
      symbol,
      brackets
        .map((bracket) => ({
          notionalFloor: bracket.notionalFloor ?? (bracket.qtyFloor as Decimal),
          maxLeverage: bracket.initialLeverage,
          maintenanceMarginRate: bracket.maintMarginRatio,
          maintenanceDeduction: bracket.cum,
        }))
        .sort((a, b) => a.notionalFloor.comparedTo(b.notionalFloor)),
    ]),
  );
}
