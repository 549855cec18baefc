/** Distance along one direction: one market alone, or all by their betas. Rule DI-9 of docs/spec/distance.md. */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import type { Monomial, Surface, TieredLeg } from './surface.ts';

const PIECES = 48;
const BISECTIONS = 200;
/** A rise is looked for up to this multiple of the price. */
const HIGHEST = 1e6;

/**
 * The nearest relative move s of the reference, below 0 (`fall`) or above, at which M = 0 when every market moves by βₖ·s, ended where the
 * first price is 0. `betas` by market index. M(0) ≥ 0.
 */
export function moveToLine(surface: Surface, betas: readonly number[], side: 'fall' | 'rise'): Outcome<number> {
  const sign = side === 'fall' ? -1 : 1;
  const falling = Math.max(...betas.map((beta) => -sign * beta));
  const end = Math.min(falling > 0 ? 1 / falling : Number.POSITIVE_INFINITY, side === 'fall' ? 1 : HIGHEST);
  const excess = (s: number): number => excessAlong(surface, betas, sign * s);
  if (excess(0) <= 0 && surface.excess.isZero()) return some(0);
  const edges = [...edgesOf(surface, betas, sign), end].filter((s) => s > 0 && s <= end).sort((a, b) => a - b);
  let from = 0;
  for (const to of edges) {
    const found = firstCrossing(excess, from, to);
    if (found !== undefined) return some(sign * found);
    from = to;
  }
  return none('never');
}

function firstCrossing(excess: (s: number) => number, from: number, to: number): number | undefined {
  let low = from;
  for (let i = 1; i <= PIECES; i++) {
    const high = from + (to - from) * (to > 1 ? (i / PIECES) ** 4 : i / PIECES);
    if (excess(high) > 0) {
      low = high;
      continue;
    }
    return bisect(excess, low, high);
  }
  return undefined;
}

function bisect(excess: (s: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

function excessAlong({ constant, legs }: Surface, betas: readonly number[], s: number): number {
  const multiple = (market: number): number => 1 + betas[market]! * s;
  const sum = (monomials: readonly Monomial[]): number =>
    monomials.reduce((total, { coefficient, powers }) => {
      let term = coefficient;
      for (const { market, power } of powers) term *= multiple(market) ** power;
      return total + term;
    }, 0);
  return legs.reduce((total, leg) => total + sum(leg.pieces[tierOf(leg, multiple)]!), sum(constant));
}

function tierOf(leg: TieredLeg, multiple: (market: number) => number): number {
  const notional = leg.market < 0 ? leg.notional : leg.notional * multiple(leg.market) ** leg.power;
  let tier = leg.floors.length - 1;
  while (tier > 0 && notional < leg.floors[tier]!) tier--;
  return tier;
}

/** |s| at which a notional meets a floor. */
const edgesOf = ({ legs }: Surface, betas: readonly number[], sign: number): number[] =>
  legs.flatMap((leg) =>
    leg.market < 0 || betas[leg.market] === 0
      ? []
      : leg.floors.map((floor) => (sign * ((floor / leg.notional) ** leg.power - 1)) / betas[leg.market]!),
  );
