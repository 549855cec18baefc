/**
 * Stress as a machine of messages over the open desk: commands in, frames out, everything long in slices. Pure like the session. Rules
 * ST-10…ST-12. Of each kind of work the newest wins; what it overtakes fails and says so.
 */
import { InputError } from '../../domain/fault.ts';
import type { Decimal } from '../../domain/units.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { type OrderKey, selectScratch, selectWindow } from '../../engine/kernel/select.ts';
import type { Job } from '../desk/names.ts';
import type { OpenDesk } from '../desk/opened.ts';
import { refreshColumns } from '../desk/refresh.ts';
import type { Frame } from '../protocol.ts';
import { CascadeEngine } from './cascade.ts';
import { cascadeWork } from './cascade-work.ts';
import { carriersOf, feedbackOf, type Lever } from './feedback.ts';
import { matrixOf } from './matrix.ts';
import {
  STRESS_CANCELLED,
  STRESS_SUPERSEDED,
  STRESS_WATCH_MOVE,
  STRESS_WATCH_MS,
  type StressCarrier,
  type StressCommand,
  type StressFigures,
  type StressFrame,
  type StressReproduction,
  type StressRows,
  type StressTotals,
  type StressWindow,
  type StressWork,
} from './messages.ts';
import { type PathInput, type PathOrder, PathRun } from './path-run.ts';
import { pathsOf } from './paths.ts';
import { readScenario, scenarioPrices } from './scenario.ts';
import type { WarningCommand } from './warning-messages.ts';
import { type AfterColumns, outcomeOf, type WhatIf, WhatIfEngine } from './what-if.ts';

/** What this machine answers itself. */
type DeskStressCommand = Exclude<StressCommand, WarningCommand>;
type Of<K extends StressCommand['kind']> = Extract<StressCommand, { readonly kind: K }>;
/** Work that gives frames between slices; nothing to tell is undefined. */
type Work = Generator<StressFrame | undefined, void>;

type Endable = StressWork | 'stress-watch';

interface Running {
  readonly requestId: number;
  readonly job: Work;
}

/** R as prices move, and what it was last computed at. */
interface Watch {
  readonly command: Of<'stress-watch'>;
  seen: { readonly prices: readonly Float64Array[]; readonly changeCount: number; readonly rowVersion: number } | null;
  lastMs: number;
}

/** The what-if that stands, of one desk. */
interface Standing {
  readonly open: OpenDesk;
  readonly engine: WhatIfEngine;
  result: WhatIf | undefined;
}

const failed = (requestId: number, message: string): Frame => ({ kind: 'failed', requestId, faults: [{ pointer: '', message }] });
const isPastLine = (code: number): boolean => RISK_STATES[code] === 'liquidation' || RISK_STATES[code] === 'bankrupt';

/** Where paths are played, and in which memory what they need lies. */
export interface StressHelp {
  readonly allocate: (bytes: number) => ArrayBufferLike;
  /** Somebody looks at `pathOrder` and gives pieces back. */
  readonly hasPathWorkers: boolean;
}

const ALONE: StressHelp = { allocate: (bytes) => new ArrayBuffer(bytes), hasPathWorkers: false };

export class Stress {
  private readonly running = new Map<Endable, Running>();
  private readonly help: StressHelp;
  private standing: Standing | null = null;
  private open: OpenDesk | null = null;
  private paths: PathRun | null = null;
  private orders = 0;
  private watch: Watch | null = null;
  private nowMs = Number.NEGATIVE_INFINITY;
  private clockMs = Number.NaN;

  constructor(help = ALONE) {
    this.help = help;
  }

  /** Paths that wait for others to play them. */
  get pathOrder(): PathOrder | null {
    return this.paths;
  }

  /** What the others played; what nobody waits for any more is let go. */
  give(input: PathInput): Frame[] {
    const { paths } = this;
    if (paths?.order !== input.order) return [];
    if (input.kind === 'stress-alone') {
      this.paths = null;
      this.running.set('stress-paths', { requestId: paths.requestId, job: paths.playAlone() });
      return [];
    }
    const frame = paths.take(input.piece);
    if (paths.isDone) this.paths = null;
    return frame ? [frame] : [];
  }

  get isWorking(): boolean {
    return this.running.size > 0;
  }

  /** R is being watched. */
  get isWatching(): boolean {
    return this.watch !== null;
  }

  /** `clockMs`: the feed's clock. */
  command(command: DeskStressCommand, open: OpenDesk | null, clockMs = Number.NaN): Frame[] {
    this.clockMs = clockMs;
    return [...this.follow(open), ...this.carryOut(command, open)];
  }

  private carryOut(command: DeskStressCommand, open: OpenDesk | null): Frame[] {
    if (command.kind === 'stress-cancel') return [...this.cancel(command.of), { kind: 'done', requestId: command.requestId }];
    if (command.kind === 'stress-what-if' && command.scenario === null) {
      this.standing = null;
      return [...this.end('stress-what-if', STRESS_SUPERSEDED), { kind: 'done', requestId: command.requestId }];
    }
    if (!open) return [failed(command.requestId, 'no accounts are open')];
    if (command.kind === 'stress-window') return this.window(command, open);
    if (command.kind === 'stress-watch') {
      const ended = this.end('stress-watch', STRESS_SUPERSEDED);
      this.watch = { command, seen: null, lastMs: Number.NEGATIVE_INFINITY };
      this.look(this.watch, open);
      return ended;
    }
    const frames = this.end(command.kind, STRESS_SUPERSEDED);
    try {
      this.running.set(command.kind, { requestId: command.requestId, job: this.begin(command, open) });
      return frames;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [...frames, { kind: 'failed', requestId: command.requestId, faults: error.faults }];
    }
  }

  /** One slice, of what was begun first. A desk that was closed or opened anew ends everything. */
  work(open: OpenDesk | null, clockMs = Number.NaN): Frame[] {
    this.clockMs = clockMs;
    return [...this.follow(open), ...this.slice()];
  }

  /** The beat: R is computed anew where it is watched, prices have moved and its time has come (ST-22). */
  beat(open: OpenDesk | null, nowMs: number): Frame[] {
    this.nowMs = nowMs;
    const frames = this.follow(open);
    const { watch } = this;
    if (watch && open && !this.running.has('stress-watch') && nowMs - watch.lastMs >= STRESS_WATCH_MS && isOther(watch, open))
      this.look(watch, open);
    return frames;
  }

  private look(watch: Watch, open: OpenDesk): void {
    this.running.set('stress-watch', { requestId: watch.command.requestId, job: this.watched(watch, open) });
  }

  private *watched(watch: Watch, open: OpenDesk): Work {
    const { kernel } = open;
    const { clockMs } = this;
    const { requestId } = watch.command;
    watch.seen = {
      prices: [kernel.board.mark.slice(), kernel.board.price.slice()],
      changeCount: open.changeCount,
      rowVersion: kernel.columns.rowVersion,
    };
    const { figures } = yield* quiet(reproduction(watch.command, open, clockMs));
    watch.lastMs = this.nowMs;
    yield { kind: 'stress-watch', requestId, isFinal: false, ...figures };
  }

  /** Of each kind in turn, so that none waits for a long one. */
  private slice(): Frame[] {
    const next = this.running.entries().next();
    if (next.done) return [];
    const [kind, running] = next.value;
    const { requestId, job } = running;
    this.running.delete(kind);
    try {
      const step = job.next();
      if (!step.done) this.running.set(kind, running);
      return step.value ? [step.value] : [];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [{ kind: 'failed', requestId, faults: error.faults }];
    }
  }

  /** Another subject is asked about instead: what is under way of the kind ends. */
  supersede(kind: StressWork, open: OpenDesk | null): Frame[] {
    return [...this.follow(open), ...this.end(kind, STRESS_SUPERSEDED)];
  }

  /** Another book is open, or none: what was asked of the last one ends. */
  private follow(open: OpenDesk | null): Frame[] {
    if (open === this.open) return [];
    this.open = open;
    this.standing = null;
    return this.cancel(null);
  }

  private cancel(of: Endable | null): Frame[] {
    const kinds = new Set(this.running.keys());
    if (this.watch) kinds.add('stress-watch');
    if (this.paths) kinds.add('stress-paths');
    return [...kinds].filter((kind) => of === null || kind === of).flatMap((kind) => this.end(kind, STRESS_CANCELLED));
  }

  private end(kind: Endable, why: string): Frame[] {
    const running = this.running.get(kind);
    this.running.delete(kind);
    const waiting = kind === 'stress-paths' ? this.paths : kind === 'stress-watch' ? (this.watch?.command ?? null) : null;
    if (kind === 'stress-paths') this.paths = null;
    if (kind === 'stress-watch') this.watch = null;
    const ended = running ?? waiting;
    return ended ? [failed(ended.requestId, why)] : [];
  }

  private begin(command: Exclude<DeskStressCommand, Of<'stress-cancel' | 'stress-window' | 'stress-watch'>>, open: OpenDesk): Work {
    switch (command.kind) {
      case 'stress-what-if':
        return this.whatIf(command, open);
      case 'stress-matrix':
        return matrix(command, open);
      case 'stress-cascade':
        return cascadeWork(command, open);
      case 'stress-feedback':
        return feedback(command, open, this.clockMs);
      case 'stress-paths':
        return this.playPaths(command, open);
    }
  }

  private *playPaths(command: Of<'stress-paths'>, { kernel, sequence }: OpenDesk): Work {
    const packed = yield* quiet(pathsOf(kernel, command, this.help.allocate));
    const run = new PathRun(command.requestId, ++this.orders, sequence, packed);
    if (this.help.hasPathWorkers) this.paths = run;
    else yield* run.playAlone();
  }

  private *whatIf({ requestId, scenario, window }: Of<'stress-what-if'>, open: OpenDesk): Work {
    const { kernel } = open;
    if (!scenario) return;
    if (this.standing?.open !== open) this.standing = { open, engine: new WhatIfEngine(kernel), result: undefined };
    const { standing } = this;
    const read = readScenario(scenario, kernel.board);
    let result: WhatIf | undefined;
    // Where an account came or went meanwhile it is asked again.
    while (!result) result = yield* quiet(standing.engine.evaluate(scenarioPrices(kernel.board, read)));
    refreshColumns(kernel);
    standing.result = result;
    const { accounts } = kernel.columns;
    const { after, ...outcome } = outcomeOf(accounts.state, result.columns, accounts.unitRate);
    yield {
      kind: 'stress-what-if',
      requestId,
      bookSequence: open.sequence,
      before: totalsBefore(open),
      after,
      ...outcome,
      exactAccounts: result.exactAccounts,
      rows: window ? rowsOf(open, result.columns, window) : null,
      computeMs: 0,
    };
  }

  private window({ requestId, window }: Of<'stress-window'>, open: OpenDesk): Frame[] {
    const { standing } = this;
    if (standing?.open !== open || !standing.result) return [failed(requestId, 'no what-if stands')];
    if (standing.result.columns.rowVersion !== open.kernel.columns.rowVersion)
      return [failed(requestId, 'accounts came or went since: ask the what-if again')];
    return [{ kind: 'stress-window', requestId, rows: rowsOf(open, standing.result.columns, window) }];
  }
}

/** A job whose slices tell nothing. */
function* quiet<T>(job: Job<T>): Generator<undefined, T> {
  return yield* job;
}

function totalsBefore({ kernel }: OpenDesk): StressTotals {
  const { accounts, count } = kernel.columns;
  return outcomeOf(accounts.state, { ...accounts, count, rowVersion: 0, closedNotional: new Float64Array(count) }, accounts.unitRate).after;
}

/** Rows of the what-if in the window's order: as the desk's own selection orders them (DS-1, DS-2). */
function rowsOf({ kernel }: OpenDesk, after: AfterColumns, window: StressWindow): StressRows {
  const { accounts } = kernel.columns;
  const { count } = after;
  const mask = new Uint8Array(count);
  let total = 0;
  for (let row = 0; row < count; row++) {
    const [from, to] = [accounts.state[row]!, after.state[row]!];
    const isIn = window.only === 'all' || (window.only === 'changed' ? from !== to : isPastLine(to) && !isPastLine(from));
    mask[row] = isIn ? 1 : 0;
    total += mask[row]!;
  }
  const keys = window.sort === 'change' ? after.equity.map((value, row) => value - accounts.equity[row]!) : after[window.sort];
  const order: OrderKey[] = [{ keys, falling: window.falling }];
  const rowIds = new Uint32Array(window.count);
  const found = selectWindow(count, mask, order, window.from, window.count, rowIds, selectScratch(count));
  const rows = rowIds.slice(0, found);
  const { names } = kernel.store;
  const source = (row: number): number => accounts.source[row]!;
  return {
    total,
    from: window.from,
    rowIds: rows,
    id: Array.from(rows, (row) => names.idOf(source(row))),
    label: Array.from(rows, (row) => names.labelOf(source(row)) ?? ''),
    before: figuresOf(accounts, rows),
    after: figuresOf(after, rows),
  };
}

const figuresOf = (columns: StressFigures, rows: Uint32Array): StressFigures => {
  const take = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return {
    state: Uint8Array.from(rows, (row) => columns.state[row]!),
    equity: take(columns.equity),
    grossNotional: take(columns.grossNotional),
    maintenance: take(columns.maintenance),
    marginRatio: take(columns.marginRatio),
    marginExcess: take(columns.marginExcess),
  };
};

function* matrix({ requestId, x, y }: Of<'stress-matrix'>, { kernel, sequence }: OpenDesk): Work {
  for (const grid of matrixOf(kernel, x, y)) yield grid && { kind: 'stress-matrix', requestId, bookSequence: sequence, ...grid };
}

function* feedback(command: Of<'stress-feedback'>, open: OpenDesk, clockMs: number): Work {
  const { figures, depth } = yield* quiet(reproduction(command, open, clockMs));
  let critical: number | null = null;
  if (command.hasCritical) {
    const steps = new CascadeEngine(open.kernel).criticalSteps({ depth, fund: 0, hasDeleveraging: false }, new Map<string, Decimal>());
    const place = yield* quiet(steps);
    critical = place.ok ? place.value.move : Number.NaN;
  }
  yield { kind: 'stress-feedback', requestId: command.requestId, ...figures, critical };
}

function* reproduction(
  { depth, fall, target }: Of<'stress-feedback' | 'stress-watch'>,
  { kernel, sequence }: OpenDesk,
  clockMs: number,
): Job<{ figures: StressReproduction; depth: Float64Array }> {
  const found = yield* feedbackOf(kernel, depth, fall);
  const { carriers, lever } = yield* carriersOf(kernel, found, target);
  const n = found.markets.length;
  const vector = (values: Float64Array | undefined): Float64Array => values ?? new Float64Array(n).fill(Number.NaN);
  const figures: StressReproduction = {
    bookSequence: sequence,
    clockMs,
    markets: found.markets,
    reproduction: found.radius,
    own: Float64Array.from({ length: n }, (_, i) => found.matrix[i * n + i]!),
    matrix: found.matrix,
    falling: vector(found.right),
    dangerous: vector(found.left),
    carriers,
    lever: lever && { ...lever, accounts: accountsOf(kernel.store.names, kernel.columns.accounts.source, lever) },
    aside: found.unknown,
  };
  return { figures, depth: found.depth };
}

/** Whether some price or account is another than R was last computed at. */
function isOther({ seen }: Watch, { kernel, changeCount }: OpenDesk): boolean {
  if (!seen || seen.changeCount !== changeCount || seen.rowVersion !== kernel.columns.rowVersion) return true;
  const { mark, price } = kernel.board;
  return [mark, price].some((values, k) =>
    values.some((value, i) => {
      const before = seen.prices[k]![i]!;
      return value !== before && !(Math.abs(value / before - 1) < STRESS_WATCH_MOVE) && !(Number.isNaN(value) && Number.isNaN(before));
    }),
  );
}

/** The lever's accounts that a page lists; `dollars` is of them all. */
const LISTED_MAX = 100;

const accountsOf = (names: OpenDesk['kernel']['store']['names'], source: Uint32Array, { rows }: Lever): StressCarrier[] =>
  rows.slice(0, LISTED_MAX).map(({ row, lowers, topUp }) => ({
    id: names.idOf(source[row]!),
    label: names.labelOf(source[row]!) ?? '',
    lowers,
    topUp,
  }));
