/**
 * The venue's response shapes, validated; fields that are not read here may come and go. Source: Hyperliquid documentation,
 * "Info endpoint", and recorded responses.
 */
import * as v from 'valibot';
import { InputError } from '../../domain/fault.ts';
import { LosslessNumber } from '../../wire/json.ts';
import { check, decimal, describe, identifier, isRecord, nonNegativeDecimal, positiveDecimal } from '../../wire/schema.ts';

/** A whole number: a JSON number or its text. */
const wholeNumber = (digitsMax: number) =>
  v.pipe(
    v.unknown(),
    v.transform((input) => (input instanceof LosslessNumber ? input.value : input)),
    v.string((issue) => `expected a whole number, found ${describe(issue.input)}`),
    v.check((text) => /^\d+$/.test(text) && text.length <= digitsMax, `expected a whole number of at most ${digitsMax} digits`),
    v.transform(Number),
  );

const positionSchema = v.object({
  coin: identifier(),
  szi: decimal(),
  entryPx: v.nullish(nonNegativeDecimal()),
  positionValue: nonNegativeDecimal(),
  unrealizedPnl: v.nullish(decimal()),
  marginUsed: v.nullish(decimal()),
  maxLeverage: v.nullish(positiveDecimal()),
  leverage: v.object({
    type: v.picklist(['cross', 'isolated'], 'expected "cross" or "isolated"'),
    value: positiveDecimal(),
    rawUsd: v.nullish(decimal()),
  }),
});

export const stateSchema = v.object({
  assetPositions: v.array(v.object({ position: positionSchema }), 'expected the list of positions of a clearinghouseState'),
  crossMarginSummary: v.object({
    accountValue: decimal(),
    totalNtlPos: v.nullish(nonNegativeDecimal()),
    totalMarginUsed: v.nullish(decimal()),
  }),
  crossMaintenanceMarginUsed: v.nullish(nonNegativeDecimal()),
  time: v.nullish(wholeNumber(15)),
});

export const spotSchema = v.object({
  balances: v.array(v.object({ coin: identifier(), total: decimal() })),
  portfolioMarginEnabled: v.nullish(v.boolean()),
});

const marketSchema = v.object({ name: identifier(), maxLeverage: v.nullish(positiveDecimal()), marginTableId: v.nullish(wholeNumber(9)) });

const marginTiersSchema = v.pipe(
  v.array(v.object({ lowerBound: nonNegativeDecimal(), maxLeverage: positiveDecimal() }), 'expected the rows of a margin table'),
  v.minLength(1, 'a margin table has at least one row'),
  v.check(
    (rows) => rows.every((row, i) => (i === 0 ? row.lowerBound.isZero() : row.lowerBound.gt((rows[i - 1] as typeof row).lowerBound))),
    'rows must ascend from a lower bound of 0',
  ),
);

export const metaSchema = v.object({
  universe: v.array(marketSchema, 'expected the list of markets of a meta response'),
  marginTables: v.nullish(v.array(v.tuple([wholeNumber(9), v.object({ marginTiers: marginTiersSchema })]))),
  collateralToken: v.nullish(wholeNumber(9)),
});

export type MetaResponse = v.InferOutput<typeof metaSchema>;
export type MarketResponse = v.InferOutput<typeof marketSchema>;

export const contextsSchema = v.array(v.object({ markPx: v.nullish(positiveDecimal()), oraclePx: v.nullish(positiveDecimal()) }));

export type StateResponse = v.InferOutput<typeof stateSchema>;
export type PositionResponse = v.InferOutput<typeof positionSchema>;

/** A clearinghouse state and what came along with it, each with its place in the response. */
export interface Envelope {
  readonly state: StateResponse;
  /** Pointer of the state. */
  readonly pointer: string;
  readonly user?: string;
  /** The account mode, where the response names it. */
  readonly mode?: string;
  readonly spot?: { readonly body: unknown; readonly pointer: string };
  readonly meta?: { readonly body: unknown; readonly pointer: string };
}

/**
 * A `clearinghouseState`, bare, beside other answers as in `webData2` ({ clearinghouseState, meta, assetCtxs, spotState, user }), or as the
 * `data` of a WebSocket message. Throws `InputError`.
 */
export function readEnvelope(response: unknown): Envelope {
  const inMessage = isRecord(response) && isRecord(response.data) && !('assetPositions' in response);
  const body = inMessage ? response.data : response;
  const base = inMessage ? '/data' : '';
  if (!isRecord(body))
    throw new InputError([{ pointer: base, message: `expected a clearinghouseState response, found ${describe(body)}` }]);
  if (!('clearinghouseState' in body)) return { state: check(stateSchema, body, base), pointer: base };
  const pointer = `${base}/clearinghouseState`;
  const mode = body.userAbstraction ?? body.abstraction;
  const spotKey = 'spotClearinghouseState' in body ? 'spotClearinghouseState' : 'spotState';
  return {
    state: check(stateSchema, body.clearinghouseState, pointer),
    pointer,
    ...(typeof body.user === 'string' && body.user !== '' ? { user: body.user } : {}),
    ...(typeof mode === 'string' ? { mode } : {}),
    ...(isRecord(body[spotKey]) ? { spot: { body: body[spotKey], pointer: `${base}/${spotKey}` } } : {}),
    ...(isRecord(body.meta) ? { meta: { body: { meta: body.meta, assetCtxs: body.assetCtxs }, pointer: base } } : {}),
  };
}
