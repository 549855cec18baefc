/**
 * The accounts themselves, row by row, in columns (rules DK-20…DK-23): enough to write every account back exactly. Positions lie in
 * the desk's shared columns, balances and settings beside them. What columns cannot say is kept as the account.
 */
import type { Account, Balance, Position } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { DeskColumns } from '../../engine/kernel/columns.ts';
import { CROSS, type FlatBook, ISOLATED, isDerived, isFlat } from './flat-book.ts';

/** Margin mode and chosen leverage of a position, by number: few of a venue's accounts choose anything rare. */
export interface Setting {
  readonly mode: number;
  /** NaN where none is chosen. */
  readonly leverage: number;
}

export interface AccountStore {
  readonly columns: DeskColumns;
  readonly venues: string[];
  readonly instruments: readonly string[];
  readonly instrumentIndex: ReadonlyMap<string, number>;
  readonly assets: readonly string[];
  readonly assetIndex: ReadonlyMap<string, number>;
  readonly settings: Setting[];
  readonly settingByKey: Map<string, number>;
  /** By leg. */
  readonly legSetting: Uint16Array;
  readonly margins: LegMargins;
  /** By row. */
  readonly balanceStart: Uint32Array;
  readonly balanceEnd: Uint32Array;
  balanceAsset: Uint32Array;
  balanceAmount: Float64Array;
  balanceUsed: number;
  /** First leg that was never used, and ranges given back, by length. */
  legUsed: number;
  readonly freeLegs: Ranges;
  readonly freeBalances: Ranges;
  /** By source: 1 where every balance is stated to be derived. Sources beyond it have no place here. */
  readonly derived: Uint8Array;
  /** By source. */
  readonly special: Map<number, Account>;
  readonly names: Names;
}

/** Isolated margins by leg: a map while few legs have one, a column (NaN where none) once many do. */
export interface LegMargins {
  readonly few: Map<number, number>;
  many: Float64Array | undefined;
  readonly legCapacity: number;
}

/** An entry of a map takes some ten times the room of an element: beyond this share of the legs a column is smaller. */
const FEW_MARGINS = 1 / 16;

export const createMargins = (legCapacity: number): LegMargins => ({ few: new Map(), many: undefined, legCapacity });

/** The leg's isolated margin; NaN where it has none. */
export const marginAt = ({ few, many }: LegMargins, leg: number): number => (many ? many[leg]! : (few.get(leg) ?? Number.NaN));

/** Whether any leg has an isolated margin. */
export const hasMargins = ({ few, many }: LegMargins): boolean => many !== undefined || few.size > 0;

/** Writes the leg's isolated margin; NaN takes it away. */
export function setMargin(margins: LegMargins, leg: number, margin: number): void {
  const { few, legCapacity } = margins;
  if (margins.many) margins.many[leg] = margin;
  else if (Number.isNaN(margin)) few.delete(leg);
  else {
    few.set(leg, margin);
    if (few.size <= legCapacity * FEW_MARGINS) return;
    margins.many = new Float64Array(legCapacity).fill(Number.NaN);
    for (const [at, value] of few) margins.many[at] = value;
    few.clear();
  }
}

/** Ids and labels by source; sources are given out once and never again. */
export interface Names {
  count: number;
  readonly idOf: (source: number) => string;
  readonly labelOf: (source: number) => string | undefined;
  readonly add: (id: string, label: string | undefined) => number;
}

/** Starts of unused ranges by their length. */
export type Ranges = Map<number, number[]>;

const giveRange = (ranges: Ranges, start: number, end: number): void => {
  if (end <= start) return;
  const list = ranges.get(end - start) ?? [];
  list.push(start);
  ranges.set(end - start, list);
};

/** Names of a flat book, with room for more. */
export function namesOf({ count, idOf, labelOf }: Pick<FlatBook, 'count' | 'idOf' | 'labelOf'>): Names {
  const added: { id: string; label: string | undefined }[] = [];
  const names: Names = {
    count,
    idOf: (source) => (source < count ? idOf(source) : added[source - count]!.id),
    labelOf: (source) => (source < count ? labelOf?.(source) : added[source - count]!.label),
    add: (id, label) => {
      added.push({ id, label });
      return names.count++;
    },
  };
  return names;
}

/** Kinds of settings that fit beside a leg. */
const SETTINGS_MAX = 65_535;

/** Number of a setting; undefined when there are too many kinds. */
export function settingOf(
  { settings, settingByKey }: Pick<AccountStore, 'settings' | 'settingByKey'>,
  mode: number,
  leverage: number,
): number | undefined {
  const key = `${mode} ${leverage}`;
  const known = settingByKey.get(key);
  if (known !== undefined) return known;
  if (settings.length >= SETTINGS_MAX) return undefined;
  settingByKey.set(key, settings.length);
  return settings.push({ mode, leverage }) - 1;
}

/** The account of a row, with the digits it was written with. */
export function accountAt(store: AccountStore, row: number): Account {
  const { accounts } = store.columns;
  const source = accounts.source[row]!;
  const special = store.special.get(source);
  if (special) return special;
  const label = store.names.labelOf(source);
  const balances: Balance[] = [];
  const derived = store.derived[source] === 1 ? { derived: true } : {};
  for (let b = store.balanceStart[row]!; b < store.balanceEnd[row]!; b++)
    balances.push({ asset: store.assets[store.balanceAsset[b]!]!, amount: new Decimal(store.balanceAmount[b]!), ...derived });
  const positions: Position[] = [];
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) positions.push(positionAt(store, leg));
  return {
    id: store.names.idOf(source),
    venue: store.venues[accounts.venue[row]!]!,
    ...(label === undefined ? {} : { label }),
    balances,
    positions,
  };
}

function positionAt(store: AccountStore, leg: number): Position {
  const { legs } = store.columns;
  const { mode, leverage } = store.settings[store.legSetting[leg]!]!;
  const margin = marginAt(store.margins, leg);
  return {
    instrument: store.instruments[legs.instrument[leg]!]!,
    size: new Decimal(legs.size[leg]!),
    entryPrice: new Decimal(legs.entryPrice[leg]!),
    marginMode: mode === ISOLATED ? 'isolated' : 'cross',
    ...(Number.isNaN(margin) ? {} : { isolatedMargin: new Decimal(margin) }),
    ...(Number.isNaN(leverage) ? {} : { leverage: new Decimal(leverage) }),
  };
}

/** Room for `count` legs: a range given back, or unused room; undefined when the columns are full. */
function takeLegs(store: AccountStore, count: number): number | undefined {
  const given = store.freeLegs.get(count)?.pop();
  if (given !== undefined) return given;
  if (store.legUsed + count > store.columns.legCapacity) return undefined;
  store.legUsed += count;
  return store.legUsed - count;
}

/** Sets the row's legs and balances free. */
export function giveRow(store: AccountStore, row: number): void {
  const { accounts } = store.columns;
  giveRange(store.freeLegs, accounts.legStart[row]!, accounts.legEnd[row]!);
  giveRange(store.freeBalances, store.balanceStart[row]!, store.balanceEnd[row]!);
  accounts.legEnd[row] = accounts.legStart[row]!;
  store.balanceEnd[row] = store.balanceStart[row]!;
}

/**
 * Writes `account` into `row`, whose legs and balances the caller has set free (`giveRow`). Every instrument must be in the table.
 * False when there is no room left: the desk must be built anew.
 */
export function putAccount(store: AccountStore, row: number, source: number, account: Account): boolean {
  const { accounts } = store.columns;
  const start = takeLegs(store, account.positions.length);
  if (start === undefined) return false;
  accounts.source[row] = source;
  accounts.venue[row] = venueIndex(store, account.venue);
  accounts.legStart[row] = start;
  accounts.legEnd[row] = start + account.positions.length;
  const isPlain = account.positions.map((position, i) => putPosition(store, start + i, position)).every(Boolean);
  const derived = isDerived(account);
  if (source < store.derived.length) store.derived[source] = derived ? 1 : 0;
  if (isFlat(account) && isPlain && (!derived || source < store.derived.length)) store.special.delete(source);
  else store.special.set(source, account);
  putBalances(store, row, account.balances);
  return true;
}

function venueIndex(store: AccountStore, venue: string): number {
  const known = store.venues.indexOf(venue);
  return known >= 0 ? known : store.venues.push(venue) - 1;
}

function putPosition(store: AccountStore, leg: number, position: Position): boolean {
  const { legs } = store.columns;
  const instrument = store.instrumentIndex.get(position.instrument);
  if (instrument === undefined) throw new Error(`${position.instrument} is not in the desk's table of instruments`);
  const setting = settingOf(store, position.marginMode === 'isolated' ? ISOLATED : CROSS, position.leverage?.toNumber() ?? Number.NaN);
  legs.instrument[leg] = instrument;
  legs.size[leg] = position.size.toNumber();
  legs.entryPrice[leg] = position.entryPrice.toNumber();
  store.legSetting[leg] = setting ?? 0;
  setMargin(store.margins, leg, position.isolatedMargin?.toNumber() ?? Number.NaN);
  return setting !== undefined;
}

function putBalances(store: AccountStore, row: number, balances: readonly Balance[]): void {
  const given = store.freeBalances.get(balances.length)?.pop();
  const start = given ?? store.balanceUsed;
  if (given === undefined) store.balanceUsed += balances.length;
  if (store.balanceUsed > store.balanceAsset.length) growBalances(store);
  balances.forEach(({ asset, amount }, i) => {
    const index = store.assetIndex.get(asset);
    if (index === undefined) throw new Error(`${asset} is not in the desk's table of assets`);
    store.balanceAsset[start + i] = index;
    store.balanceAmount[start + i] = amount.toNumber();
  });
  store.balanceStart[row] = start;
  store.balanceEnd[row] = start + balances.length;
}

function growBalances(store: AccountStore): void {
  const length = Math.ceil(store.balanceUsed * 1.5) + 16;
  const assets = new Uint32Array(length);
  const amounts = new Float64Array(length);
  assets.set(store.balanceAsset);
  amounts.set(store.balanceAmount);
  store.balanceAsset = assets;
  store.balanceAmount = amounts;
}

/** Everything of `from` becomes `to`'s; the caller has set free what `to` had. */
export function moveRow(store: AccountStore, from: number, to: number): void {
  const { accounts } = store.columns;
  for (const column of Object.values(accounts) as { [row: number]: number }[]) column[to] = column[from]!;
  store.balanceStart[to] = store.balanceStart[from]!;
  store.balanceEnd[to] = store.balanceEnd[from]!;
}
