/** What stands before the accounts of a flat book: the book's own facts, instruments with their tiers, assets. Rules FF-3, FF-4, FF-7. */
import type { Asset, Instrument } from '../../domain/book.ts';
import type { BookColumnsBuilder } from '../../domain/book-columns-builder.ts';
import { InputError } from '../../domain/fault.ts';
import { attempt, describe } from '../../wire/schema.ts';
import { instrumentFaults, type Market } from '../book-checks.ts';
import { assetSchema, instrumentSchema, isUtcInstant } from '../book-schema.ts';
import type { FlatBatch } from './batch.ts';
import { type FaultList, type RowFault, type RowPlace, rowFault } from './faults.ts';
import { AT, CELLS_OF, COLUMNS, FLAT_FORMAT, MARKET_ROWS_MAX, type RowKind } from './schema.ts';

/** The fields of one row by column name, as text; keys are left out. */
export type Entry = Record<string, unknown>;

/** Columns that a row fills and its kind does not have. */
export function misplacedCells(batch: FlatBatch, row: number, kind: RowKind): number[] {
  const wanted = CELLS_OF[kind];
  const found: number[] = [];
  for (let column = 1; column < COLUMNS.length; column++) {
    if (batch.fills(column) && !wanted.includes(column) && batch.text(row, column) !== undefined) found.push(column);
  }
  return found;
}

/** The filled cells of a row by column name, those in `except` left out. */
export function entryOf(batch: FlatBatch, row: number, kind: RowKind, except: ReadonlySet<number>): Entry {
  const entry: Entry = {};
  for (const column of CELLS_OF[kind]) {
    const text = except.has(column) || !batch.fills(column) ? undefined : batch.text(row, column);
    if (text !== undefined) entry[COLUMNS[column]!] = text;
  }
  return entry;
}

/** Where the parts of one entry stand, so that a pointer into it becomes a row and a column. */
export interface EntryPlaces {
  readonly row: RowPlace;
  readonly tiers: readonly RowPlace[];
}

/** `/markPrice` or `/tiers/2/notionalFloor` of an entry as a fault of its row. */
export function entryFault(pointer: string, message: string, { row, tiers }: EntryPlaces): RowFault {
  const [, first, second, third] = pointer.split('/');
  const tier = first === 'tiers' && second !== undefined ? tiers[Number(second)] : undefined;
  if (tier) return rowFault(tier, third, message);
  return rowFault(row, first === 'tiers' ? undefined : first, message);
}

interface OpenEntry {
  readonly entry: Entry;
  readonly row: RowPlace;
  readonly tiers: Entry[];
  readonly tierPlaces: RowPlace[];
  isFaulty: boolean;
}

const INSTRUMENT_KEY: ReadonlySet<number> = new Set([AT.instrument]);
const ASSET_KEY: ReadonlySet<number> = new Set([AT.asset]);
const TIER_KEYS: ReadonlySet<number> = new Set([AT.account, AT.venue, AT.instrument]);

/** The book's own facts, as cells or metadata state them. */
export interface Head {
  readonly format?: string;
  readonly asOf?: string;
  readonly unit?: string;
  readonly rowCount?: string;
}

/** Collects the rows before the first account; `close` reads them against one another. */
export class FlatMarketReader {
  head: Head | undefined;
  private headPointer: (field: string) => string = () => '';
  private readonly instruments = new Map<string, OpenEntry>();
  private readonly assets = new Map<string, OpenEntry>();
  /** Named by rows that cannot be read. */
  private readonly spoiled = new Set<string>();
  private isAllSpoiled = false;
  private rowCount = 0;
  private readonly faults: FaultList;

  constructor(faults: FaultList) {
    this.faults = faults;
  }

  /** Facts that stand beside the table. */
  takeHead(head: Head, pointer: (field: string) => string): void {
    this.head = head;
    this.headPointer = pointer;
  }

  /** Takes one row; `kind` is none of an account's. */
  add(kind: 'book' | 'instrument' | 'asset' | 'tier', batch: FlatBatch, row: number, place: RowPlace): void {
    if (++this.rowCount > MARKET_ROWS_MAX)
      throw new InputError([rowFault(place, undefined, `more than ${MARKET_ROWS_MAX} rows before the first account`)]);
    const misplaced = misplacedCells(batch, row, kind);
    for (const column of misplaced) this.faults.add(rowFault(place, COLUMNS[column], `${article(kind)} row has no ${COLUMNS[column]}`));
    if (kind === 'book') this.addBook(batch, row, place);
    else if (kind === 'tier') this.addTier(batch, row, place, misplaced.length > 0);
    else this.addEntry(kind, batch, row, place, misplaced.length > 0);
  }

  private addBook(batch: FlatBatch, row: number, place: RowPlace): void {
    const stated = entryOf(batch, row, 'book', new Set()) as Head;
    const isSame = this.head === undefined || (['asOf', 'unit'] as const).every((field) => this.head![field] === stated[field]);
    if (this.head !== undefined && !isSame)
      throw new InputError([rowFault(place, undefined, 'a second statement of the book, unlike the first')]);
    this.head = stated;
    this.headPointer = (field) => `/rows/${place.row}/${field}`;
  }

  private addEntry(kind: 'instrument' | 'asset', batch: FlatBatch, row: number, place: RowPlace, isFaulty: boolean): void {
    const name = batch.text(row, AT[kind]);
    const list = kind === 'instrument' ? this.instruments : this.assets;
    if (name === undefined || name.trim() === '') {
      this.faults.add(rowFault(place, kind, 'is required'));
      return;
    }
    const known = list.get(name);
    if (known) {
      known.isFaulty = true;
      this.faults.add(rowFault(place, kind, `${describe(name)} stands twice, first in /rows/${known.row.row}`));
      return;
    }
    const entry = entryOf(batch, row, kind, kind === 'instrument' ? INSTRUMENT_KEY : ASSET_KEY);
    list.set(name, { entry, row: place, tiers: [], tierPlaces: [], isFaulty });
  }

  private addTier(batch: FlatBatch, row: number, place: RowPlace, isFaulty: boolean): void {
    const instrument = batch.text(row, AT.instrument);
    const owner = instrument === undefined ? undefined : this.instruments.get(instrument);
    if (!owner) {
      this.spoil(batch, row);
      const message = instrument === undefined ? 'is required' : `tiers of ${describe(instrument)}, of which no row stands before this one`;
      this.faults.add(rowFault(place, 'instrument', message));
      return;
    }
    if (batch.fills(AT.venue) && batch.text(row, AT.venue) !== undefined) {
      this.faults.add(rowFault(place, 'venue', "an instrument's tier row has no venue"));
      owner.isFaulty = true;
    }
    owner.tiers.push(entryOf(batch, row, 'tier', TIER_KEYS));
    owner.tierPlaces.push(place);
    owner.isFaulty ||= isFaulty;
  }

  /**
   * A row that cannot be read may be part of any entry: what it names is not used, and where it names nothing no instrument is,
   * since one without its tiers would be computed with others.
   */
  spoil(batch: FlatBatch, row: number): void {
    const names = [batch.text(row, AT.instrument), batch.text(row, AT.asset)].filter((name) => name !== undefined);
    for (const name of names) this.spoiled.add(name);
    if (names.length === 0) this.isAllSpoiled = true;
  }

  /** The market, which `builder` knows afterwards too. Throws `InputError` where the book's own facts are wrong or missing. */
  close(
    venues: Market['venues'],
    builder: BookColumnsBuilder,
  ): Market & { readonly asOf: string; readonly statedUnit: string | undefined } {
    const { asOf, unit } = this.checkedHead();
    const market: Market = {
      venues,
      unit: unit ?? 'USD',
      instruments: new Map(),
      assets: new Map(),
      unreadableInstruments: new Set(),
      unreadableAssets: new Set(),
    };
    for (const [id, open] of this.instruments) this.closeInstrument(id, open, market, builder);
    for (const [symbol, open] of this.assets) this.closeAsset(symbol, open, market, builder);
    return { ...market, asOf, statedUnit: unit };
  }

  private checkedHead(): { asOf: string; unit: string | undefined } {
    const { head } = this;
    if (!head) {
      const message = `no book row (format ${FLAT_FORMAT}, asOf) before the accounts`;
      throw new InputError([...this.faults.listed, { pointer: '', message }]);
    }
    const faults: RowFault[] = [];
    const refuse = (field: keyof Head, message: string): void => void faults.push({ pointer: this.headPointer(field), message });
    const { format, asOf, unit, rowCount } = head;
    if (format !== FLAT_FORMAT) refuse('format', `expected "${FLAT_FORMAT}", found ${describe(format)}`);
    if (asOf === undefined || !isUtcInstant(asOf))
      refuse('asOf', `expected a time in UTC such as "2026-02-05T18:34:00Z", found ${describe(asOf)}`);
    if (unit !== undefined && unit.trim() === '') refuse('unit', 'must not be empty');
    if (rowCount !== undefined && !/^\d{1,9}$/.test(rowCount)) refuse('rowCount', `expected a whole number, found ${describe(rowCount)}`);
    if (faults.length > 0) throw new InputError([...this.faults.listed, ...faults]);
    return { asOf: asOf!, unit };
  }

  private closeInstrument(id: string, open: OpenEntry, market: Market, builder: BookColumnsBuilder): void {
    const read = attempt(instrumentSchema, { ...open.entry, ...(open.tiers.length > 0 ? { tiers: open.tiers } : {}) });
    const found = read.ok ? instrumentFaults(read.value, market.venues, '') : read.faults;
    const places = { row: open.row, tiers: open.tierPlaces };
    for (const fault of found) this.faults.add(entryFault(fault.pointer, fault.message, places));
    if (read.ok && found.length === 0 && !open.isFaulty && !this.isAllSpoiled && !this.spoiled.has(id)) {
      const instrument: Instrument = { id, ...read.value };
      market.instruments.set(id, instrument);
      builder.addInstrument(instrument);
    } else market.unreadableInstruments.add(id);
  }

  private closeAsset(symbol: string, open: OpenEntry, market: Market, builder: BookColumnsBuilder): void {
    const read = attempt(assetSchema, open.entry);
    if (!read.ok) for (const fault of read.faults) this.faults.add(entryFault(fault.pointer, fault.message, { row: open.row, tiers: [] }));
    if (read.ok && !open.isFaulty && !this.spoiled.has(symbol)) {
      const asset: Asset = { symbol, ...read.value };
      market.assets.set(symbol, asset);
      builder.addAsset(asset);
    } else market.unreadableAssets.add(symbol);
  }

  /** Row of the instrument or asset that a fault names. */
  rowOf(kind: 'instruments' | 'assets', name: string): number | undefined {
    return this[kind].get(name)?.row.row;
  }
}

/** `a balance`, `an asset`. */
export const article = (kind: RowKind): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
