/**
 * A run of paths: pieces come from anywhere in any order, and make one and the same answer (ST-21). It plays them itself, slice by slice,
 * where nobody else does.
 */
import { type TailFigures, tailOf } from '../../engine/stress/at-risk.ts';
import { type PathPiece, type PathPlan, PathPlayer, playPaths } from '../../engine/stress-columns/paths.ts';
import type { StressPaths, StressQuantiles } from './messages.ts';
import type { DeskPaths } from './paths.ts';

/** What a pool of workers is to play: every path of the plan, in pieces. */
export interface PathOrder {
  readonly order: number;
  readonly plan: PathPlan;
}

/** What such a pool gives back. `stress-alone`: it cannot go on; the engine plays the rest itself. */
export type PathInput =
  | { readonly kind: 'stress-piece'; readonly order: number; readonly piece: PathPiece }
  | { readonly kind: 'stress-alone'; readonly order: number };

/** What a worker of the pool is told: a plan, then which of its paths to play. */
export type PathAsk =
  | { readonly kind: 'plan'; readonly order: number; readonly plan: PathPlan }
  | { readonly kind: 'piece'; readonly order: number; readonly from: number; readonly count: number };

/** Pools that a slice looks at: some 10 ms. */
const LOOKS_PER_SLICE = 100_000;
/** Answers on the way to the last: the more paths, the longer each takes. */
const TELLINGS = 40;
const MANY_PATHS = 50_000;
const TELLINGS_OF_MANY = 10;

export class PathRun implements PathOrder {
  readonly requestId: number;
  readonly order: number;
  readonly plan: PathPlan;
  private readonly bookSequence: number;
  private readonly past: number;
  private readonly unknown: number;
  private readonly liquidated: Float64Array;
  private readonly loss: Float64Array;
  private readonly deficit: Float64Array;
  private done = 0;
  private toldAt = 0;

  constructor(requestId: number, order: number, bookSequence: number, { plan, past, unknown }: DeskPaths) {
    this.requestId = requestId;
    this.order = order;
    this.bookSequence = bookSequence;
    this.plan = plan;
    this.past = past;
    this.unknown = unknown;
    const empty = (): Float64Array => new Float64Array(plan.paths).fill(Number.NaN);
    this.liquidated = empty();
    this.loss = empty();
    this.deficit = empty();
  }

  get isDone(): boolean {
    return this.done >= this.plan.paths;
  }

  /** Takes a piece; paths that it has already stay as they are. The answer so far, where it is time to tell it. */
  take({ from, liquidated, loss, deficit }: PathPiece): StressPaths | undefined {
    for (let k = 0; k < liquidated.length; k++) {
      const i = from + k;
      if (i >= this.plan.paths || !Number.isNaN(this.liquidated[i]!)) continue;
      this.liquidated[i] = liquidated[k]!;
      this.loss[i] = loss[k]!;
      this.deficit[i] = deficit[k]!;
      this.done++;
    }
    const { paths } = this.plan;
    const every = Math.ceil(paths / (paths > MANY_PATHS ? TELLINGS_OF_MANY : TELLINGS));
    if (!this.isDone && this.done - this.toldAt < every) return undefined;
    this.toldAt = this.done;
    return this.frame();
  }

  /** Plays what nobody has played, in slices. */
  *playAlone(): Generator<StressPaths | undefined, void> {
    const { plan } = this;
    const player = new PathPlayer(plan);
    const count = Math.max(1, Math.floor(LOOKS_PER_SLICE / Math.max(1, plan.pools.count)));
    for (let from = 0; from < plan.paths; ) {
      if (!Number.isNaN(this.liquidated[from]!)) {
        from++;
        continue;
      }
      let to = from + 1;
      while (to < Math.min(from + count, plan.paths) && Number.isNaN(this.liquidated[to]!)) to++;
      yield this.take(playPaths(player, from, to - from));
      from = to;
    }
  }

  private frame(): StressPaths {
    const figures = (values: Float64Array): StressQuantiles => quantilesOf(tailOf(values.filter((value) => !Number.isNaN(value)).sort()));
    return {
      kind: 'stress-paths',
      requestId: this.requestId,
      bookSequence: this.bookSequence,
      isFinal: this.isDone,
      done: this.done,
      paths: this.plan.paths,
      seed: this.plan.seed,
      liquidations: figures(this.liquidated),
      losses: figures(this.loss),
      deficits: figures(this.deficit),
      histogram: histogramOf(this.liquidated),
      past: this.past,
      aside: this.unknown,
    };
  }
}

const BINS = 30;

/** NaN: not played yet. Where nothing is liquidated on any path all of them are in the first bin. */
function histogramOf(values: Float64Array): { readonly largest: number; readonly counts: Uint32Array } {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const counts = new Uint32Array(BINS);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    counts[largest > 0 ? Math.min(BINS - 1, Math.floor((BINS * value) / largest)) : 0]!++;
  }
  return { largest, counts };
}

const quantilesOf = ({ mean, at95, at99, shortfall99 }: TailFigures): StressQuantiles => ({
  mean,
  at95: [at95.low, at95.value, at95.high],
  at99: [at99.low, at99.value, at99.high],
  shortfall99,
});
