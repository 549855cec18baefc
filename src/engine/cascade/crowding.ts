/**
 * One account's distance once everybody else's forced trades are counted: along its own shortest shock, how far the market must move until
 * the cascade closes it. Rule CA-26 of docs/spec/cascade.md.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { runCascade } from './cascade.ts';
import type { CascadeInput, Market } from './types.ts';

export interface CrowdingInput {
  readonly account: string;
  /** The account's own shortest shock in log price, by market, and how long it is in σ. */
  readonly logShock: ReadonlyMap<Market, number>;
  readonly distance: number;
}

export interface CrowdingRisk {
  /** Share of its own shortest shock at which it is closed with everybody else's liquidations: 1 is no crowding. */
  readonly share: number;
  /** In σ: its own distance × the share. */
  readonly distance: number;
  /** Own distance − that: the crowding risk. */
  readonly gap: number;
}

const GRID = 32;
const BISECTIONS = 20;

/**
 * The smallest share t of the shock t·z after which `isClosed` says yes. In a mixed book closing is not monotone in the shock: a grid of 1/32 finds the
 * first share, bisection narrows it. A lower bound on crowding: another direction may be shorter still. `never` where not even the whole
 * shock closes the account: others' covering carries it.
 */
export function crowdingRisk(own: Pick<CrowdingInput, 'distance'>, isClosed: (share: number) => boolean): Outcome<CrowdingRisk> {
  const steps = crowdingSteps(own, isClosed);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same, one cascade a step. */
export function* crowdingSteps(
  { distance }: Pick<CrowdingInput, 'distance'>,
  isClosed: (share: number) => boolean,
): Generator<undefined, Outcome<CrowdingRisk>> {
  for (let i = 0; i <= GRID; i++) {
    const isHere = isClosed(i / GRID);
    yield undefined;
    if (!isHere) continue;
    let [low, high] = [(i - 1) / GRID, i / GRID];
    for (let k = 0; k < BISECTIONS && i > 0; k++) {
      const middle = (low + high) / 2;
      if (isClosed(middle)) high = middle;
      else low = middle;
      yield undefined;
    }
    return some({ share: high, distance: distance * high, gap: distance - distance * high });
  }
  return none('never');
}

/** Whether the exact cascade closes the account at a share of its shortest shock; at the whole of it a rounding's breadth beyond. */
export const isClosedExactly =
  (input: CascadeInput, { account, logShock }: CrowdingInput): ((share: number) => boolean) =>
  (share) => {
    const reach = share === 1 ? share * (1 + 1e-9) : share;
    const shock = new Map([...logShock].map(([market, z]) => [market, new Decimal(z).times(reach).exp().minus(ONE)]));
    return runCascade({ ...input, shock }).closed.includes(account);
  };
