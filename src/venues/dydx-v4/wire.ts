/** The indexer's response shapes, validated. Source: v4-chain@84d4664b indexer/services/comlink/src/types.ts, and recorded responses. */
import * as v from 'valibot';
import { pointerSegment } from '../../domain/fault.ts';
import type { Decimal } from '../../domain/units.ts';
import { LosslessNumber } from '../../wire/json.ts';
import { check, decimal, fraction, identifier, isRecord, nonNegativeDecimal, positiveDecimal } from '../../wire/schema.ts';

const side = v.picklist(['LONG', 'SHORT'], 'expected "LONG" or "SHORT"');

/** A count such as a subaccount number: a JSON number or its text. */
const count = v.pipe(
  v.unknown(),
  v.transform((input) => (input instanceof LosslessNumber ? input.value : input)),
  v.string('expected a whole number'),
  v.regex(/^\d{1,9}$/, 'expected a whole number, not below zero'),
  v.transform(Number),
);

/** A short may be signed or not; a long below zero is a contradiction. */
const agrees = (of: 'LONG' | 'SHORT', size: Decimal): boolean => of === 'SHORT' || size.gte(0);
const CONTRADICTION = 'is below zero, and the side is LONG';

const positionSchema = v.pipe(
  v.object({
    market: identifier(),
    status: v.optional(v.string(), 'OPEN'),
    side,
    size: decimal(),
    entryPrice: positiveDecimal(),
    unrealizedPnl: v.optional(decimal()),
  }),
  v.forward(
    v.check((held) => agrees(held.side, held.size), CONTRADICTION),
    ['size'],
  ),
);

const assetPositionSchema = v.pipe(
  v.object({ symbol: v.literal('USDC', 'only USDC is collateral on dYdX'), side, size: decimal() }),
  v.forward(
    v.check((held) => agrees(held.side, held.size), CONTRADICTION),
    ['size'],
  ),
);

const subaccountSchema = v.object({
  address: identifier(),
  subaccountNumber: count,
  equity: v.optional(decimal()),
  freeCollateral: v.optional(decimal()),
  openPerpetualPositions: v.optional(v.record(v.string(), positionSchema), {}),
  assetPositions: v.optional(v.record(v.string(), assetPositionSchema), {}),
});

const marketSchema = v.object({
  oraclePrice: v.nullish(positiveDecimal()),
  initialMarginFraction: fraction(),
  maintenanceMarginFraction: fraction(),
  openInterest: v.nullish(nonNegativeDecimal()),
  openInterestLowerCap: v.nullish(nonNegativeDecimal()),
  openInterestUpperCap: v.nullish(nonNegativeDecimal()),
});

/** /v4/perpetualMarkets, or the same inside a recorded channel message. */
export const metaSchema = v.pipe(
  v.unknown(),
  v.transform((input) => (isRecord(input) && isRecord(input.contents) ? input.contents : input)),
  v.object({ markets: v.record(v.string(), marketSchema) }),
);

export type MarketResponse = v.InferOutput<typeof marketSchema>;
export type PositionResponse = v.InferOutput<typeof positionSchema>;
export interface SubaccountResponse extends v.InferOutput<typeof subaccountSchema> {
  /** Where it stands in the response. */
  readonly pointer: string;
}

export interface SubaccountsResponse {
  readonly subaccounts: readonly SubaccountResponse[];
  /** One subaccount was asked for, not a parent or an address. */
  readonly isSingle: boolean;
}

/**
 * The subaccounts of `{ subaccount }`, of a parent `{ subaccount: { childSubaccounts } }` or of an address `{ subaccounts }`, also inside
 * the `contents` of a channel message. Throws `InputError`.
 */
export function readSubaccounts(response: unknown): SubaccountsResponse {
  const inContents = isRecord(response) && isRecord(response.contents);
  const body = inContents ? response.contents : response;
  const base = inContents ? '/contents' : '';
  const { subaccount, subaccounts } = check(ENVELOPE, body, base);
  if (subaccounts) return { subaccounts: readAll(subaccounts, `${base}/subaccounts`), isSingle: false };
  if (isRecord(subaccount) && 'childSubaccounts' in subaccount) {
    const { childSubaccounts } = check(PARENT, subaccount, `${base}/subaccount`);
    return { subaccounts: readAll(childSubaccounts, `${base}/subaccount/childSubaccounts`), isSingle: false };
  }
  return { subaccounts: [read(subaccount, `${base}/subaccount`)], isSingle: true };
}

const ENVELOPE = v.pipe(
  v.object(
    { subaccount: v.optional(v.unknown()), subaccounts: v.optional(v.array(v.unknown(), 'expected a list of subaccounts')) },
    'expected an indexer response with "subaccount" or "subaccounts"',
  ),
  v.check((body) => body.subaccount !== undefined || body.subaccounts !== undefined, 'expected "subaccount" or "subaccounts"'),
);

const PARENT = v.object({ childSubaccounts: v.array(v.unknown(), 'expected a list of subaccounts') });

const readAll = (list: readonly unknown[], base: string): SubaccountResponse[] =>
  list.map((item, i) => read(item, base + pointerSegment(i)));

const read = (input: unknown, pointer: string): SubaccountResponse => ({ ...check(subaccountSchema, input, pointer), pointer });
