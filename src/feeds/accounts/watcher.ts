/**
 * Watches many addresses of one source (rules AA-12 to AA-16 of docs/spec/addresses.md): reads each in turn inside the venue's limit, lets the venue tell the first ones by itself
 * where it can, and says of every address how its reading stands. Driven from outside: it holds no timer, clock or chance of its own. The caller calls `advance` on its beat
 * (some ten times a second) and shows `rows()`; what it learns between two calls comes out with the next.
 */
import { InputError } from '../../domain/fault.ts';
import { backoffMs } from '../live/backoff.ts';
import { faultsOf } from '../live/faults.ts';
import type { SocketPort } from '../live/live-feed.ts';
import { PacedAsking } from './paced-asking.ts';
import { createPushLink, type PushLink } from './push-link.ts';
import { scheduleReadings } from './schedule.ts';
import { type AccountChange, type AccountReading, type AccountSource, type Ask, AskError } from './source.ts';

export interface AccountWatcherOptions {
  readonly source: AccountSource;
  /** As the source's `refusal` lets them pass, the most wanted first: the first ones are told by the venue itself where it can. */
  readonly addresses: readonly string[];
  /** Carries one question; bounded in size and time by whoever makes it (AA-3). */
  readonly ask: Ask;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Carries the socket of a venue that tells changes by itself. Absent: everything is asked. */
  readonly port?: SocketPort;
  /** Where the socket is, for a stand-in. Default: the venue's own address. */
  readonly placed?: (url: string) => string;
}

export type WatchState =
  /** Never read, and its turn has not come. */
  | 'waiting'
  /** Never read, and being asked. */
  | 'reading'
  /** Read, and as new as it should be. */
  | 'read'
  /** Read once, but not as lately as it should be: the figures are of `atMs`. */
  | 'late'
  /** There is no reading; `why` says the reason. */
  | 'refused'
  /** The venue answers nobody from here, or nothing of this address (status 403, 451): tried again only every ten minutes, or when asked for. A reading from before is kept. */
  | 'blocked';

/** How the reading of one address stands. */
export interface WatchedRow {
  readonly address: string;
  readonly state: WatchState;
  /** Why it could not be read the last time, in words for people; '' otherwise. */
  readonly why: string;
  /** The last reading that could be made: its book, and what the venue says. Kept where a later one fails. */
  readonly reading: AccountReading | undefined;
  /** By our clock, when the question of that reading was put, or when the venue told it: what it says is not older. NaN: never. */
  readonly atMs: number;
  /** The venue's own time of that reading (for chains: of its block), ms; NaN: never. */
  readonly asOfMs: number;
  /** When it is asked next; NaN while it is being asked. */
  readonly nextMs: number;
  /** The venue tells its changes by itself now. */
  readonly isPushed: boolean;
}

export interface WatchOutput {
  /** Addresses with another reading than at the last call, and that reading. */
  readonly readings: readonly { readonly address: string; readonly reading: AccountReading }[];
  /** Addresses that could not be read since the last call, and why. */
  readonly faults: readonly { readonly address: string; readonly why: string }[];
  /** Whether anything of `rows()` is other than at the last call. */
  readonly hasChanged: boolean;
}

export interface AccountWatcher {
  /** Takes in what came, begins what is due, and says what is new. A time that steps back counts as the last one. */
  readonly advance: (nowMs: number) => WatchOutput;
  /** One row an address, in the order of the list. */
  readonly rows: () => readonly WatchedRow[];
  /** The whole list, in place of the one before. What stays on it keeps its reading. */
  readonly follow: (addresses: readonly string[]) => void;
  /** Reads this address, or all, as soon as the limit allows. */
  readonly readAgain: (address?: string) => void;
  /** The network, the page or the machine is back: what failed is asked again, a lost socket is tried at once. */
  readonly wake: () => void;
  /** Nothing is asked any more, and what is under way is passed over. */
  readonly close: () => void;
}

/** A reading is late once it is older than so many of its intervals, and than a minute. */
const LATE_INTERVALS = 3;
const LATE_MS = 60_000;
/** A reading that takes longer, without having to wait for the limit, is given up; what still comes of it is passed over. */
const PATIENCE_MS = 120_000;
/** Blocked, unreadable, or asked for too often: how long nothing is asked again, ms. */
const BLOCKED_MS = 600_000;
const UNREADABLE_MS = 60_000;
const HELD_MS = 10_000;
const RETRY_MS = 1_000;
/** What the venue tells by itself is read whole once in so long too: not everything is told. */
const TOLD_MS = 300_000;

/** What is known of one address. */
interface Entry {
  readonly address: string;
  reading: AccountReading | undefined;
  atMs: number;
  dueMs: number;
  failures: number;
  why: string;
  isBlocked: boolean;
  /** The number of the reading under way, and when it began; undefined: none. */
  asking: { readonly id: number; readonly sinceMs: number /** When our own limit last kept it waiting. */; waitedMs: number } | undefined;
  askedMs: number;
  /** When the venue last told something of it. */
  toldMs: number;
  /** A whole reading is wanted once this one is done: the venue told something that it does not know. */
  isWanted: boolean;
}

interface Landed {
  readonly entry: Entry;
  readonly id: number;
  readonly sinceMs: number;
  readonly reading?: AccountReading;
  readonly error?: unknown;
}

/** Watches `addresses` of one source. Nothing is asked before the first `advance`. */
export const createAccountWatcher = (options: AccountWatcherOptions): AccountWatcher => new WatcherCore(options);

class WatcherCore implements AccountWatcher {
  private readonly options: AccountWatcherOptions;
  private entries: readonly Entry[] = [];
  private clockMs = Number.NEGATIVE_INFINITY;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private heldCount = 0;
  private landed: Landed[] = [];
  private readings = new Map<string, AccountReading>();
  private faults = new Map<string, string>();
  private hasChanged = true;
  private nextId = 0;
  private nextMs: ReadonlyMap<string, number> = new Map();
  private states = '';
  private isClosed = false;
  private readonly link: PushLink | undefined;
  private readonly asking: PacedAsking;

  constructor(options: AccountWatcherOptions) {
    this.options = options;
    const { source, port, random, placed = (url) => url } = options;
    this.asking = new PacedAsking(source.pace, options.ask);
    if (source.push && port)
      this.link = createPushLink({
        id: source.id,
        name: source.name,
        push: source.push,
        port,
        random,
        placed,
        onChange: (change, atMs) => this.takeChange(change, atMs),
        onOpen: () => this.askTold(),
      });
    this.follow(options.addresses);
  }

  follow(addresses: readonly string[]): void {
    const known = new Map(this.entries.map((entry) => [entry.address, entry]));
    this.entries = [...new Set(addresses)].map((address) => known.get(address) ?? newEntry(address));
    this.link?.follow(this.entries.map(({ address }) => address));
    this.hasChanged = true;
  }

  advance(nowMs: number): WatchOutput {
    if (!Number.isFinite(nowMs)) throw new RangeError(`a clock reading must be finite, found ${nowMs}`);
    this.clockMs = Math.max(this.clockMs, nowMs);
    if (!this.isClosed) {
      for (const landed of this.landed.splice(0)) this.land(landed);
      this.giveUp();
      this.asking.advance(this.clockMs);
      this.link?.advance(this.clockMs);
      this.beginDue();
    }
    const states = this.entries.map((entry) => this.stateOf(entry)).join();
    const output: WatchOutput = {
      readings: [...this.readings].map(([address, reading]) => ({ address, reading })),
      faults: [...this.faults].map(([address, why]) => ({ address, why })),
      hasChanged: this.hasChanged || states !== this.states,
    };
    this.states = states;
    this.readings = new Map();
    this.faults = new Map();
    this.hasChanged = false;
    return output;
  }

  rows(): readonly WatchedRow[] {
    return this.entries.map((entry) => ({
      address: entry.address,
      state: this.stateOf(entry),
      why: entry.why,
      reading: entry.reading,
      atMs: entry.atMs,
      asOfMs: entry.reading ? Date.parse(entry.reading.book.asOf) : Number.NaN,
      nextMs: entry.asking || this.isClosed ? Number.NaN : (this.nextMs.get(entry.address) ?? entry.dueMs),
      isPushed: this.isTold(entry),
    }));
  }

  readAgain(address?: string): void {
    for (const entry of this.entries) if (address === undefined || entry.address === address) entry.dueMs = Number.NEGATIVE_INFINITY;
  }

  wake(): void {
    for (const entry of this.entries) if (entry.failures > 0 && !entry.isBlocked) entry.dueMs = Number.NEGATIVE_INFINITY;
    this.link?.wake(this.clockMs);
  }

  close(): void {
    this.isClosed = true;
    this.landed = [];
    this.asking.close();
    this.link?.close();
  }

  /** AA-13. */
  private stateOf({ reading, isBlocked, asking, failures, atMs }: Entry): WatchState {
    if (isBlocked) return 'blocked';
    // By the venue's own time too: an answer of now may tell an hour ago.
    if (reading) return this.clockMs - Math.min(atMs, Date.parse(reading.book.asOf)) > this.lateMs() ? 'late' : 'read';
    if (failures > 0) return 'refused';
    return asking ? 'reading' : 'waiting';
  }

  /** With many addresses one turn of the list takes longer than one interval: then that is how late a reading may be. */
  private lateMs(): number {
    const { most, withinMs, weight, everyMs } = this.options.source.pace;
    const turnMs = (this.entries.length * weight * withinMs) / most;
    return Math.max(LATE_MS, LATE_INTERVALS * Math.max(everyMs, turnMs));
  }

  private isTold({ address, toldMs }: Entry): boolean {
    return this.link?.isTelling(address) === true && this.clockMs - toldMs < LATE_MS;
  }

  /** A new socket: what was missed while there was none is asked for (PS-5). */
  private askTold(): void {
    const { push } = this.options.source;
    for (const entry of this.entries.slice(0, push?.addressesMax)) if (entry.reading) entry.dueMs = Math.min(entry.dueMs, this.clockMs);
  }

  private beginDue(): void {
    const { source } = this.options;
    // Told by the venue no more: back to the common turn.
    for (const entry of this.entries)
      if (entry.failures === 0 && entry.reading && !this.isTold(entry))
        entry.dueMs = Math.min(entry.dueMs, entry.askedMs + source.pace.everyMs);
    const underWay = this.entries.filter(({ asking }) => asking).length;
    const { begin, nextMs } = scheduleReadings(
      {
        waiting: this.entries.filter(({ asking }) => !asking).map(({ address, dueMs }) => ({ address, dueMs })),
        // What is under way may still spend as much as a whole reading.
        spent: [...this.asking.spent, { atMs: this.clockMs, weight: underWay * source.pace.weight }],
        underWay,
        heldUntilMs: this.heldUntilMs,
        pace: source.pace,
      },
      this.clockMs,
    );
    this.nextMs = nextMs;
    for (const address of begin) {
      const entry = this.entries.find((one) => one.address === address);
      if (entry) this.begin(entry);
    }
  }

  private begin(entry: Entry): void {
    const id = this.nextId++;
    const sinceMs = this.clockMs;
    entry.asking = { id, sinceMs, waitedMs: sinceMs };
    entry.askedMs = sinceMs;
    entry.isWanted = false;
    const land = (landed: Pick<Landed, 'reading' | 'error'>): void => void this.landed.push({ entry, id, sinceMs, ...landed });
    void this.options.source
      .read(entry.address, this.asking.of(id), sinceMs)
      .then((reading) => land({ reading }))
      .catch((error: unknown) => land({ error }));
  }

  private land({ entry, id, sinceMs, reading, error }: Landed): void {
    if (entry.asking?.id !== id || !this.entries.includes(entry)) return;
    entry.asking = undefined;
    this.hasChanged = true;
    if (reading) this.succeed(entry, reading, sinceMs);
    else this.fail(entry, error);
  }

  private succeed(entry: Entry, reading: AccountReading, sinceMs: number): void {
    // What the venue told while it was asked may be newer than the answer.
    const isOlder =
      entry.reading !== undefined && entry.toldMs > sinceMs && Date.parse(reading.book.asOf) < Date.parse(entry.reading.book.asOf);
    if (!isOlder) this.take(entry, reading, sinceMs);
    entry.failures = 0;
    entry.why = '';
    entry.isBlocked = false;
    this.heldCount = 0;
    const { everyMs } = this.options.source.pace;
    entry.dueMs = entry.isWanted ? sinceMs + everyMs : sinceMs + (this.isTold(entry) ? TOLD_MS : everyMs);
  }

  private take(entry: Entry, reading: AccountReading, atMs: number): void {
    entry.reading = reading;
    entry.atMs = Number.isNaN(entry.atMs) ? atMs : Math.max(entry.atMs, atMs);
    this.readings.set(entry.address, reading);
    this.hasChanged = true;
  }

  private fail(entry: Entry, error: unknown): void {
    const status = error instanceof AskError ? error.status : 0;
    entry.why = faultsOf(error);
    entry.isBlocked = status === 403 || status === 451;
    const waitMs = RETRY_MS + backoffMs(entry.failures + 1, this.options.random());
    entry.failures++;
    entry.dueMs = this.clockMs + (entry.isBlocked ? BLOCKED_MS : error instanceof InputError ? UNREADABLE_MS : waitMs);
    // Too much: nobody of this source is asked for a while, the longer the more often it is said.
    if (status === 429) {
      this.heldUntilMs = this.clockMs + HELD_MS * 2 ** Math.min(this.heldCount++, 5) * (1 + this.options.random());
      this.asking.hold(this.heldUntilMs);
    }
    this.faults.set(entry.address, entry.why);
  }

  private giveUp(): void {
    for (const entry of this.entries) {
      if (!entry.asking) continue;
      if (this.asking.isWaiting(entry.asking.id)) entry.asking.waitedMs = this.clockMs;
      if (this.clockMs - entry.asking.waitedMs < PATIENCE_MS) continue;
      this.asking.drop(entry.asking.id);
      entry.asking = undefined;
      this.hasChanged = true;
      this.fail(entry, new AskError(`no whole answer within ${PATIENCE_MS / 1_000} s`, 0));
    }
  }

  /**
   * AA-14: applied to the reading that is here; without one it says nothing yet. Only what is newer by the venue's own time makes the reading younger. Throws what cannot be read:
   * the connection counts it.
   */
  private takeChange(change: AccountChange, atMs: number): void {
    const entry = this.entries.find(({ address }) => address.toLowerCase() === change.address);
    const known = entry?.reading;
    const made = known?.after?.(change);
    if (!entry || !known || made === undefined || made === 'stale') return;
    if (made === 'again') return void this.want(entry);
    const isNewer = Date.parse(made.book.asOf) > Date.parse(known.book.asOf);
    this.take(entry, made, isNewer ? atMs : entry.atMs);
    if (!isNewer) return;
    entry.toldMs = atMs;
    if (!entry.isWanted) entry.dueMs = Math.max(entry.dueMs, entry.askedMs + TOLD_MS);
  }

  private want(entry: Entry): void {
    entry.isWanted = true;
    entry.dueMs = Math.min(entry.dueMs, Math.max(this.clockMs, entry.askedMs + this.options.source.pace.everyMs));
  }
}

const newEntry = (address: string): Entry => ({
  address,
  reading: undefined,
  atMs: Number.NaN,
  dueMs: Number.NEGATIVE_INFINITY,
  failures: 0,
  why: '',
  isBlocked: false,
  asking: undefined,
  askedMs: Number.NEGATIVE_INFINITY,
  toldMs: Number.NEGATIVE_INFINITY,
  isWanted: false,
});
