/** The venue's own list of markets, in the shapes it serves: margin table, mark and oracle price of each, by name. Rule HL-11. */
import type { MarginTier } from '../../domain/book.ts';
import { type Fault, InputError } from '../../domain/fault.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { check, isRecord } from '../../wire/schema.ts';
import { type LeverageRow, rowsOfTableId, tiersOf } from './tables.ts';
import { contextsSchema, type MarketResponse, type MetaResponse, metaSchema } from './wire.ts';

export interface Market {
  readonly tiers: readonly MarginTier[];
  /** Settlement asset of the dex that lists it. */
  readonly settle: string;
  readonly markPrice?: Decimal;
  readonly oraclePrice?: Decimal;
}

/** A part of a response and its pointer. */
interface Part {
  readonly body: unknown;
  readonly pointer: string;
}

/** Collateral of a dex by token index. Source: Hyperliquid documentation, "HIP-3: Builder-deployed perpetuals", and spotMeta. */
const COLLATERAL: Readonly<Record<number, string>> = { 0: 'USDC', 235: 'USDE', 268: 'USDT0', 360: 'USDH' };

/**
 * Markets by name from `meta`, `metaAndAssetCtxs` ([meta, contexts]), `allPerpMetas` ([meta, meta, …]), a list of such pairs,
 * { meta, assetCtxs } as in `webData2`, or a file of several recordings ({ captures: [meta, …] }); a later entry of a market wins. Throws `InputError` with pointers below `base`.
 */
export function readMarkets(meta: unknown, base: string): ReadonlyMap<string, Market> {
  const markets = new Map<string, Market>();
  for (const [dex, contexts] of dexes({ body: meta, pointer: base })) addDex(dex, contexts, markets);
  return markets;
}

/** Every dex in the response, with the contexts that belong to it. */
function dexes({ body, pointer }: Part): [Part, Part | undefined][] {
  if (isRecord(body) && Array.isArray(body.captures)) return dexes({ body: body.captures, pointer: `${pointer}/captures` });
  if (isRecord(body) && 'meta' in body) {
    const contexts = Array.isArray(body.assetCtxs) ? { body: body.assetCtxs, pointer: `${pointer}/assetCtxs` } : undefined;
    return [[{ body: body.meta, pointer: `${pointer}/meta` }, contexts]];
  }
  if (!Array.isArray(body)) return [[{ body, pointer }, undefined]];
  const items: Part[] = body.map((item: unknown, i) => ({ body: item, pointer: `${pointer}/${i}` }));
  if (items.length === 0) throw new InputError([{ pointer, message: 'expected a meta response, found an empty list' }]);
  return items.flatMap((item, i): [Part, Part | undefined][] => {
    if (item.body === null || isContextsOf(items[i - 1], item)) return [];
    if (Array.isArray(item.body)) return dexes(item);
    return [[item, isContextsOf(item, items[i + 1]) ? items[i + 1] : undefined]];
  });
}

/** Whether `next` is the list of contexts of the meta before it, and not another pair of meta and contexts. */
const isContextsOf = (meta: Part | undefined, next: Part | undefined): boolean =>
  isRecord(meta?.body) && Array.isArray(next?.body) && !(isRecord(next.body[0]) && 'universe' in next.body[0]);

/** Adds the markets of one dex. Contexts go with the markets by position. */
function addDex(dex: Part, contexts: Part | undefined, markets: Map<string, Market>): void {
  const { universe, marginTables, collateralToken } = check(metaSchema, dex.body, dex.pointer);
  const prices = contexts ? check(contextsSchema, contexts.body, contexts.pointer) : [];
  const faults: Fault[] = [];
  if (contexts && prices.length !== universe.length)
    faults.push({
      pointer: contexts.pointer,
      message: `expected one entry for each of the ${universe.length} markets, found ${prices.length}`,
    });
  const settle = COLLATERAL[collateralToken ?? 0];
  if (settle === undefined)
    faults.push({ pointer: `${dex.pointer}/collateralToken`, message: `collateral token ${collateralToken} is not known` });
  const tiersFor = tiersByEntry(marginTables ?? []);
  universe.forEach((entry, i) => {
    const tiers = tiersFor(entry);
    if (!tiers) {
      faults.push({
        pointer: `${dex.pointer}/universe/${i}`,
        message: 'names no margin table of marginTables, and no maxLeverage stands for one',
      });
      return;
    }
    const { markPx, oraclePx } = prices[i] ?? {};
    markets.set(entry.name, {
      tiers,
      settle: settle ?? '',
      ...(markPx ? { markPrice: markPx } : {}),
      ...(oraclePx ? { oraclePrice: oraclePx } : {}),
    });
  });
  if (faults.length > 0) throw new InputError(faults);
}

/** Tiers of a market: its table by id, or one row at its maximum leverage where a response names no id. One object per id. */
function tiersByEntry(
  marginTables: NonNullable<MetaResponse['marginTables']>,
): (entry: MarketResponse) => readonly MarginTier[] | undefined {
  const listed = new Map<number, readonly LeverageRow[]>(
    marginTables.map(([id, { marginTiers }]) => [id, marginTiers.map((row): LeverageRow => [row.lowerBound, row.maxLeverage])]),
  );
  const known = new Map<number, readonly MarginTier[]>();
  return ({ marginTableId: id, maxLeverage }) => {
    if (typeof id !== 'number') return maxLeverage ? tiersOf([[ZERO, maxLeverage]]) : undefined;
    const rows = rowsOfTableId(id, listed);
    const tiers = known.get(id) ?? (rows && tiersOf(rows));
    if (tiers) known.set(id, tiers);
    return tiers;
  };
}
