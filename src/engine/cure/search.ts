/**
 * The smallest whole number of steps that reaches a target. Between two breaks every surplus is a straight line of the steps but for
 * roundings to the smallest unit, so the crossing is solved exactly on each stretch and then verified step by step. Rule CU-3.
 */
import type { Outcome } from '../../domain/outcome.ts';
import { some } from '../../domain/outcome.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Standing } from './target.ts';

export interface Search {
  readonly standingAt: (steps: bigint) => Outcome<Standing>;
  /** Last steps before the line bends: where a tier ends, a debt is repaid. */
  readonly breaks: readonly bigint[];
  /** Most steps there are. */
  readonly limit: bigint;
}

/** The smallest n in [0, limit] at which the target is met while n − 1 misses it; `undefined` where no stretch reaches it. */
export function smallestSteps({ standingAt, breaks, limit }: Search): Outcome<bigint | undefined> {
  const ends = [...new Set(breaks.filter((at) => at >= 0n && at < limit)), limit].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let from = 0n;
  for (const to of ends) {
    const left = standingAt(from);
    if (!left.ok) return left;
    if (left.value.isMet) return some(from);
    const right = standingAt(to);
    if (!right.ok) return right;
    const found = onStretch(standingAt, from, left.value, to, right.value);
    if (!found.ok || found.value !== undefined) return found;
    from = to + 1n;
  }
  return some(undefined);
}

function onStretch(at: Search['standingAt'], from: bigint, left: Standing, to: bigint, right: Standing): Outcome<bigint | undefined> {
  const guess = crossingOf(from, left, to, right);
  for (const n of guess === undefined ? [] : [guess, guess + 1n]) {
    if (n <= from || n > to) continue;
    const [here, before] = [at(n), at(n - 1n)];
    if (!here.ok) return here;
    if (!before.ok) return before;
    if (here.value.isMet && !before.value.isMet) return some(n);
    if (here.value.isMet) return bisect(at, from, n);
  }
  return right.isMet ? bisect(at, from, to) : some(undefined);
}

/** Where the last of the missing surpluses reaches zero on straight lines, rounded up; undefined where one never does. */
function crossingOf(from: bigint, left: Standing, to: bigint, right: Standing): bigint | undefined {
  let latest = from;
  for (const [i, start] of left.surpluses.entries()) {
    const end = right.surpluses[i];
    if (start.gte(0)) continue;
    if (!end) return to;
    if (end.lte(start)) return undefined;
    const steps = start
      .negated()
      .times((to - from).toString())
      .div(end.minus(start));
    const n = from + toBigInt(steps.ceil());
    if (n > latest) latest = n;
  }
  return latest === from ? from + 1n : latest;
}

const toBigInt = (value: Decimal): bigint => BigInt(value.toFixed(0));

/** `low` misses, `high` meets: a step that meets whose forerunner misses. */
function bisect(at: Search['standingAt'], low: bigint, high: bigint): Outcome<bigint | undefined> {
  let [missing, meeting] = [low, high];
  while (meeting - missing > 1n) {
    const middle = (missing + meeting) / 2n;
    const standing = at(middle);
    if (!standing.ok) return standing;
    if (standing.value.isMet) meeting = middle;
    else missing = middle;
  }
  return some(meeting);
}
