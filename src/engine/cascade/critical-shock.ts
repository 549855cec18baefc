/**
 * s*: the smallest fall of the whole market that starts a cascade of its own. Search over any engine that maps a shock to where prices end.
 * Floating point: a search, not money. Rule CA-25 of docs/spec/cascade.md.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { runCascade } from './cascade.ts';
import type { CascadeInput, Market } from './types.ts';

/** One market after a cascade, as simple returns from the start: −0.1 is a fall of 10 %. */
export interface EndMove {
  readonly market: Market;
  readonly shock: number;
  readonly end: number;
}

/** Where every market that was shocked ends when the market direction moves by `move` (< 0: a fall). */
export type EndsOf = (move: number) => readonly EndMove[];

export interface CriticalShockOptions {
  /** Between grid points, fraction; default 0.005. At most 0.01, so that a jump of three points is no step of the grid. */
  readonly step?: number;
  /** Largest fall tried, fraction below 1; default 0.5. */
  readonly largest?: number;
  /** How exactly the place is found, fraction; default 0.0001. */
  readonly exactness?: number;
  /** +1 looks at rises instead of falls: what short covering would start. Default −1. */
  readonly side?: 1 | -1;
}

export interface CriticalShock {
  /** Signed move of the market direction. */
  readonly move: number;
  readonly market: Market;
  /** `drop`: what follows is at least as large as the shock, and two points. `jump`: the end leaps by three points between neighbours. */
  readonly kind: 'drop' | 'jump';
  readonly ends: readonly EndMove[];
}

const POINTS_OF_DROP = 0.02;
const POINTS_OF_JUMP = 0.03;

/**
 * The smallest |move| on the grid after which some market's own further move is ≥ max(|its shock|, 2 points), or at which its end leaps by
 * ≥ 3 points beyond the grid's own step from the grid point before; then narrowed by bisection. `never` where none does up to `largest`.
 */
export function criticalShock(endsOf: EndsOf, options: CriticalShockOptions = {}): Outcome<CriticalShock> {
  const steps = criticalShockSteps(endsOf, options);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same, one cascade a step. */
export function* criticalShockSteps(endsOf: EndsOf, options: CriticalShockOptions = {}): Generator<undefined, Outcome<CriticalShock>> {
  const { step = 0.005, largest = 0.5, exactness = 0.0001, side = -1 } = options;
  if (!(step > 0 && step <= 0.01 && largest > 0 && largest < 1)) throw new RangeError('a step of at most 0.01, a largest move below 1');
  let before = endsOf(0);
  for (let i = 1; i * step <= largest + step / 1000; i++) {
    const ends = endsOf(side * i * step);
    const found = sign(ends, before);
    if (found)
      return some(
        yield* narrowed({ endsOf, side, exactness, before }, (i - 1) * step, i * step, { move: side * i * step, ends, ...found }),
      );
    before = ends;
    yield undefined;
  }
  return none('never');
}

interface Narrowing {
  readonly endsOf: EndsOf;
  readonly side: 1 | -1;
  readonly exactness: number;
  readonly before: readonly EndMove[];
}

function* narrowed(given: Narrowing, from: number, to: number, found: CriticalShock): Generator<undefined, CriticalShock> {
  let best = found;
  let [low, high] = [from, to];
  while (high - low > given.exactness) {
    const middle = (low + high) / 2;
    const ends = given.endsOf(given.side * middle);
    const at = sign(ends, given.before);
    if (at) {
      best = { move: given.side * middle, ends, ...at };
      high = middle;
    } else low = middle;
    yield undefined;
  }
  return best;
}

function sign(ends: readonly EndMove[], before: readonly EndMove[]): Pick<CriticalShock, 'market' | 'kind'> | undefined {
  for (const [i, { market, shock, end }] of ends.entries()) {
    if (shock === 0) continue;
    const way = Math.sign(shock);
    if (way * (end - shock) >= Math.max(Math.abs(shock), POINTS_OF_DROP)) return { market, kind: 'drop' };
    const last = before[i];
    if (last && way * (end - last.end) - way * (shock - last.shock) >= POINTS_OF_JUMP) return { market, kind: 'jump' };
  }
  return undefined;
}

/** Ends of the exact engine along the market direction: each market moves by its beta × the move, never below −1. */
export const exactEnds =
  (input: CascadeInput, betas: ReadonlyMap<Market, Decimal>): EndsOf =>
  (move) => {
    const shock = new Map([...betas].map(([market, beta]) => [market, Decimal.max(-1, beta.times(move))]));
    const { startPrices, prices } = runCascade({ ...input, shock });
    return [...betas.keys()].flatMap((market): EndMove[] => {
      const start = startPrices.get(market);
      const end = prices.get(market);
      return start && end ? [{ market, shock: Number(shock.get(market)), end: Number(end.div(start).minus(1)) }] : [];
    });
  };
