/**
 * Binance's own responses as a book: one account per settlement asset, since each is liquidated alone, counted in that asset.
 * Rules BU-8 and BC-6 of docs/spec/venues/. What differs between USDⓈ-M and COIN-M is in `Dialect`.
 */
import type { Account, Balance, Book, Instrument, MarginTier, Position } from '../domain/book.ts';
import { type Fault, InputError } from '../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../domain/units.ts';
import { maintenanceOf, resolvedTable, tierAt } from '../engine/margin/table.ts';
import type { VenueRules } from '../engine/rules.ts';
import { type AssetRow, type PositionRow, readBrackets, readResponse } from './binance-wire.ts';
import { balanceOfLiquidationPrice } from './derived-balance.ts';
import { isoTime, latest } from './response-time.ts';
import type { ParseContext } from './venue.ts';

export interface Dialect {
  readonly rules: VenueRules;
  /** Prefix of instrument ids. */
  readonly prefix: string;
  /** Contract, pair and contract size of a symbol; undefined for one that is not a contract of this market. */
  readonly instrument: (row: PositionRow) => Pick<Instrument, 'contract' | 'base' | 'quote' | 'settle' | 'contractSize'> | undefined;
}

/** Positions and, where given, the account, as a book. Throws `InputError` with pointers into the response. */
export function parseBinance(response: unknown, context: ParseContext, dialect: Dialect): Book {
  const { positions: rows, assets } = readResponse(response);
  const brackets = readBrackets(context.meta);
  const faults: Fault[] = [];
  const instruments = new Map<string, Instrument>();
  const bySettle = new Map<string, { row: PositionRow; position: Position }[]>();
  for (const row of rows) {
    const instrument = instrumentOf(row, brackets, dialect);
    const position = instrument && positionOf(row, instrument, dialect.rules, faults);
    if (!instrument)
      faults.push({ pointer: `${row.pointer}/symbol`, message: `${row.symbol} is not a contract that ${dialect.rules.name} is read for` });
    if (!instrument || !position) continue;
    instruments.set(instrument.id, instrument);
    bySettle.set(instrument.settle, [...(bySettle.get(instrument.settle) ?? []), { row, position }]);
  }
  if (faults.length > 0) throw new InputError(faults);
  const held = (assets ?? []).filter((asset) => !asset.walletBalance.isZero());
  const settles = bySettle.size > 0 ? [...bySettle.keys()] : held.map((asset) => asset.asset);
  const book: Book = {
    format: 'leverage-book/1',
    asOf: timeOf(rows, context),
    instruments,
    assets: new Map(settles.map((symbol) => [symbol, { symbol, price: ONE }])),
    accounts: [],
  };
  const id = context.accountId ?? dialect.rules.id;
  const accounts = settles.map((settle): Account => {
    const entries = bySettle.get(settle) ?? [];
    const account: Account = {
      id: settles.length > 1 ? `${id}:${settle}` : id,
      venue: dialect.rules.id,
      unit: settle,
      balances: [],
      positions: entries.map((entry) => entry.position),
    };
    return { ...account, balances: balancesOf(settle, assets, entries, account, book, dialect.rules) };
  });
  return { ...book, accounts };
}

function instrumentOf(row: PositionRow, brackets: ReadonlyMap<string, MarginTier[]>, dialect: Dialect): Instrument | undefined {
  const contract = dialect.instrument(row);
  if (!contract) return undefined;
  const markPrice = markOf(row, contract.contract === 'inverse', contract.contractSize);
  const tiers = brackets.get(row.symbol);
  return {
    id: `${dialect.prefix}:${row.symbol}`,
    venue: dialect.rules.id,
    ...contract,
    ...(markPrice ? { markPrice } : {}),
    ...(tiers ? { tiers } : {}),
  };
}

/** The mark, or where the answer leaves it out (account), the one its notional implies: |notional ÷ amount|, inverse the other way round. */
function markOf(row: PositionRow, inverse: boolean, contractSize: Decimal): Decimal | undefined {
  if (row.markPrice?.gt(ZERO)) return row.markPrice;
  const notional = row.notional ?? row.notionalValue;
  if (!notional || notional.isZero()) return undefined;
  const quantity = row.positionAmt.times(contractSize);
  return (inverse ? quantity.div(notional) : notional.div(quantity)).abs();
}

function positionOf(row: PositionRow, instrument: Instrument, rules: VenueRules, faults: Fault[]): Position | undefined {
  const refuse = (field: string, message: string) => void faults.push({ pointer: `${row.pointer}/${field}`, message });
  if (row.positionSide === 'SHORT' && row.positionAmt.gt(ZERO)) refuse('positionAmt', 'a SHORT position must be negative');
  if (row.positionSide === 'LONG' && row.positionAmt.lt(ZERO)) refuse('positionAmt', 'a LONG position must be positive');
  if (row.entryPrice.isZero()) refuse('entryPrice', 'an open position must have an entry price above zero');
  const isolated = isIsolated(row);
  const isolatedMargin = isolated ? isolatedWalletOf(row) : undefined;
  if (isolated && !isolatedMargin) refuse('isolatedWallet', 'is required for an isolated position');
  if (faults.length > 0) return undefined;
  const leverage = leverageOf(row, instrument);
  const tiers = ownTier(row, instrument, rules);
  return {
    instrument: instrument.id,
    size: row.positionAmt,
    entryPrice: row.entryPrice,
    marginMode: isolated ? 'isolated' : 'cross',
    ...(isolatedMargin ? { isolatedMargin } : {}),
    ...(leverage ? { leverage } : {}),
    ...(tiers ? { tiers } : {}),
  };
}

/** Stated by v1 and v2; v3 leaves it out and gives a cross position no margin of its own. */
const isIsolated = (row: PositionRow): boolean =>
  row.marginType === undefined
    ? (row.isolated ?? [row.isolatedWallet, row.isolatedMargin].some((amount) => amount?.gt(ZERO)))
    : row.marginType.toLowerCase() === 'isolated';

/** isolatedWallet; or isolatedMargin − unrealized profit, which is the same. */
function isolatedWalletOf(row: PositionRow): Decimal | undefined {
  if (row.isolatedWallet && !row.isolatedWallet.isZero()) return row.isolatedWallet;
  const profit = row.unRealizedProfit ?? row.unrealizedProfit;
  return row.isolatedMargin && profit ? row.isolatedMargin.minus(profit) : row.isolatedWallet;
}

/** The setting; v3 leaves it out: notional ÷ initial margin, a whole number. */
function leverageOf(row: PositionRow, instrument: Instrument): Decimal | undefined {
  if (row.leverage?.gt(ZERO)) return row.leverage;
  const initial = row.positionInitialMargin ?? row.initialMargin;
  const notional = notionalOf(row, instrument);
  if (!initial?.gt(ZERO) || !notional) return undefined;
  return Decimal.max(ONE, notional.div(initial).toDecimalPlaces(0));
}

function notionalOf(row: PositionRow, instrument: Instrument): Decimal | undefined {
  const stated = row.notional ?? row.notionalValue;
  if (stated) return stated.abs();
  if (!instrument.markPrice) return undefined;
  const quantity = row.positionAmt.times(instrument.contractSize).abs();
  return instrument.contract === 'inverse' ? quantity.div(instrument.markPrice) : quantity.times(instrument.markPrice);
}

/** Of the reported maintenance margin: how far a table may miss it before it is taken as out of date. */
const TABLE_TOLERANCE = new Decimal('1e-4');

/**
 * One row at the rate that the reported maintenance margin implies, where neither the given nor the bundled table gives that
 * margin: brackets change, and the exchange's own figure is the newer one. Undefined where a table does, or nothing is reported.
 */
function ownTier(row: PositionRow, instrument: Instrument, rules: VenueRules): MarginTier[] | undefined {
  const reported = row.maintMargin;
  const notional = notionalOf(row, instrument);
  if (!reported?.gt(ZERO) || !notional?.gt(ZERO) || instrument.tiers) return undefined;
  const bundled = rules.marginTable(instrument);
  if (bundled) {
    const table = resolvedTable(bundled);
    const margin = maintenanceOf(table, tierAt(table, notional), notional, notional);
    if (margin.minus(reported).abs().lte(reported.times(TABLE_TOLERANCE).plus('1e-8'))) return undefined;
  }
  return [{ notionalFloor: ZERO, maintenanceMarginRate: reported.div(notional) }];
}

/** The cross wallet of one settlement asset: stated, or derived from a reported liquidation price. */
function balancesOf(
  settle: string,
  assets: readonly AssetRow[] | undefined,
  entries: readonly { row: PositionRow; position: Position }[],
  account: Account,
  book: Book,
  rules: VenueRules,
): Balance[] {
  if (assets) {
    const asset = assets.find((candidate) => candidate.asset === settle);
    if (!asset) return [];
    const isolated = account.positions.reduce((sum, position) => sum.plus(position.isolatedMargin ?? ZERO), ZERO);
    return [{ asset: settle, amount: asset.crossWalletBalance ?? asset.walletBalance.minus(isolated) }];
  }
  const cross = entries.filter((entry) => entry.position.marginMode === 'cross');
  if (cross.length === 0) return [];
  for (const { row, position } of cross) {
    if (!row.liquidationPrice?.gt(ZERO)) continue;
    const amount = balanceOfLiquidationPrice(account, book, rules, position.instrument, row.liquidationPrice);
    if (amount.ok) return [{ asset: settle, amount: amount.value, derived: true }];
  }
  throw new InputError([
    {
      pointer: cross[0]?.row.pointer ?? '',
      message: `no wallet for this cross position: give {"positionRisk": …, "account": …}, or a liquidation price above zero`,
    },
  ]);
}

/** The time given with the response, else the newest change of a position. */
function timeOf(rows: readonly PositionRow[], context: ParseContext): string {
  const time = context.asOf ?? isoTime(latest(rows.map((row) => row.updateTime)));
  if (time) return time;
  throw new InputError([{ pointer: '', message: 'the response carries no time: say when it was read' }]);
}
