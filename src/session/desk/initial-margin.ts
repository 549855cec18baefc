/**
 * Initial margin of rows in Float64 (MR-4, PF-7): leg by leg from the venue's rules, cross and lending pools added up. Accounts whose
 * legs need more than their columns say (own tables or limits, sloped tables, unknown rows) go the exact way. Rule DM-19.
 */
import { Decimal, ONE } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { type Leg, resolveAccount } from '../../engine/resolve.ts';
import { accountAndBook } from './desk-engine.ts';
import type { DeskState } from './desk-state.ts';
import { ISOLATED } from './flat-book.ts';
import { bookAtPrices } from './price-board.ts';

/** How a leg of an instrument in one margin mode is margined, whatever its size. */
interface LegMargin {
  readonly isInverse: boolean;
  readonly contractSize: number;
  /** Notional at the entry price, not at the mark. */
  readonly isAtEntry: boolean;
  readonly basis: Leg['rules']['initialLeverage'];
  /** Share of notional for the closing fee, and whether the leverage leans it. */
  readonly feeRate: number;
  readonly settle: number;
  readonly floors: Float64Array;
  /** 1 ÷ the largest leverage of each row; NaN where none is stated. */
  readonly rates: Float64Array;
  readonly countsSize: boolean;
}

/** Initial margins of a desk's rows; keeps what it learns about instruments. */
export class InitialMargins {
  private readonly desk: DeskState;
  private readonly legs = new Map<number, LegMargin | null>();

  constructor(desk: DeskState) {
    this.desk = desk;
  }

  /** Writes the column for `rows` at present prices; NaN where the figure is not known. */
  refresh(rows: ArrayLike<number>): void {
    const { accounts } = this.desk.columns;
    for (let i = 0; i < rows.length; i++) accounts.initialMargin[rows[i]!] = this.ofRow(rows[i]!);
  }

  private ofRow(row: number): number {
    const { desk } = this;
    const { accounts } = desk.columns;
    const rules = desk.rulesOf(desk.store.venues[accounts.venue[row]!]!);
    if (desk.store.special.has(accounts.source[row]!)) return this.exact(row);
    if (rules.kind === 'lending') return this.ofLending(row);
    let sum = 0;
    for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
      const setting = desk.store.settings[desk.store.legSetting[leg]!]!;
      if (setting.mode === ISOLATED) continue;
      const margin = this.marginOf(accounts.venue[row]!, leg, setting.mode);
      if (!margin) return this.exact(row);
      sum += this.ofLeg(leg, margin, setting.leverage);
    }
    return sum;
  }

  private ofLeg(leg: number, margin: LegMargin, leverage: number): number {
    const { board, columns } = this.desk;
    const { legs } = columns;
    const size = Math.abs(legs.size[leg]!);
    const price = margin.isAtEntry ? legs.entryPrice[leg]! : board.mark[legs.instrument[leg]!]!;
    const notional = size * margin.contractSize * (margin.isInverse ? 1 / price : price);
    const unit = board.price[margin.settle]!;
    const settlePrice = Number.isNaN(unit) && board.assets[margin.settle] === (board.book.unit ?? 'USD') ? 1 : unit;
    const side = legs.size[leg]! < 0 ? -1 : 1;
    const lean = Number.isNaN(leverage) ? 0 : (margin.isInverse ? side : -side) / leverage;
    const fee = margin.feeRate * (1 + lean) * notional;
    return (this.ownMargin(size, notional, margin, leverage) + fee) * settlePrice;
  }

  private ownMargin(size: number, notional: number, { basis, floors, rates, countsSize }: LegMargin, leverage: number): number {
    if (basis === 'chosen' && !Number.isNaN(leverage)) return notional / leverage;
    const measure = countsSize ? size : notional;
    let row = floors.length - 1;
    while (row > 0 && measure < floors[row]!) row--;
    const rate = rates[row]!;
    return basis === 'chosen-within-tier' && rate * leverage < 1 ? notional / leverage : notional * rate;
  }

  /** Of lending collateral: what its loan-to-value leaves. */
  private ofLending(row: number): number {
    const { store, board } = this.desk;
    let sum = 0;
    for (let b = store.balanceStart[row]!; b < store.balanceEnd[row]!; b++) {
      if (!(store.balanceAmount[b]! > 0)) continue;
      const asset = store.balanceAsset[b]!;
      const loanToValue = board.book.assets.get(board.assets[asset]!)?.loanToValue;
      sum += store.balanceAmount[b]! * board.price[asset]! * (loanToValue ? 1 - loanToValue.toNumber() : Number.NaN);
    }
    return sum;
  }

  private exact(row: number): number {
    const { account, book } = accountAndBook(this.desk, row);
    const { initialMargin } = assessAccount(account, book, this.desk.rulesOf(account.venue));
    return initialMargin.ok ? initialMargin.value.toNumber() : Number.NaN;
  }

  private marginOf(venue: number, leg: number, mode: number): LegMargin | null {
    const { columns, board } = this.desk;
    const instrument = columns.legs.instrument[leg]!;
    const key = (venue * board.instruments.length + instrument) * 2 + mode;
    let margin = this.legs.get(key);
    if (margin === undefined) {
      margin = this.learn(venue, instrument);
      this.legs.set(key, margin);
    }
    return margin;
  }

  /** From the engine's own resolution of a position of one unit; null where size alone does not say it. */
  private learn(venueCode: number, instrument: number): LegMargin | null {
    const { board, store } = this.desk;
    const venue = store.venues[venueCode]!;
    const position = { instrument: board.instruments[instrument]!.id, size: ONE, entryPrice: ONE, marginMode: 'cross' as const };
    const account = { id: '', venue, balances: [], positions: [position] };
    const [leg] = resolveAccount(account, bookAtPrices(board, account), this.desk.rulesOf(venue)).pools.flatMap(({ legs }) => legs);
    if (!leg?.v.ok || !leg.settlePrice.ok) return null;
    const { initialLeverage, initialBasis, fee } = leg.rules;
    const table = leg.table.ok ? leg.table.value : undefined;
    if (initialLeverage === 'own-equity' || !table || table.initialMarginRate || table.join === 'slope') return null;
    return {
      isInverse: leg.instrument.contract === 'inverse',
      contractSize: leg.instrument.contractSize.toNumber(),
      isAtEntry: initialBasis === 'entry',
      basis: initialLeverage,
      feeRate: fee === 'taker-at-bankruptcy-value' ? leg.takerFeeRate.toNumber() : 0,
      settle: board.assetIndex.get(leg.instrument.settle)!,
      floors: Float64Array.from(table.tiers, ({ floor }) => floor.toNumber()),
      rates: Float64Array.from(table.tiers, ({ source }) =>
        source.maxLeverage ? new Decimal(1).div(source.maxLeverage).toNumber() : Number.NaN,
      ),
      countsSize: table.measure === 'size',
    };
  }
}
