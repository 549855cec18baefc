/** Fills a `BookColumns` account by account, without an object a row. An account that turns out to be wrong is taken back whole. */
import type { Account, Asset, AssetSymbol, Book, Instrument, InstrumentId, MarginTier, VenueId } from './book.ts';
import {
  type BookColumns,
  DERIVED,
  type NumberColumn,
  POSITION_SETTINGS,
  type PositionSetting,
  plainText,
  RISK_PARAMETERS,
  type RiskParameter,
  type TextColumn,
} from './book-columns.ts';
import type { Decimal } from './units.ts';

const FIRST_CAPACITY = 1024;

type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** A typed array that grows. */
class Growing<A extends Numbers> {
  array: A;
  length = 0;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.array = make(FIRST_CAPACITY);
  }

  reserve(length: number): void {
    if (length <= this.array.length) return;
    const larger = this.make(Math.max(length, this.array.length * 2));
    larger.set(this.array.subarray(0, this.length));
    this.array = larger;
  }

  push(value: number): void {
    if (this.length === this.array.length) this.reserve(this.length + 1);
    this.array[this.length++] = value;
  }

  /** What was pushed, where it lies: room that was never written takes no memory, a copy of millions does. */
  finished(): A {
    return this.array.subarray(0, this.length) as A;
  }
}

const doubles = () => new Growing((length) => new Float64Array(length));
const words = () => new Growing((length) => new Uint32Array(length));
const bytes = () => new Growing((length) => new Uint8Array(length));

/** Numbers of a field that every row has, or (`set`) that only some have: rows between are NaN. */
class NumberBuilder {
  private readonly values = doubles();
  private readonly exactRows: number[] = [];
  private readonly exactTexts: string[] = [];

  /** `text`: where the double's own shortest text is another number. */
  set(row: number, value: number, text: string | undefined): void {
    while (this.values.length < row) this.values.push(Number.NaN);
    this.values.push(value);
    if (text === undefined) return;
    this.exactRows.push(row);
    this.exactTexts.push(text);
  }

  truncate(length: number): void {
    if (this.values.length > length) this.values.length = length;
    while (this.exactRows.length > 0 && this.exactRows.at(-1)! >= length) {
      this.exactRows.pop();
      this.exactTexts.pop();
    }
  }

  get isEmpty(): boolean {
    return this.values.length === 0;
  }

  finished(length: number): NumberColumn {
    while (this.values.length < length) this.values.push(Number.NaN);
    return { value: this.values.finished(), exact: new Map(this.exactRows.map((row, i) => [row, this.exactTexts[i]!])) };
  }
}

/** Texts of a field that every row has. */
export class TextBuilder {
  private readonly units = new Growing((length) => new Uint16Array(length));
  private readonly ends = words();

  push(text: string): void {
    const { units } = this;
    units.reserve(units.length + text.length);
    for (let i = 0; i < text.length; i++) units.array[units.length + i] = text.charCodeAt(i);
    units.length += text.length;
    this.ends.push(units.length);
  }

  finished(): TextColumn {
    return { units: this.units.finished(), end: this.ends.finished() };
  }
}

/** What an account states beside its rows. */
export interface AccountFacts {
  readonly id: string;
  readonly venue: VenueId;
  readonly label?: string;
  readonly unit?: AssetSymbol;
  readonly maintenanceMarginOther?: Decimal;
  readonly initialMarginOther?: Decimal;
}

/** The nearest double of `value`, and its text where the double's shortest text is another number. */
export function doubleOf(value: Decimal): { readonly value: number; readonly text: string | undefined } {
  const text = value.toFixed();
  const double = Number(text);
  return { value: double, text: plainText(double) === text ? undefined : text };
}

/**
 * Rows are added first, then `account` closes them; `discard` takes back what was added since the last account. Codes come from
 * `instrumentCode` and `assetCode`. Nothing is checked here: what is added must be what a reader would accept.
 */
export class BookColumnsBuilder {
  private readonly instruments: Instrument[] = [];
  private readonly instrumentCodes = new Map<InstrumentId, number>();
  private readonly assets: Asset[] = [];
  private readonly symbols = new Names();
  private readonly venues = new Names();
  private readonly units = new Names();

  private readonly id = new TextBuilder();
  private readonly venue = bytes();
  private readonly label = new TextBuilder();
  private readonly hasLabel = bytes();
  private labelCount = 0;
  private readonly unit = words();
  private readonly maintenanceMarginOther = new NumberBuilder();
  private readonly initialMarginOther = new NumberBuilder();
  private readonly balanceStart = words();
  private readonly positionStart = words();

  private readonly asset = words();
  private readonly amount = new NumberBuilder();
  private readonly derived = bytes();
  private readonly parameters = builders(RISK_PARAMETERS);

  private readonly instrument = words();
  private readonly size = new NumberBuilder();
  private readonly entryPrice = new NumberBuilder();
  private readonly isolated = bytes();
  private readonly settings = builders(POSITION_SETTINGS);
  private readonly tiers = new Map<number, readonly MarginTier[]>();

  constructor() {
    this.balanceStart.push(0);
    this.positionStart.push(0);
  }

  get accountCount(): number {
    return this.venue.length;
  }

  addInstrument(instrument: Instrument): void {
    this.instrumentCodes.set(instrument.id, this.instruments.length);
    this.instruments.push(instrument);
  }

  /** Before any balance: listed assets have the first codes. */
  addAsset(asset: Asset): void {
    this.assets.push(asset);
    this.symbols.code(asset.symbol);
  }

  /** −1 where the instrument has not been added. */
  instrumentCode(id: InstrumentId): number {
    return this.instrumentCodes.get(id) ?? -1;
  }

  instrumentAt(code: number): Instrument {
    return this.instruments[code]!;
  }

  assetCode(symbol: AssetSymbol): number {
    return this.symbols.code(symbol);
  }

  balance(assetCode: number, amount: number, amountText: string | undefined, derived: number): void {
    this.amount.set(this.asset.length, amount, amountText);
    this.asset.push(assetCode);
    this.derived.push(derived);
  }

  /** Of the balance added last. */
  balanceParameter(name: RiskParameter, value: number, text: string | undefined): void {
    this.parameters[name].set(this.asset.length - 1, value, text);
  }

  position(
    instrumentCode: number,
    size: number,
    sizeText: string | undefined,
    entryPrice: number,
    entryText: string | undefined,
    isIsolated: boolean,
  ): void {
    const row = this.instrument.length;
    this.size.set(row, size, sizeText);
    this.entryPrice.set(row, entryPrice, entryText);
    this.instrument.push(instrumentCode);
    this.isolated.push(isIsolated ? 1 : 0);
  }

  /** Of the position added last. */
  positionSetting(name: PositionSetting, value: number, text: string | undefined): void {
    this.settings[name].set(this.instrument.length - 1, value, text);
  }

  /** Of the position added last. */
  positionTiers(tiers: readonly MarginTier[]): void {
    this.tiers.set(this.instrument.length - 1, tiers);
  }

  /** Closes the rows added since the last account. */
  account(facts: AccountFacts): void {
    const row = this.accountCount;
    this.id.push(facts.id);
    this.venue.push(this.venues.code(facts.venue));
    this.label.push(facts.label ?? '');
    this.hasLabel.push(facts.label === undefined ? 0 : 1);
    if (facts.label !== undefined) this.labelCount++;
    this.unit.push(facts.unit === undefined ? 0 : this.units.code(facts.unit) + 1);
    if (facts.maintenanceMarginOther) setDecimal(this.maintenanceMarginOther, row, facts.maintenanceMarginOther);
    if (facts.initialMarginOther) setDecimal(this.initialMarginOther, row, facts.initialMarginOther);
    this.balanceStart.push(this.asset.length);
    this.positionStart.push(this.instrument.length);
  }

  /** Takes back the rows added since the last account. */
  discard(): void {
    const balances = this.balanceStart.array[this.accountCount]!;
    const positions = this.positionStart.array[this.accountCount]!;
    for (let row = positions; row < this.instrument.length; row++) this.tiers.delete(row);
    this.asset.length = balances;
    this.derived.length = balances;
    for (const builder of [this.amount, ...Object.values(this.parameters)]) builder.truncate(balances);
    this.instrument.length = positions;
    this.isolated.length = positions;
    for (const builder of [this.size, this.entryPrice, ...Object.values(this.settings)]) builder.truncate(positions);
  }

  finished(asOf: string, unit?: AssetSymbol): BookColumns {
    const accountCount = this.accountCount;
    const balanceCount = this.asset.length;
    const positionCount = this.instrument.length;
    return {
      asOf,
      ...(unit === undefined ? {} : { unit }),
      instruments: this.instruments,
      assets: this.assets,
      symbols: this.symbols.list,
      venues: this.venues.list,
      units: this.units.list,
      accounts: {
        count: accountCount,
        id: this.id.finished(),
        venue: this.venue.finished(),
        ...(this.labelCount === 0 ? {} : { label: this.label.finished(), hasLabel: this.hasLabel.finished() }),
        ...(this.units.list.length === 0 ? {} : { unit: this.unit.finished() }),
        ...stated({ maintenanceMarginOther: this.maintenanceMarginOther, initialMarginOther: this.initialMarginOther }, accountCount),
        balanceStart: this.balanceStart.finished(),
        positionStart: this.positionStart.finished(),
      },
      balances: {
        count: balanceCount,
        asset: this.asset.finished(),
        amount: this.amount.finished(balanceCount),
        derived: this.derived.finished(),
        ...stated(this.parameters, balanceCount),
      },
      positions: {
        count: positionCount,
        instrument: this.instrument.finished(),
        size: this.size.finished(positionCount),
        entryPrice: this.entryPrice.finished(positionCount),
        isolated: this.isolated.finished(),
        tiers: this.tiers,
        ...stated(this.settings, positionCount),
      },
    };
  }
}

/** Names by the order in which they were first met. */
class Names {
  readonly list: string[] = [];
  private readonly codes = new Map<string, number>();

  code(name: string): number {
    const known = this.codes.get(name);
    if (known !== undefined) return known;
    this.codes.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}

const builders = <K extends string>(names: readonly K[]): Record<K, NumberBuilder> =>
  Object.fromEntries(names.map((name) => [name, new NumberBuilder()])) as Record<K, NumberBuilder>;

const stated = <K extends string>(columns: Record<K, NumberBuilder>, length: number): Partial<Record<K, NumberColumn>> =>
  Object.fromEntries(
    Object.entries<NumberBuilder>(columns)
      .filter(([, column]) => !column.isEmpty)
      .map(([name, column]) => [name, column.finished(length)]),
  ) as Partial<Record<K, NumberColumn>>;

function setDecimal(column: NumberBuilder, row: number, value: Decimal): void {
  const { value: double, text } = doubleOf(value);
  column.set(row, double, text);
}

/** Adds `account` with all its rows, exact; its instruments must have been added. */
export function addAccount(builder: BookColumnsBuilder, account: Account): void {
  for (const balance of account.balances) {
    const amount = doubleOf(balance.amount);
    const derived = balance.derived === undefined ? DERIVED.notStated : balance.derived ? DERIVED.yes : DERIVED.no;
    builder.balance(builder.assetCode(balance.asset), amount.value, amount.text, derived);
    for (const name of RISK_PARAMETERS) {
      const stated = balance[name] && doubleOf(balance[name]);
      if (stated) builder.balanceParameter(name, stated.value, stated.text);
    }
  }
  for (const position of account.positions) {
    const size = doubleOf(position.size);
    const entry = doubleOf(position.entryPrice);
    const code = builder.instrumentCode(position.instrument);
    builder.position(code, size.value, size.text, entry.value, entry.text, position.marginMode === 'isolated');
    for (const name of POSITION_SETTINGS) {
      const stated = position[name] && doubleOf(position[name]);
      if (stated) builder.positionSetting(name, stated.value, stated.text);
    }
    if (position.tiers) builder.positionTiers(position.tiers);
  }
  builder.account(account);
}

/** `book` as columns, exact. */
export function columnsOf(book: Book): BookColumns {
  const builder = new BookColumnsBuilder();
  for (const instrument of book.instruments.values()) builder.addInstrument(instrument);
  for (const asset of book.assets.values()) builder.addAsset(asset);
  for (const account of book.accounts) addAccount(builder, account);
  return builder.finished(book.asOf, book.unit);
}
