/**
 * Accounts watched by address, as the worker runs them: commands in, frames out, on the host's beat and no timer of its own. What is asked when is the watcher's business,
 * what it means the session's. Rules WL-1 to WL-17 of docs/spec/watched-addresses.md.
 */
import { accountSource, addressKey, addressRefusal, GATEWAY_TARGETS, plainAddress } from '../../domain/account-sources.ts';
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import { gatewayFault } from '../../domain/gateway.ts';
import type { AccountReading } from '../../feeds/accounts/source.ts';
import type { AddressCommand, AddressesFrame, AddressRow, WatchedAddress } from '../../session/protocol.ts';
import type { AddressModule } from '../../session/transport.ts';
import { type AddressWatchers, createAddressWatchers, type WatchersOptions } from './address-watchers.ts';
import type { AddressHooks } from './host.ts';

export interface AddressesRunner {
  readonly command: (command: AddressCommand) => void;
  readonly beat: () => void;
  /** The network is back, or the page is shown again. */
  readonly wake: () => void;
  readonly stop: () => void;
}

export interface AddressesRunnerOptions extends AddressHooks, Omit<WatchersOptions, 'now' | 'baseUrl'> {
  readonly module: AddressModule;
}

/** Frames come twice a second at most. */
const FRAME_INTERVAL_MS = 500;
/** Of a beat, what looking at accounts may take. */
const SLICE_MS = 30;

const plain = ({ source, address }: WatchedAddress): WatchedAddress => ({
  source,
  address: plainAddress(accountSource(source)?.address ?? 'evm', address),
});

export const createAddressesRunner = (options: AddressesRunnerOptions): AddressesRunner => new Runner(options);

class Runner implements AddressesRunner {
  private readonly options: AddressesRunnerOptions;
  private readonly desk: InstanceType<AddressModule['AddressDesk']>;
  private watchers: AddressWatchers | undefined;
  private plan = '';
  private list: readonly WatchedAddress[] = [];
  private isStandIn = false;
  /** Addresses whose newest answers give no book, and why. */
  private readonly unusable = new Map<string, string>();
  private isNews = false;
  /** When it was last looked whether there is something to tell, and of what a frame was last made. */
  private lookedMs = Number.NEGATIVE_INFINITY;
  private states = '';

  constructor(options: AddressesRunnerOptions) {
    this.options = options;
    this.desk = new options.module.AddressDesk();
  }

  command(message: AddressCommand): void {
    const checked = this.options.module.checkAddresses(message);
    if (!checked.ok) this.fail(message.requestId, [checked.fault]);
    else if (message.kind === 'addresses-watch') this.watch(message);
    else if (message.kind === 'addresses-read') this.read(message);
    else if (message.kind === 'addresses-shock') this.shock(message);
    else if (message.kind === 'addresses-compare') this.compare(message);
    else this.show(message);
  }

  beat(): void {
    const { now, stopwatch } = this.options;
    const nowMs = now();
    if (!this.watchers) return;
    for (const { at, reading } of this.watchers.advance(nowMs)) this.take(at, reading);
    const startMs = stopwatch();
    while (this.desk.isWorking && stopwatch() - startMs < SLICE_MS) this.desk.work();
    if (nowMs - this.lookedMs >= FRAME_INTERVAL_MS && this.desk.isOneShock) this.tell(this.watchers, nowMs);
  }

  wake(): void {
    this.watchers?.wake();
  }

  stop(): void {
    this.watchers?.close();
    this.watchers = undefined;
  }

  private watch({ requestId, addresses, gateways, isStandIn = false }: Extract<AddressCommand, { kind: 'addresses-watch' }>): void {
    const faults = [...addresses.flatMap(faultsOfAddress), ...faultsOfGateways(gateways)];
    if (faults.length > 0) {
      this.fail(requestId, faults);
      return;
    }
    const next = [...new Map(addresses.map(plain).map((at) => [addressKey(at), at])).values()];
    const kept = new Set(next.map(addressKey));
    for (const at of this.list) {
      if (kept.has(addressKey(at))) continue;
      this.desk.take(at, null);
      this.unusable.delete(addressKey(at));
    }
    this.list = next;
    this.isStandIn = isStandIn;
    this.open(gateways, isStandIn).follow(next);
    this.isNews = true;
    this.options.post({ kind: 'done', requestId });
  }

  /** Other servers are other watchers; readings stay until they are read again. */
  private open(gateways: Readonly<Record<string, string>>, isStandIn: boolean): AddressWatchers {
    const plan = JSON.stringify([Object.entries(gateways).sort(), isStandIn]);
    if (this.watchers && plan === this.plan) return this.watchers;
    this.watchers?.close();
    this.plan = plan;
    this.watchers = createAddressWatchers({ gateways, isStandIn }, this.options);
    return this.watchers;
  }

  private take(at: WatchedAddress, reading: AccountReading): void {
    const why = this.desk.take(at, reading);
    this.isNews = true;
    this.unusable.delete(addressKey(at));
    if (why !== '') {
      this.unusable.set(addressKey(at), why);
      return;
    }
    const follows = this.options.followed()?.address;
    if (follows === addressKey(at))
      this.options.take({ kind: 'refresh-book', requestId: 0, name: this.nameOf(at), book: reading.book, follows });
  }

  private read({ requestId, only }: Extract<AddressCommand, { kind: 'addresses-read' }>): void {
    if (only && !this.list.some((at) => addressKey(at) === addressKey(plain(only)))) this.failUnread(requestId);
    else {
      this.watchers?.readAgain(only && plain(only));
      this.options.post({ kind: 'done', requestId });
    }
  }

  private shock({ requestId, move, asset }: Extract<AddressCommand, { kind: 'addresses-shock' }>): void {
    try {
      this.desk.setShock(move, asset);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.fail(requestId, error.faults);
      return;
    }
    this.isNews = true;
    this.options.post({ kind: 'done', requestId });
  }

  private compare({ requestId, account }: Extract<AddressCommand, { kind: 'addresses-compare' }>): void {
    const rows = this.desk.compare(account);
    if (rows) this.options.post({ kind: 'addresses-compared', requestId, account, rows });
    else this.failUnread(requestId);
  }

  private show({ requestId, account }: Extract<AddressCommand, { kind: 'addresses-show' }>): void {
    const found = this.desk.find(account);
    if (found) {
      const { book, account: selected, at } = found;
      this.options.take({ kind: 'take-book', requestId, name: this.nameOf(at), book, selected, follows: addressKey(at) });
      this.isNews = true;
    } else this.failUnread(requestId);
  }

  /** Nothing is sent where nothing but the time of day is new: no reading, no shock, no state of an address. */
  private tell(watchers: AddressWatchers, nowMs: number): void {
    this.lookedMs = nowMs;
    const rows = this.rows(watchers);
    this.tellAge(rows);
    const shown = this.shown();
    const states = JSON.stringify([rows, shown]);
    if (!this.isNews && states === this.states) return;
    [this.states, this.isNews] = [states, this.desk.isWorking];
    this.options.post(this.desk.frame(rows, shown, nowMs));
  }

  /** WL-8 in My margin. */
  private tellAge(rows: readonly AddressRow[]): void {
    const { address: follows = '', left = 'nothing', isOld = false } = this.options.followed() ?? {};
    if (left !== '') return;
    const isOldNow = rows.find((row) => addressKey(row) === follows)?.state !== 'read';
    if (isOldNow !== isOld) this.options.take({ kind: 'follow-age', follows, isOld: isOldNow });
  }

  /** In the order of the list. */
  private rows(watchers: AddressWatchers): AddressRow[] {
    const rows = new Map(watchers.rows().map((row) => [addressKey(row), row]));
    return this.list.flatMap((at) => {
      const row = rows.get(addressKey(at));
      if (!row) return [];
      const { state, why, atMs, asOfMs, nextMs, isPushed, reading } = row;
      const unusable = this.unusable.get(addressKey(at));
      const notes = reading?.notes ?? [];
      return [
        {
          ...at,
          sourceName: this.sourceName(at.source),
          state: state === 'blocked' || unusable !== undefined ? 'refused' : state,
          why: unusable ?? why,
          readMs: atMs,
          asOfMs,
          nextMs,
          isPushed,
          ...(notes.length > 0 ? { notes } : {}),
        },
      ];
    });
  }

  /** The account of the list that the margin page shows. */
  private shown(): AddressesFrame['shown'] {
    const followed = this.options.followed();
    if (!followed) return null;
    const { address, account, left } = followed;
    const isListed = this.list.some((at) => addressKey(at) === address);
    const source = address.slice(0, address.lastIndexOf(':'));
    return { account: `${source}:${account}`, left: left !== '' || isListed ? left : 'the address is not on the list any more' };
  }

  private sourceName(source: string): string {
    const name = accountSource(source)?.name ?? source;
    return this.isStandIn ? `${name} (stand-in)` : name;
  }

  private nameOf({ source, address }: WatchedAddress): string {
    return `${this.sourceName(source)} ${address.slice(0, 6)}…${address.slice(-4)}`;
  }

  private failUnread(requestId: number): void {
    this.fail(requestId, [
      { pointer: '', message: 'nothing of that name was read: it may not be on the list, or not have been answered yet' },
    ]);
  }

  private fail(requestId: number, faults: readonly Fault[]): void {
    this.options.post({ kind: 'failed', requestId, faults });
  }
}

function faultsOfAddress({ source, address }: WatchedAddress, index: number): Fault[] {
  const known = accountSource(source);
  if (!known) return [{ pointer: `/addresses/${index}/source`, message: 'there is no such source of accounts' }];
  const refusal = addressRefusal(known.address, address);
  return refusal === undefined ? [] : [{ pointer: `/addresses/${index}/address`, message: refusal }];
}

const faultsOfGateways = (gateways: Readonly<Record<string, string>>): Fault[] =>
  Object.entries(gateways).flatMap(([key, url]) => {
    const message = GATEWAY_TARGETS.some((target) => target.key === key) ? gatewayFault(url) : 'There is no such venue.';
    return message === '' ? [] : [{ pointer: `/gateways${pointerSegment(key)}`, message }];
  });
