/** The session and the desk with their state kept in one place: what a host runs. */
import { checkCommand } from './check-command.ts';
import { Desk } from './desk/desk.ts';
import type { DeskCommand } from './desk/messages.ts';
import type { DeskMemory } from './desk/opened.ts';
import { type OpeningContext, openBook, openFile, openPopulation } from './desk/openings.ts';
import { bookPrices, livePrice } from './prices.ts';
import type { EngineInput, Frame, SessionInput } from './protocol.ts';
import { isBytes } from './restore.ts';
import { emptySession, step } from './session.ts';
import type { Loaded, SessionState } from './state.ts';
import type { HostedEngine } from './transport.ts';

/** Memory of the worker's own, and the plain kernel. */
const OWN_MEMORY: DeskMemory = { isShared: false, allocate: (bytes) => new ArrayBuffer(bytes) };

/** A session with nothing loaded and nothing on the desk. */
export const createEngine = (memory: DeskMemory = OWN_MEMORY): HostedEngine => new Engine(memory);

class Engine implements HostedEngine {
  readonly check = checkCommand;
  private state: SessionState = emptySession();
  private readonly desk: Desk;
  private readonly memory: DeskMemory;
  private bookSequence = 0;
  /** The desk shows the margin page's book: what is edited there changes here. */
  private isFollowing = false;
  /** What the opening under way will show. */
  private opening: { readonly isBook: boolean; readonly sequence: number } | null = null;

  constructor(memory: DeskMemory) {
    this.memory = memory;
    this.desk = new Desk(memory.isShared);
  }

  get isWorking(): boolean {
    return this.desk.isWorking;
  }

  step(input: EngineInput, nowMs: number): readonly Frame[] {
    switch (input.kind) {
      case 'desk-open':
        return this.openDesk(input, nowMs);
      case 'desk-row':
        return this.showRow(input, nowMs);
      case 'desk-export':
        return [{ kind: 'failed', requestId: input.requestId, faults: [{ pointer: '', message: 'this desk cannot write files' }] }];
      case 'desk-query':
      case 'desk-panels':
      case 'desk-watch':
      case 'desk-cancel':
      case 'desk-close':
      case 'desk-seen':
        return this.desk.command(input);
      case 'desk-bytes':
        return this.desk.give(input.requestId, input.bytes);
      case 'desk-work':
        return this.work(nowMs);
      case 'desk-flush':
        return this.desk.flush(nowMs);
      default:
        return this.stepSession(input, nowMs);
    }
  }

  private stepSession(input: SessionInput, nowMs: number): readonly Frame[] {
    const before = this.state.loaded;
    const { state, frames } = step(this.state, input, { nowMs });
    this.state = state;
    if (input.kind === 'feed-update') this.desk.feed(state.prices, state.source, state.limits);
    if (this.isFollowing && before && state.loaded && state.loaded !== before)
      return [...frames, ...this.follow(before, state.loaded, nowMs)];
    return frames;
  }

  /** An edit of the margin page's account, on the desk; another book there leaves the desk as it is. */
  private follow(before: Loaded, now: Loaded, nowMs: number): readonly Frame[] {
    if (now.original !== before.original) {
      this.isFollowing = false;
      return [];
    }
    if (now.book === before.book) return [];
    const isSameMarket = now.book.instruments === before.book.instruments && now.book.assets === before.book.assets;
    const changed = now.book.accounts.filter((account, i) => account !== before.book.accounts[i]);
    if (isSameMarket && changed.every((account) => this.desk.change(account))) return [];
    return this.begin(0, true, openBook(now.book, now.name, this.context()), nowMs);
  }

  private context(): OpeningContext {
    return { sequence: ++this.bookSequence, memory: this.memory };
  }

  private begin(requestId: number, isBook: boolean, job: Parameters<Desk['beginOpening']>[1], nowMs: number): readonly Frame[] {
    const frames = this.desk.beginOpening(requestId, job, nowMs);
    this.opening = { isBook, sequence: this.bookSequence };
    return frames;
  }

  private openDesk({ requestId, source }: Extract<DeskCommand, { kind: 'desk-open' }>, nowMs: number): readonly Frame[] {
    switch (source.kind) {
      case 'book': {
        const { loaded } = this.state;
        if (!loaded) return [{ kind: 'failed', requestId, faults: [{ pointer: '', message: 'no book is loaded' }] }];
        return this.begin(requestId, true, openBook(loaded.book, loaded.name, this.context()), nowMs);
      }
      case 'population': {
        const { clockMs } = this.state.source;
        const asOf = new Date(Number.isFinite(clockMs) ? clockMs : nowMs).toISOString();
        const spec = { accounts: source.accounts, seed: source.seed, asOf, markPrices: this.feedMarks() };
        return this.begin(requestId, false, openPopulation(spec, this.context()), nowMs);
      }
      case 'file': {
        const { name, content } = source;
        const bytes = isBytes(content) ? { size: content.byteLength, bytes: new Uint8Array(content) } : { size: content.size };
        return this.begin(requestId, false, openFile(bytes, name, new Date(nowMs).toISOString(), this.context()), nowMs);
      }
    }
  }

  get wanted(): HostedEngine['wanted'] {
    return this.desk.wanted;
  }

  /** What the feed says of each market now. */
  private feedMarks(): Map<string, NonNullable<ReturnType<typeof livePrice>>['price']> {
    const marks = new Map<string, NonNullable<ReturnType<typeof livePrice>>['price']>();
    for (const market of this.state.prices.keys()) {
      const held = livePrice(this.state.prices, market, 'mark');
      if (held) marks.set(market, held.price);
    }
    return marks;
  }

  private work(nowMs: number): readonly Frame[] {
    const frames = this.desk.work(nowMs);
    if (this.opening && this.desk.open?.sequence === this.opening.sequence) {
      this.isFollowing = this.opening.isBook;
      this.opening = null;
    }
    return frames;
  }

  /** The account of a row on the margin page: selected in the book that is there, or in place of it. */
  private showRow({ requestId, account: id }: Extract<DeskCommand, { kind: 'desk-row' }>, nowMs: number): readonly Frame[] {
    if (this.isFollowing) return this.stepSession({ kind: 'select-account', requestId, account: id }, nowMs);
    const found = this.desk.find(id);
    if (!found) return [{ kind: 'failed', requestId, faults: [{ pointer: '/account', message: 'the desk holds no such account' }] }];
    return this.stepSession({ kind: 'take-book', requestId, name: this.desk.open?.name ?? '', book: found.book }, nowMs);
  }

  simulationStart(): ReturnType<HostedEngine['simulationStart']> {
    const book = this.desk.open && !this.isFollowing ? this.desk.open.kernel.board.book : this.state.loaded?.original;
    if (!book) return undefined;
    const startPrices = Object.fromEntries([...bookPrices(book)].map(([market, price]) => [market, price.toFixed()]));
    return { startMs: Date.parse(book.asOf), startPrices };
  }
}
