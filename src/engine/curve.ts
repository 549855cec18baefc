/**
 * The one solver (rule LQ-1). A pool's health at x is a sum of terms, each a polynomial of degree ≤ 2 that changes
 * at its own breakpoints: f(x) = Σ terms(x), x > 0. Everything the engine solves is the nearest x at which f meets zero:
 * a liquidation price (x the price, or 1 ÷ price for inverse), a backstop or bankruptcy price, a uniform shock.
 *
 * A breakpoint belongs to the piece above it, as a tier's floor belongs to its own row.
 */
import { none, type Outcome, some } from '../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../domain/units.ts';

/** c0 + c1·x + c2·x². */
export interface Polynomial {
  readonly c0: Decimal;
  readonly c1: Decimal;
  readonly c2: Decimal;
}

/** Piece i holds on [breaks[i−1], breaks[i]); `pieces` has one more entry than `breaks`. Breaks ascend and are > 0. */
export interface Term {
  readonly breaks: readonly Decimal[];
  readonly pieces: readonly Polynomial[];
}

export const polynomial = (c0: Decimal, c1: Decimal = ZERO, c2: Decimal = ZERO): Polynomial => ({ c0, c1, c2 });

export const constantTerm = (c0: Decimal): Term => ({ breaks: [], pieces: [polynomial(c0)] });

const add = (a: Polynomial, b: Polynomial): Polynomial => ({ c0: a.c0.plus(b.c0), c1: a.c1.plus(b.c1), c2: a.c2.plus(b.c2) });
const subtract = (a: Polynomial, b: Polynomial): Polynomial => ({ c0: a.c0.minus(b.c0), c1: a.c1.minus(b.c1), c2: a.c2.minus(b.c2) });

/** c0 + c1·x + c2·x² at x. */
export const evaluate = (p: Polynomial, x: Decimal): Decimal =>
  p.c2.isZero() ? p.c0.plus(p.c1.times(x)) : p.c0.plus(x.times(p.c1.plus(p.c2.times(x))));

/** The piece of `term` that holds at x. */
const pieceAt = (term: Term, x: Decimal): number => {
  let i = 0;
  while (i < term.breaks.length && x.gte(term.breaks[i] as Decimal)) i++;
  return i;
};

/** f(x) = Σ terms(x). */
export const evaluateTerms = (terms: readonly Term[], x: Decimal): Decimal =>
  terms.reduce((sum, term) => sum.plus(evaluate(term.pieces[pieceAt(term, x)] as Polynomial, x)), ZERO);

export type Direction = 'up' | 'down';

/**
 * The nearest x beyond `from`, in `direction`, at which f changes sign or jumps across zero; `from` itself when f(from) = 0.
 * With f(from) > 0 that is where health ends, with f(from) < 0 where it would begin again. No such x: `never`.
 * Exact up to the 40 digits of one division or square root.
 */
export function crossing(terms: readonly Term[], from: Decimal, direction: Direction): Outcome<Decimal> {
  const cursor = terms.map((term) => pieceAt(term, from));
  let sum = terms.reduce((total, term, i) => add(total, term.pieces[cursor[i] as number] as Polynomial), polynomial(ZERO));
  let x = from;
  let value = evaluate(sum, x);
  if (value.isZero()) return some(from);
  const sign = value.isPositive() ? 1 : -1;
  for (let first = true; ; first = false) {
    const edge = nextBreak(terms, cursor, direction);
    const root = nearestRoot(sum, first ? x : slackened(x, direction), edge, direction);
    if (root !== undefined) return some(root);
    if (edge === undefined) return none('never');
    sum = step(terms, cursor, sum, edge, direction);
    x = edge;
    value = evaluate(sum, x);
    if (value.isZero() || (value.isPositive() ? 1 : -1) !== sign) return some(edge);
  }
}

/** The next breakpoint of any term in `direction`, or undefined when there is none before 0 or infinity. */
function nextBreak(terms: readonly Term[], cursor: readonly number[], direction: Direction): Decimal | undefined {
  let next: Decimal | undefined;
  terms.forEach((term, i) => {
    const candidate = direction === 'up' ? term.breaks[cursor[i] as number] : term.breaks[(cursor[i] as number) - 1];
    if (candidate && (!next || (direction === 'up' ? candidate.lt(next) : candidate.gt(next)))) next = candidate;
  });
  return next;
}

/** Moves every term that breaks at `edge` to its next piece and returns the new sum. */
function step(terms: readonly Term[], cursor: number[], sum: Polynomial, edge: Decimal, direction: Direction): Polynomial {
  let result = sum;
  terms.forEach((term, i) => {
    const at = cursor[i] as number;
    const own = direction === 'up' ? term.breaks[at] : term.breaks[at - 1];
    if (!own?.eq(edge)) return;
    const to = direction === 'up' ? at + 1 : at - 1;
    result = add(subtract(result, term.pieces[at] as Polynomial), term.pieces[to] as Polynomial);
    cursor[i] = to;
  });
  return result;
}

/** A root that sits on the edge just passed may have been rounded to the near side of it: look back by 1e-32 of x. */
const SLACK = new Decimal('1e-32');
const slackened = (x: Decimal, direction: Direction): Decimal => x.times(direction === 'up' ? ONE.minus(SLACK) : ONE.plus(SLACK));

/** The root of `p` nearest to `from` that lies strictly beyond it and before `edge` (inclusive going down), x > 0. */
function nearestRoot(p: Polynomial, from: Decimal, edge: Decimal | undefined, direction: Direction): Decimal | undefined {
  const inside = (x: Decimal): boolean =>
    x.gt(0) && (direction === 'up' ? x.gt(from) && (!edge || x.lt(edge)) : x.lt(from) && (!edge || x.gte(edge)));
  const roots = rootsOf(p).filter(inside);
  if (roots.length === 0) return undefined;
  return direction === 'up' ? Decimal.min(...roots) : Decimal.max(...roots);
}

function rootsOf(p: Polynomial): Decimal[] {
  if (p.c2.isZero()) return p.c1.isZero() ? [] : [p.c0.negated().div(p.c1)];
  const discriminant = p.c1.times(p.c1).minus(p.c2.times(p.c0).times(4));
  if (discriminant.isNegative()) return [];
  // The stable pair: never subtracts two nearly equal numbers.
  const q = p.c1.plus(p.c1.isNegative() ? discriminant.sqrt().negated() : discriminant.sqrt()).div(-2);
  return q.isZero() ? [ZERO] : [q.div(p.c2), p.c0.div(q)];
}
