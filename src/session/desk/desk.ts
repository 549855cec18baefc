/**
 * The desk as a machine of messages: commands and prices in, frames out, everything long in slices. Pure like the session: time is an
 * argument and nothing waits by itself; whoever holds the clock calls `work` while there is any. Rules DM-1…DM-22.
 */
import type { Account, Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { NO_LIMITS, type StaleLimits } from '../inputs.ts';
import { type LivePrices, NO_PRICES } from '../prices.ts';
import { type Frame, NO_SOURCE, type SourceView } from '../protocol.ts';
import { accountAt } from './account-store.ts';
import { type AlarmTerms, DeskAlarms } from './alarms/desk-alarms.ts';
import { coverageOf, isSameCoverage, type Skipped } from './coverage.ts';
import { exportAccounts } from './export-accounts.ts';
import { exportFigures } from './export-figures.ts';
import { ExportFile } from './export-file.ts';
import { figuresOf } from './figures.ts';
import { isNoChange } from './live-prices.ts';
import type {
  DeskAlarmQuery,
  DeskCommand,
  DeskCoverage,
  DeskPanelsWish,
  DeskProgress,
  DeskQuery,
  DeskReject,
  DeskWindow,
  DeskWork,
} from './messages.ts';
import { DESK_CANCELLED } from './messages.ts';
import { findIds, type Job } from './names.ts';
import {
  bookView,
  changeAccount,
  changesOf,
  type DeskMemory,
  keySource,
  markOverAge,
  type OpenDesk,
  updateAges,
  worthOf,
} from './opened.ts';
import { PANELS_INTERVAL_MS, PanelMaker } from './panel-maker.ts';
import { countShownStates } from './panels.ts';
import { maintain } from './resort.ts';
import { tick } from './tick.ts';
import { type FigureSource, NO_ROWS, QueryWindow } from './window.ts';

/** Windows cross the border at most ten times a second; progress four times. */
export const WINDOW_INTERVAL_MS = 100;
const STATUS_INTERVAL_MS = 250;
/** Windows on their way to a page that has not said `desk-seen`; beyond, the newest waits here. */
const UNSEEN_MAX = 2;
const UNSEEN_PATIENCE_MS = 1_000;
/** Costly orders (by shock, by rung), and the order that a page reads as it scrolls, are made anew this often at most. */
const RENEWAL_MS = 2_000;
/** Pools that one slice of background order works on. */
const MAINTAIN_BUDGET = 32_768;

/** How far a long job has come: accounts or rows so far, and the share of the work that is done (NaN while it is not known). */
export interface Stage {
  readonly stage: DeskProgress['stage'];
  readonly done: number;
  readonly fraction: number;
}

/** Bytes [from, to) of the file that is being read; the job goes on when it is given them. */
export interface Want {
  readonly from: number;
  readonly to: number;
}

/** Work that tells its stages between slices, or what it waits for. */
export type StagedJob<T> = Generator<Stage | Want | undefined, T, Uint8Array | undefined>;

const isWant = (told: Stage | Want | undefined): told is Want => told !== undefined && 'from' in told;

/** What an opening ends with. */
export interface Opening {
  readonly desk: OpenDesk;
  readonly skipped: Skipped;
  readonly rejects: readonly DeskReject[];
}

/** A file as it is handed to the page. */
export type Exported = Pick<Extract<Frame, { readonly kind: 'desk-exported' }>, 'name' | 'parts' | 'rows'>;

/** What an export is written from. */
export interface Exporting {
  readonly open: OpenDesk;
  readonly figures: FigureSource;
  readonly file: ExportFile;
  /** The feed's clock as it stands, ms; NaN without one. */
  readonly clockMs: () => number;
  /** Throws `InputError` when the accounts are no longer those that it began with. */
  readonly check: () => void;
}

interface Running<T> {
  readonly requestId: number;
  readonly job: StagedJob<T>;
  readonly of: DeskProgress['of'];
  readonly startedMs: number;
  stage: Stage | undefined;
  /** What it waits for, and what came. */
  want: Want | undefined;
  given: Uint8Array | undefined;
}

/** An open book with its window and its panels. */
interface Shown {
  readonly desk: OpenDesk;
  readonly skipped: Skipped;
  readonly figures: FigureSource;
  readonly window: QueryWindow;
  readonly panels: PanelMaker;
  readonly alarms: DeskAlarms;
}

type ExportCommand = Extract<DeskCommand, { readonly kind: 'desk-export' }>;
type Failed = Extract<Frame, { readonly kind: 'failed' }>;

const failed = (requestId: number, message: string): Failed => ({ kind: 'failed', requestId, faults: [{ pointer: '', message }] });
const done = (requestId: number): Frame => ({ kind: 'done', requestId });
const NO_WORK: DeskWork = { tickMs: 0, touchedBlocks: 0, blocks: 0, exactAccounts: 0 };

export class Desk {
  private readonly isShared: boolean;
  private shown: Shown | null = null;
  private live: LivePrices = NO_PRICES;
  private source: SourceView = NO_SOURCE;
  private limits: StaleLimits = NO_LIMITS;

  private query: DeskQuery | null = null;
  private alarmQuery: DeskAlarmQuery | null = null;
  private wish: DeskPanelsWish | null = null;
  private watched: readonly string[] = [];
  private coverage: DeskCoverage | null = null;
  private lastWork: DeskWork = NO_WORK;

  private opening: Running<Opening> | null = null;
  private exporting: Running<Exported> | null = null;
  /** The query that is being made ready; the page waits for its answer. */
  private asking: { readonly requestId: number; readonly job: Job<undefined> } | null = null;
  /** Short jobs, done before anything longer, in order. */
  private readonly chores: Job<undefined>[] = [];
  private panelJob: Job<Frame> | null = null;
  private renewal: Job<undefined> | null = null;
  private isMaintaining = false;
  private turn = 0;

  private isWindowDirty = false;
  private arePanelsDirty = false;
  private sequence = 0;
  private unseen: number[] = [];
  private windowMs = Number.NEGATIVE_INFINITY;
  private panelsMs = Number.NEGATIVE_INFINITY;
  private statusMs = Number.NEGATIVE_INFINITY;
  private renewalFromMs = Number.NEGATIVE_INFINITY;
  private renewalStartMs = Number.NEGATIVE_INFINITY;

  private hadAlarmsTurn = false;
  private readonly alarmTerms: () => AlarmTerms | null;

  /** `alarmTerms`: the rules in force and what the feed taught of volatility; null while nobody watches. */
  constructor(isShared: boolean, alarmTerms: () => AlarmTerms | null = () => null) {
    this.isShared = isShared;
    this.alarmTerms = alarmTerms;
  }

  /** The open book; null while none is. */
  get open(): OpenDesk | null {
    return this.shown?.desk ?? null;
  }

  /** Whether `work` has anything to do. */
  get isWorking(): boolean {
    return (
      this.chores.length > 0 ||
      this.asking !== null ||
      this.panelJob !== null ||
      this.renewal !== null ||
      this.shown?.alarms.isWorking === true ||
      this.exporting !== null ||
      (this.opening !== null && !this.opening.want) ||
      this.isMaintaining
    );
  }

  /** Bytes of the file of the opening `requestId` that it waits for. */
  get wanted(): (Want & { readonly requestId: number }) | undefined {
    const { opening } = this;
    return opening?.want && { ...opening.want, requestId: opening.requestId };
  }

  /** What the opening waited for, or why it cannot be had. */
  give(requestId: number, bytes: Uint8Array | string): Frame[] {
    const { opening } = this;
    if (opening?.requestId !== requestId || !opening.want) return [];
    opening.want = undefined;
    if (typeof bytes !== 'string') {
      opening.given = bytes;
      return [];
    }
    this.opening = null;
    return [failed(requestId, bytes), this.status(null)];
  }

  /** Begins an opening; the one under way ends. What is open stays until the new book is whole. */
  beginOpening(requestId: number, job: StagedJob<Opening>, nowMs: number): Frame[] {
    const frames = this.cancel('open');
    this.opening = { requestId, job, of: 'open', startedMs: nowMs, stage: undefined, want: undefined, given: undefined };
    return frames;
  }

  /** Begins an export of the rows that match; the one under way ends. `keep`: see `DeskMemory`. */
  beginExport({ requestId, content, format, columns, filter, sort }: ExportCommand, nowMs: number, keep: DeskMemory['keep']): Frame[] {
    const { shown } = this;
    if (!shown) return [failed(requestId, 'no accounts are open')];
    if (content === 'figures' && format === 'json') return [failed(requestId, 'figures are written as CSV or Parquet')];
    const { desk, window, figures } = shown;
    const { changeCount } = desk;
    const { rowVersion } = desk.kernel.columns;
    const check = (): void => {
      const isSame = desk.kernel.columns.rowVersion === rowVersion && (content === 'figures' || desk.changeCount === changeCount);
      if (!isSame) throw new InputError([{ pointer: '', message: 'accounts changed while the file was written: export again' }]);
    };
    const exporting: Exporting = { open: desk, figures, file: new ExportFile(keep), clockMs: () => this.source.clockMs, check };
    const query: DeskQuery = { filter, sort, window: { from: 0, count: 0 }, freeze: false, columns: [] };
    const { source } = this;
    function* write(): StagedJob<Exported> {
      const rows = yield* window.exportRows(query, source.clockMs);
      if (content === 'figures' && format !== 'json') return yield* exportFigures(exporting, rows, format, columns);
      return yield* exportAccounts(exporting, rows, format);
    }
    const frames = this.cancel('export');
    const job = write();
    this.exporting = { requestId, job, of: 'export', startedMs: nowMs, stage: undefined, want: undefined, given: undefined };
    return frames;
  }

  private cancel(of: DeskProgress['of']): Frame[] {
    const running = of === 'open' ? this.opening : this.exporting;
    if (!running) return [];
    if (of === 'open') this.opening = null;
    else this.exporting = null;
    return [failed(running.requestId, DESK_CANCELLED), this.status(null)];
  }

  /** Everything but opening, exporting and rows, which need more than the desk. */
  command(command: Exclude<DeskCommand, { readonly kind: 'desk-open' | 'desk-export' | 'desk-row' }>): Frame[] {
    switch (command.kind) {
      case 'desk-query':
        return this.ask(command.requestId, command.query);
      case 'desk-panels':
        this.wish = command.wish;
        this.shown?.panels.take(command.wish);
        this.arePanelsDirty = true;
        return [done(command.requestId)];
      case 'desk-watch':
        this.watched = command.accounts;
        this.markWatched();
        return [done(command.requestId)];
      case 'desk-cancel':
        return [...this.cancel('open'), ...this.cancel('export'), done(command.requestId)];
      case 'desk-close':
        return [...this.cancel('open'), ...this.cancel('export'), ...this.close(), done(command.requestId)];
      case 'desk-alarms':
        this.alarmQuery = command.query;
        this.shown?.alarms.ask(command.query);
        return [done(command.requestId), ...this.alarmFrames(Number.NaN)];
      case 'desk-alarms-acknowledge': {
        const count = this.shown?.alarms.acknowledge(command.episode) ?? 0;
        if (count === 0) return [failed(command.requestId, 'this alarm no longer stands')];
        return [done(command.requestId), ...this.alarmFrames(Number.NaN)];
      }
      case 'desk-seen':
        this.unseen = this.unseen.filter((sequence) => sequence > command.sequence);
        return [];
    }
  }

  private alarmFrames(nowMs: number): Frame[] {
    const frame = this.shown?.alarms.frame(nowMs);
    return frame ? [frame] : [];
  }

  private close(): Frame[] {
    if (!this.shown) return [];
    const waiting = this.endJobs();
    this.shown = null;
    this.coverage = null;
    const answer = waiting === 0 ? [] : [this.emptyWindow(waiting)];
    return [...answer, { kind: 'desk-book', book: null }, this.status(null)];
  }

  /** Work on a book that is left ends with it. Returns the request of the query that waits for an answer; 0 where none does. */
  private endJobs(): number {
    const requestId = this.asking?.requestId ?? 0;
    this.asking = null;
    this.chores.length = 0;
    this.panelJob = null;
    this.renewal = null;
    this.isMaintaining = false;
    return requestId;
  }

  private ask(requestId: number, query: DeskQuery): Frame[] {
    const frames = this.asking && this.asking.requestId !== 0 ? [failed(this.asking.requestId, 'a newer query took its place')] : [];
    this.query = query;
    this.asking = null;
    if (!this.shown) return [...frames, this.emptyWindow(requestId)];
    const job = this.shown.window.take(query, this.source.clockMs);
    if (!job.next().done) {
      this.asking = { requestId, job };
      return frames;
    }
    return [...frames, this.window(requestId)];
  }

  private emptyWindow(requestId: number): DeskWindow {
    return {
      kind: 'desk-window',
      requestId,
      bookSequence: 0,
      sequence: ++this.sequence,
      clockMs: this.source.clockMs,
      total: 0,
      matched: 0,
      from: 0,
      rowIds: new Uint32Array(0),
      rowVersion: 0,
      rows: NO_ROWS,
      watched: NO_ROWS,
      orderSlot: -1,
      orderLength: 0,
      frozen: false,
    };
  }

  private window(requestId: number): DeskWindow {
    this.isWindowDirty = false;
    const frame = this.shown!.window.window(requestId, ++this.sequence, this.source.clockMs);
    this.unseen = [...this.unseen, frame.sequence].slice(-UNSEEN_MAX);
    return frame;
  }

  private markWatched(): void {
    const { shown, watched } = this;
    if (shown) this.chores.push(markWatched(shown, watched, () => this.moved()));
  }

  private moved(): void {
    this.isWindowDirty = true;
    this.arePanelsDirty = true;
  }

  /** Prices as they stand now; states are up to date when this returns. */
  feed(live: LivePrices, source: SourceView, limits: StaleLimits): void {
    [this.live, this.source, this.limits] = [live, source, limits];
    if (!this.shown) return;
    const { desk } = this.shown;
    const isMoved = movePrices(desk, live, (work) => {
      this.lastWork = work;
    });
    if (updateAges(desk, source, limits)) this.chores.push(this.marked(desk));
    this.shown.alarms.moved(source);
    if (isMoved) this.isMaintaining = true;
    this.moved();
  }

  private *marked(desk: OpenDesk): Job<undefined> {
    yield* markOverAge(desk);
    this.moved();
    return undefined;
  }

  /** Shows what moved, at its pace. */
  flush(nowMs: number): Frame[] {
    const { shown } = this;
    if (!shown) return [];
    const frames: Frame[] = this.alarmFrames(nowMs);
    if (this.isWindowDue(nowMs)) {
      frames.push(this.window(0));
      this.windowMs = nowMs;
    }
    if (this.arePanelsDirty && !this.panelJob && nowMs - this.panelsMs >= PANELS_INTERVAL_MS) {
      this.arePanelsDirty = false;
      this.panelsMs = nowMs;
      this.panelJob = shown.panels.make(this.source.clockMs, this.lastWork);
    }
    if (!this.renewal && !this.asking && nowMs >= this.renewalFromMs && this.isOnScreen) {
      this.renewalStartMs = nowMs;
      this.renewal = this.renew(shown);
    }
    return frames;
  }

  private get isOnScreen(): boolean {
    return (this.query?.window.count ?? 0) > 0;
  }

  private isWindowDue(nowMs: number): boolean {
    const isAhead = this.unseen.length >= UNSEEN_MAX && nowMs - this.windowMs < UNSEEN_PATIENCE_MS;
    return (
      this.isWindowDirty && this.isOnScreen && !isAhead && nowMs - this.windowMs >= WINDOW_INTERVAL_MS && this.shown!.window.query !== null
    );
  }

  private *renew({ window }: Shown): Job<undefined> {
    if (window.isCostly) {
      yield* window.renew(this.source.clockMs);
      this.isWindowDirty = true;
    }
    if (this.isShared) yield* window.reorder(this.source.clockMs);
    return undefined;
  }

  /** One slice of what waits: what the page waits for first, then panels, then the long jobs in turn. */
  work(nowMs: number): Frame[] {
    this.turn++;
    const opening = this.opening?.want ? null : this.opening;
    const isLongTurn = this.turn % 2 === 0 && (opening !== null || this.exporting !== null);
    if (!isLongTurn) {
      const frames = this.workShort(nowMs);
      if (frames) return frames;
    }
    if (this.exporting && (this.turn % 4 < 2 || !opening)) return this.workExport(this.exporting, nowMs);
    if (opening) return this.workOpening(opening, nowMs);
    if (this.isMaintaining && this.shown) this.isMaintaining = maintain(this.shown.desk.kernel, MAINTAIN_BUDGET);
    return [];
  }

  /** Undefined where none of the short jobs is there. */
  private workShort(nowMs: number): Frame[] | undefined {
    const chore = this.chores[0];
    if (chore) {
      if (chore.next().done) this.chores.shift();
      return [];
    }
    // Where a look takes longer than prices stand still, alarms always have work: every other turn is the others'.
    const isOthersTurn =
      this.hadAlarmsTurn && (this.asking !== null || this.panelJob !== null || this.renewal !== null || this.isMaintaining);
    this.hadAlarmsTurn = this.shown?.alarms.isWorking === true && !isOthersTurn;
    if (this.hadAlarmsTurn) return this.shown!.alarms.work() ? this.alarmFrames(nowMs) : [];
    if (this.asking) {
      const { requestId, job } = this.asking;
      if (!job.next().done) return [];
      this.asking = null;
      this.windowMs = nowMs;
      return [this.window(requestId)];
    }
    if (this.panelJob) return this.workPanels(this.panelJob);
    if (!this.renewal) return undefined;
    if (this.renewal.next().done) {
      this.renewal = null;
      // What took long rests as long.
      this.renewalFromMs = nowMs + Math.max(RENEWAL_MS, nowMs - this.renewalStartMs);
    }
    return [];
  }

  private workPanels(job: Job<Frame>): Frame[] {
    const step = job.next();
    if (!step.done) return [];
    this.panelJob = null;
    const frames: Frame[] = [step.value];
    const shown = this.shown!;
    const coverage = coverageOf(shown.desk, shown.skipped, countShownStates(keySource(shown.desk, this.source.clockMs)));
    if (isSameCoverage(coverage, this.coverage)) return frames;
    this.coverage = coverage;
    return [...frames, this.status(null)];
  }

  private workExport(running: Running<Exported>, nowMs: number): Frame[] {
    const step = this.advance(running, nowMs);
    if (!step) {
      this.exporting = null;
      return [];
    }
    if (Array.isArray(step)) {
      if (running !== this.exporting || isFailure(step)) this.exporting = null;
      return step;
    }
    this.exporting = null;
    return [{ kind: 'desk-exported', requestId: running.requestId, ...step.value }, this.status(null)];
  }

  private workOpening(running: Running<Opening>, nowMs: number): Frame[] {
    const step = this.advance(running, nowMs);
    if (!step) return [];
    if (Array.isArray(step)) {
      if (isFailure(step)) this.opening = null;
      return step;
    }
    this.opening = null;
    return this.install(running, step.value, nowMs);
  }

  /** One step of a long job: its progress, why it failed, or what it ends with. */
  private advance<T>(running: Running<T>, nowMs: number): Frame[] | { readonly value: T } {
    try {
      const { given } = running;
      running.given = undefined;
      const step = running.job.next(given);
      if (step.done) return { value: step.value };
      if (isWant(step.value)) running.want = step.value;
      else running.stage = step.value ?? running.stage;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [{ kind: 'failed', requestId: running.requestId, faults: error.faults }, this.status(null)];
    }
    if (nowMs - this.statusMs < STATUS_INTERVAL_MS) return [];
    this.statusMs = nowMs;
    return [this.status(progressOf(running, nowMs))];
  }

  private status(progress: DeskProgress | null): Frame {
    return { kind: 'desk-status', coverage: this.coverage, progress };
  }

  /** The new book takes the place of the one before, at the prices that hold now. */
  private install({ requestId, startedMs }: Running<Opening>, { desk, skipped, rejects }: Opening, nowMs: number): Frame[] {
    const waiting = this.endJobs();
    const ended = this.cancel('export');
    movePrices(desk, this.live, (work) => {
      this.lastWork = work;
    });
    const figures = figuresOf(desk);
    const shown: Shown = {
      desk,
      skipped,
      figures,
      window: new QueryWindow(desk, figures, this.isShared),
      panels: new PanelMaker(desk, figures),
      alarms: new DeskAlarms(desk, this.alarmTerms),
    };
    this.shown = shown;
    shown.alarms.ask(this.alarmQuery);
    shown.alarms.moved(this.source);
    this.unseen = [];
    if (this.wish) shown.panels.take(this.wish);
    if (updateAges(desk, this.source, this.limits)) for (const _ of markOverAge(desk));
    this.coverage = coverageOf(desk, skipped, countShownStates(keySource(desk, this.source.clockMs)));
    this.markWatched();
    if (this.query) this.asking = { requestId: waiting, job: shown.window.take(this.query, this.source.clockMs) };
    this.arePanelsDirty = true;
    this.panelsMs = Number.NEGATIVE_INFINITY;
    return [
      ...ended,
      { kind: 'desk-book', book: bookView(desk, this.isShared) },
      { kind: 'desk-opened', requestId, name: desk.name, coverage: this.coverage, rejects, elapsedMs: nowMs - startedMs },
      this.status(null),
    ];
  }

  /** The account of that id with the book that it needs, at the book's own prices; undefined where it is not on the desk. */
  find(id: string): { readonly account: Account; readonly book: Book } | undefined {
    const desk = this.open;
    const row = desk ? rowOf(desk, id) : undefined;
    if (!desk || row === undefined) return undefined;
    const { kernel } = desk;
    const account = accountAt(kernel.store, row);
    const { book } = kernel.board;
    const ids = new Set(account.positions.map(({ instrument }) => instrument));
    const instruments = new Map([...book.instruments].filter(([instrument]) => ids.has(instrument)));
    return { account, book: { ...book, instruments, accounts: [account] } };
  }

  /**
   * Puts `account` in the place of the one of its id. False where the desk has no room or no name for what it holds: it must be opened
   * anew.
   */
  change(account: Account): boolean {
    const desk = this.open;
    const row = desk ? rowOf(desk, account.id) : undefined;
    if (!desk || row === undefined) return false;
    const isKnown = changeAccount(desk, row, account);
    if (isKnown && updateAges(desk, this.source, this.limits)) this.chores.push(this.marked(desk));
    this.moved();
    this.shown?.alarms.moved(this.source);
    return isKnown;
  }
}

const isFailure = (frames: readonly Frame[]): boolean => frames.some(({ kind }) => kind === 'failed');

/** Row of the account; undefined where the desk does not hold it. */
function rowOf({ kernel, strings }: OpenDesk, id: string): number | undefined {
  const job = findIds(strings, [id]);
  let step = job.next();
  while (!step.done) step = job.next();
  const [entry] = step.value;
  const { accounts, count } = kernel.columns;
  const row = entry === undefined ? -1 : accounts.source.subarray(0, count).indexOf(entry);
  return row < 0 ? undefined : row;
}

/** Brings the desk to the feed's prices; false where nothing changed. */
function movePrices(desk: OpenDesk, live: LivePrices, tell: (work: DeskWork) => void): boolean {
  const changes = changesOf(desk, live);
  const { kernel, board } = desk;
  if (isNoChange(changes)) {
    board.worth.set(worthOf(kernel.board));
    return false;
  }
  const { blocksSwept, exactDecisions } = kernel.counters;
  tick(kernel, changes);
  board.worth.set(worthOf(kernel.board));
  tell({
    tickMs: 0,
    touchedBlocks: kernel.counters.blocksSwept - blocksSwept,
    blocks: kernel.blocks.used,
    exactAccounts: kernel.counters.exactDecisions - exactDecisions,
  });
  return true;
}

/** Finds the watched accounts and marks them on the board. */
function* markWatched({ desk, window }: Shown, watched: readonly string[], then: () => void): Job<undefined> {
  const entries = yield* findIds(desk.strings, watched);
  const place = new Map<number, number>();
  const ids = new Map(watched.map((id, i) => [id, i] as const));
  for (const entry of entries) place.set(entry, ids.get(desk.kernel.store.names.idOf(entry)) ?? 0);
  desk.board.watched.fill(0);
  for (const entry of entries) desk.board.watched[entry] = 1;
  window.watchedSources = [...entries].sort((a, b) => place.get(a)! - place.get(b)!);
  then();
  return undefined;
}

function progressOf({ of, stage, startedMs }: Running<unknown>, nowMs: number): DeskProgress {
  const elapsedMs = nowMs - startedMs;
  const { done: at = 0, fraction = Number.NaN } = stage ?? {};
  return {
    of,
    stage: stage?.stage ?? (of === 'open' ? 'reading' : 'writing'),
    fraction,
    done: at,
    perSecond: elapsedMs > 0 ? (1_000 * at) / elapsedMs : Number.NaN,
    elapsedMs,
    remainingMs: fraction > 0 ? (elapsedMs * (1 - fraction)) / fraction : Number.NaN,
  };
}
