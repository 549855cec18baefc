/**
 * Bybit v5 responses, validated: position/list, wallet-balance, risk-limit, instruments-info. Fields that are not read are
 * left alone; Bybit writes '' where it has no number. Source: bybit-exchange.github.io/docs/v5.
 */
import * as v from 'valibot';
import type { MarginTier } from '../../domain/book.ts';
import { type Fault, InputError } from '../../domain/fault.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { check, decimal, describe, identifier, isRecord, nonNegativeDecimal, positiveDecimal } from '../../wire/schema.ts';
import { latest } from '../response-time.ts';

/** A number, or nothing: absent, null or ''. */
const optional = () =>
  v.pipe(
    v.optional(v.unknown()),
    v.transform((input) => (input === '' || input === null ? undefined : input)),
    v.optional(decimal()),
  );

const positionSchema = v.looseObject({
  symbol: identifier(),
  side: v.optional(v.nullable(v.picklist(['Buy', 'Sell', 'None', ''], 'expected "Buy" or "Sell"'))),
  size: nonNegativeDecimal(),
  avgPrice: optional(),
  markPrice: optional(),
  leverage: optional(),
  tradeMode: optional(),
  positionBalance: optional(),
  positionIM: optional(),
  positionMM: optional(),
  liqPrice: optional(),
});

const envelope = <const S extends v.GenericSchema>(item: S) =>
  v.looseObject({
    result: v.looseObject({ category: v.optional(v.string()), list: v.array(item, 'expected a list') }),
    time: optional(),
  });

const coinSchema = v.looseObject({
  coin: identifier(),
  walletBalance: optional(),
  equity: optional(),
  usdValue: optional(),
  unrealisedPnl: optional(),
  spotBorrow: optional(),
  marginCollateral: v.optional(v.boolean()),
  collateralSwitch: v.optional(v.boolean()),
});

const walletSchema = v.looseObject({
  accountType: v.optional(v.string()),
  totalWalletBalance: optional(),
  totalMarginBalance: optional(),
  totalPerpUPL: optional(),
  totalInitialMargin: optional(),
  totalMaintenanceMargin: optional(),
  coin: v.array(coinSchema, 'expected a list of coins'),
});

export type Category = 'linear' | 'inverse';
export interface PositionRow extends v.InferOutput<typeof positionSchema> {
  readonly pointer: string;
  readonly category: Category;
}
export type Wallet = v.InferOutput<typeof walletSchema>;

export interface BybitResponse {
  /** Open positions only. */
  readonly positions: readonly PositionRow[];
  readonly wallet?: Wallet;
  /** What account/info says: `REGULAR_MARGIN`, `ISOLATED_MARGIN`. */
  readonly marginMode?: string;
  readonly time: Decimal | undefined;
}

/**
 * position/list, or `{positions, wallet, account}`: one or several of those (linear, inverse), wallet-balance, account/info.
 * Throws `InputError`.
 */
export function readResponse(response: unknown): BybitResponse {
  if (!isRecord(response)) throw new InputError([{ pointer: '', message: `expected position/list, found ${describe(response)}` }]);
  const wrapped = response.positions !== undefined;
  const several = wrapped && Array.isArray(response.positions);
  const answers: readonly unknown[] = several ? (response.positions as unknown[]) : [wrapped ? response.positions : response];
  const lists = answers.map((answer, i) => readList(answer, wrapped ? `/positions${several ? `/${i}` : ''}` : ''));
  const wallet = response.wallet === undefined ? undefined : readWallet(response.wallet);
  const marginMode = isRecord(response.account) && isRecord(response.account.result) ? response.account.result.marginMode : undefined;
  if (marginMode === 'PORTFOLIO_MARGIN') {
    throw new InputError([{ pointer: '/account/result/marginMode', message: 'portfolio margin is not modelled' }]);
  }
  return {
    positions: lists.flatMap((list) => list.positions),
    ...(wallet ? { wallet } : {}),
    ...(typeof marginMode === 'string' ? { marginMode } : {}),
    time: latest(lists.map((list) => list.time)),
  };
}

function readList(answer: unknown, base: string): { positions: PositionRow[]; time: Decimal | undefined } {
  refuseFailure(answer, base);
  const { result, time } = check(envelope(positionSchema), answer, base);
  const category = result.category ?? 'linear';
  if (category !== 'linear' && category !== 'inverse') {
    throw new InputError([{ pointer: `${base}/result/category`, message: `expected linear or inverse, found ${describe(category)}` }]);
  }
  const rows = result.list.map((row, i) => ({ ...row, category, pointer: `${base}/result/list/${i}` }) satisfies PositionRow);
  return { positions: rows.filter((row) => !row.size.isZero()), time };
}

function readWallet(input: unknown): Wallet {
  refuseFailure(input, '/wallet');
  const wallet = check(envelope(walletSchema), input, '/wallet').result.list[0];
  if (wallet) return wallet;
  throw new InputError([{ pointer: '/wallet/result/list', message: 'holds no account' }]);
}

/** An error answer has no list: say what Bybit said. */
function refuseFailure(input: unknown, base: string): void {
  if (!isRecord(input) || isRecord(input.result)) return;
  if (typeof input.retMsg === 'string')
    throw new InputError([{ pointer: `${base}/retMsg`, message: `Bybit answered with an error: ${describe(input.retMsg)}` }]);
}

const marketSchema = v.looseObject({
  symbol: identifier(),
  riskLimitValue: optional(),
  maintenanceMargin: optional(),
  initialMargin: optional(),
  maxLeverage: optional(),
  mmDeduction: optional(),
  priceFilter: v.optional(v.looseObject({ tickSize: v.optional(positiveDecimal()) })),
});
type MarketRow = v.InferOutput<typeof marketSchema>;

export interface MarketFacts {
  readonly tiers: ReadonlyMap<string, MarginTier[]>;
  readonly ticks: ReadonlyMap<string, Decimal>;
}

/** risk-limit and instruments-info, one response or a list of them. Throws `InputError`, pointers below `/meta`. */
export function readMeta(meta: unknown): MarketFacts {
  const responses = meta === undefined ? [] : Array.isArray(meta) ? meta : [meta];
  const rows = responses.flatMap(
    (response, i) => check(envelope(marketSchema), response, Array.isArray(meta) ? `/meta/${i}` : '/meta').result.list,
  );
  const limits = new Map<string, MarketRow[]>();
  const ticks = new Map<string, Decimal>();
  for (const row of rows) {
    if (row.riskLimitValue) limits.set(row.symbol, [...(limits.get(row.symbol) ?? []), row]);
    if (row.priceFilter?.tickSize) ticks.set(row.symbol, row.priceFilter.tickSize);
  }
  const faults: Fault[] = [];
  const tiers = new Map([...limits].map(([symbol, list]) => [symbol, tiersOf(symbol, list, faults)] as const));
  if (faults.length > 0) throw new InputError(faults);
  return { tiers, ticks };
}

/**
 * Risk-limit rows as tiers: a row holds up to its riskLimitValue, so its floor is the one before. Rates are fractions in live
 * answers and per cent in the documentation's sample; initialMargin × maxLeverage tells (1 or 100).
 */
function tiersOf(symbol: string, rows: readonly MarketRow[], faults: Fault[]): MarginTier[] {
  const sorted = [...rows].sort((a, b) => (a.riskLimitValue ?? ZERO).comparedTo(b.riskLimitValue ?? ZERO));
  let floor = ZERO;
  return sorted.map((row) => {
    const { maintenanceMargin, initialMargin, maxLeverage, mmDeduction } = row;
    if (!maintenanceMargin || !maxLeverage?.gt(0)) {
      faults.push({ pointer: '/meta', message: `${symbol}: a risk limit without maintenanceMargin or maxLeverage` });
      return { notionalFloor: ZERO, maintenanceMarginRate: ZERO };
    }
    const percent = (initialMargin ?? ZERO).times(maxLeverage).gt(10);
    const tier = {
      notionalFloor: floor,
      maxLeverage,
      maintenanceMarginRate: percent ? maintenanceMargin.div(100) : maintenanceMargin,
      maintenanceDeduction: mmDeduction ?? ZERO,
    };
    floor = row.riskLimitValue ?? floor;
    return tier;
  });
}

export const sumOf = (values: readonly (Decimal | undefined)[]): Decimal =>
  values.reduce<Decimal>((sum, value) => sum.plus(value ?? ZERO), new Decimal(0));
