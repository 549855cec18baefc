/**
 * What was read of every watched address, assessed account by account and put together for the page. Keeps what it computed until a reading or the shock changes; knows no
 * clock: whoever holds one says how many accounts are worth looking at now. Rules WL-3 to WL-8 of docs/spec/watched-addresses.md.
 */
import { addressKey } from '../../domain/account-sources.ts';
import type { Account, Book } from '../../domain/book.ts';
import { refuse } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { bookFaults } from '../../formats/leverage-book.ts';
import { withStaleness } from '../inputs.ts';
import { readMove } from '../what-if.ts';
import { type AccountLook, type AddressReading, lookAtAccount, lookUnderShock, type Place, type ShockedLook } from './account-look.ts';
import type { CommonShock } from './dollars.ts';
import type { AddressesFrame, AddressRow, ComparisonRow, WatchedAddress } from './messages.ts';
import { comparisonRows, meterOf } from './meter.ts';
import { collateralMatrix, type Shown, totalsOf, venueTotals } from './totals.ts';

/** A reading whose own time lies further back than this from when it came is old: a chain's server may have stopped. */
export const AS_OF_MAX_MS = 300_000;

interface Watched extends Place {
  readonly account: Account;
  readonly reading: AddressReading;
  /** Of this reading, or of the one before until it is looked at. */
  look: AccountLook | null;
  shocked: ShockedLook | null;
  isLooked: boolean;
}

export class AddressDesk {
  private shock: CommonShock = { move: new Decimal('-0.1'), asset: null };
  /** By account; in the order of keys, so that sums do not depend on the order of the list. */
  private watched = new Map<string, Watched>();
  private readonly waiting = new Set<Watched>();

  /**
   * The newest reading of an address in place of the one before; null: it is not watched any more. A book that the reader of books would refuse changes nothing: why, in words for
   * people; '' where it was taken.
   */
  take(at: WatchedAddress, reading: AddressReading | null): string {
    const [fault] = reading ? bookFaults(reading.book) : [];
    if (fault) return `the answers give a book that cannot be: ${fault.pointer} ${fault.message}`;
    const own = addressKey(at);
    const next = new Map<string, Watched>();
    for (const [key, watched] of this.watched) {
      if (addressKey(watched) !== own) next.set(key, watched);
      else this.waiting.delete(watched);
    }
    for (const account of reading?.book.accounts ?? []) {
      const key = `${at.source}:${account.id}`;
      const { look = null, shocked = null } = this.watched.get(key) ?? {};
      const place = { key, source: at.source, address: at.address };
      const watched: Watched = { ...place, account, reading: reading as AddressReading, look, shocked, isLooked: false };
      const twice = next.get(key);
      if (twice) this.waiting.delete(twice);
      next.set(key, watched);
      this.waiting.add(watched);
    }
    this.watched = new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
    return '';
  }

  /** Throws `InputError` for a move that is no decimal; held where what-ifs are (SE-17). */
  setShock(move: string, asset: string | null): void {
    const value = readMove(move);
    if (typeof value === 'string') refuse('/move', value);
    this.shock = { move: value, asset };
    for (const watched of this.watched.values()) this.waiting.add(watched);
  }

  get isWorking(): boolean {
    return this.waiting.size > 0;
  }

  /** Every account that was looked at stands under the shock that is in force. */
  get isOneShock(): boolean {
    return [...this.watched.values()].every(({ shocked }) => shocked === null || shocked.shock === this.shock);
  }

  /** Looks at one account that waits. */
  work(): void {
    const [next] = this.waiting;
    if (next) this.lookAt(next);
  }

  private lookAt(watched: Watched): AccountLook {
    const { account, reading } = watched;
    this.waiting.delete(watched);
    const look = watched.isLooked && watched.look ? watched.look : lookAtAccount(account, reading, watched);
    watched.isLooked = true;
    watched.look = look;
    watched.shocked = lookUnderShock(account, reading.book, look, this.shock);
    return look;
  }

  /** Book and account of a key; undefined where nothing of that name was read. */
  find(key: string): { readonly book: Book; readonly account: string; readonly at: WatchedAddress } | undefined {
    const found = this.watched.get(key);
    return found && { book: found.reading.book, account: found.account.id, at: { source: found.source, address: found.address } };
  }

  /** Everything that the venue says of an account beside ours; undefined where it was not read. */
  compare(key: string): readonly ComparisonRow[] | undefined {
    const found = this.watched.get(key);
    return found && comparisonRows((found.isLooked && found.look ? found.look : this.lookAt(found)).comparisons);
  }

  /** What the page is shown. Accounts that were not looked at yet are not in it: after `isWorking` there are none. */
  frame(addresses: readonly AddressRow[], shown: AddressesFrame['shown'], nowMs: number): AddressesFrame {
    // What is kept from servers that were asked before is no reading of those that are asked now.
    const isOldRow = ({ state, readMs, asOfMs }: AddressRow): boolean => state !== 'read' || readMs - asOfMs > AS_OF_MAX_MS;
    const current = new Set(addresses.filter((row) => !isOldRow(row)).map(addressKey));
    const accounts: Shown[] = [];
    for (const watched of this.watched.values()) {
      const { look, shocked } = watched;
      if (!look || !shocked) continue;
      const isOld = !current.has(addressKey(watched));
      accounts.push({ look, shocked, state: withStaleness(look.state, isOld), shockedState: withStaleness(shocked.state, isOld) });
    }
    return {
      kind: 'addresses',
      atMs: nowMs,
      addresses,
      accounts: accounts.map(({ look: { row }, shocked: { cells }, state, shockedState }) => ({
        ...row,
        riskState: state,
        shocked: { ...cells, riskState: shockedState },
      })),
      totals: totalsOf(accounts),
      venues: venueTotals(accounts),
      matrix: collateralMatrix(accounts),
      meter: meterOf(accounts.flatMap(({ look }) => look.comparisons)),
      shock: { move: this.shock.move.toFixed(), asset: this.shock.asset },
      shown,
    };
  }
}
