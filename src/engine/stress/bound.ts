/**
 * How near a facet can come at most: the proof that nothing nearer was missed. Rule DI-6 of docs/spec/distance.md.
 *
 * A facet whose monomials are affine, or (in log space) grow with every price, has a convex far side, and the point found is the nearest.
 * A price whose rise hurts, −c·e^z, makes it another shape: its range is cut into boxes, on each of which the chord of e^z stands above it
 * and makes the facet convex again and no further away. Boxes are cut until none holds anything nearer, or until `boxesLeft` is used up.
 */
import type { Covariance } from './covariance.ts';
import { backOf, dot, evaluateFacet, type Facet, leastNorm, nearestFrom, type Pin, zOf } from './nearest.ts';
import type { ShockSpace } from './types.ts';

const CLOSE = 1e-9;

const isPlain = ({ monomials }: Facet): boolean =>
  monomials.every(({ powers }) => powers.length === 0 || (powers.length === 1 && powers[0]!.power === 1));

/** Whether the far side of the facet is convex, so that the iteration finds its nearest point from anywhere. */
export const isConvex = (facet: Facet, covariance: Covariance, space: ShockSpace): boolean =>
  isPlain(facet) && (space === 'simple' || netOf(facet, covariance).every(({ coefficient }) => coefficient >= 0));

/** A lower bound of the distance of a facet, `best` at most. */
export function provenDistance(
  facet: Facet,
  pins: readonly Pin[],
  covariance: Covariance,
  space: ShockSpace,
  scale: number,
  best: number,
  boxesLeft: { left: number },
): number {
  if (!isPlain(facet)) return 0;
  if (space === 'simple') return planeDistance(facet, covariance, best);
  const bent = netOf(facet, covariance).filter(({ coefficient }) => coefficient < 0);
  if (bent.length === 0) return best;
  const sigma = (market: number): number => Math.sqrt(dot(covariance.factor[market]!, covariance.factor[market]!));
  const whole = bent.map(({ market }) => [-best * sigma(market), best * sigma(market)] as const);
  const boxes: { ranges: readonly (readonly [number, number])[]; bound: number }[] = [{ ranges: whole, bound: 0 }];
  let settled = best;
  // One box at least, so that every facet has a bound of its own.
  for (let n = 0; n === 0 || boxesLeft.left > 0; n++, boxesLeft.left--) {
    const next = boxes.pop();
    if (!next) return settled;
    const bound = boundOfBox(facet, bent, next.ranges, sigma, { pins, covariance, space, scale });
    if (bound >= best * (1 - CLOSE)) {
      settled = Math.min(settled, bound);
      continue;
    }
    const widest = next.ranges.reduce((at, [low, high], i) => (high - low > next.ranges[at]![1] - next.ranges[at]![0] ? i : at), 0);
    const [low, high] = next.ranges[widest]!;
    const middle = (low + high) / 2;
    for (const half of [
      [low, middle],
      [middle, high],
    ] as const)
      boxes.push({ ranges: next.ranges.map((range, i) => (i === widest ? half : range)), bound });
    boxes.sort((a, b) => b.bound - a.bound);
  }
  return Math.min(settled, ...boxes.map(({ bound }) => bound));
}

/** A plane: proved, unless its foot lies where a price would be below zero; then the foot itself is the bound. */
function planeDistance(facet: Facet, covariance: Covariance, best: number): number {
  const { value, gradient } = evaluateFacet(
    facet,
    covariance.markets.map(() => 0),
    'simple',
  );
  const slope = backOf(covariance, gradient);
  const foot = leastNorm([slope], [-value]);
  if (!foot || zOf(covariance, foot).every((z) => z >= -1)) return best;
  return Math.min(best, Math.sqrt(dot(foot, foot)));
}

/** Coefficients of X by market, of those that move. */
function netOf(facet: Facet, { factor }: Covariance): { market: number; coefficient: number }[] {
  const net = new Map<number, number>();
  for (const { coefficient, powers } of facet.monomials)
    for (const { market } of powers) net.set(market, (net.get(market) ?? 0) + coefficient);
  return [...net].filter(([market]) => dot(factor[market]!, factor[market]!) > 0).map(([market, coefficient]) => ({ market, coefficient }));
}

function boundOfBox(
  facet: Facet,
  bent: readonly { market: number; coefficient: number }[],
  ranges: readonly (readonly [number, number])[],
  sigma: (market: number) => number,
  { pins, covariance, space, scale }: { pins: readonly Pin[]; covariance: Covariance; space: ShockSpace; scale: number },
): number {
  const away = Math.max(...ranges.map(([low, high], i) => (low > 0 ? low : high < 0 ? -high : 0) / sigma(bent[i]!.market)));
  const slopes = covariance.markets.map(() => 0);
  let offset = 0;
  const isBent = new Set(bent.map(({ market }) => market));
  bent.forEach(({ market, coefficient }, i) => {
    const [low, high] = ranges[i]!;
    const slope = high > low ? (Math.exp(high) - Math.exp(low)) / (high - low) : Math.exp(low);
    slopes[market] = coefficient * slope;
    offset += coefficient * (Math.exp(low) - slope * low);
  });
  const monomials = facet.monomials.filter(({ powers }) => powers.length === 0 || !isBent.has(powers[0]!.market));
  const relaxed = nearestFrom({ monomials, slopes, offset }, covariance, space, scale, pins);
  return Math.max(away, relaxed?.distance ?? 0);
}
