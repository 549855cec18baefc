/**
 * Falls of the past as scenarios, with their sources. Rule SC-12 of docs/spec/scenario.md. Brings its data along: import it when it is wanted.
 */
import { InputError } from '../domain/fault.ts';
import { type Decimal, ONE } from '../domain/units.ts';
import type { Scenario } from '../engine/stress/scenario.ts';
import { isRecord } from '../wire/schema.ts';
import { SCENARIO_FORMAT, scenarioOf } from './scenario.ts';
import historical from './scenarios/historical.json' with { type: 'json' };

export interface HistoricalScenario {
  readonly id: string;
  readonly scenario: Scenario;
  /** Window, ISO-8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** The shipped replay that has the prices of that time, or null: then `pathShare` stands in for them. */
  readonly replay: string | null;
  readonly note: string;
  readonly quality: string;
  readonly sources: readonly string[];
}

/** SC-12: oldest first. */
export const historicalScenarios = (): HistoricalScenario[] =>
  historical.scenarios.map(({ id, name, moves, pegs, ...rest }) => ({
    ...rest,
    id,
    scenario: scenarioOf({ format: SCENARIO_FORMAT, name, moves: stated(moves), pegs }),
  }));

/** The names a scenario states; JSON modules of several shapes read as having all of them. */
function stated(moves: unknown): Record<string, unknown> {
  if (!isRecord(moves)) throw new InputError([{ pointer: '/moves', message: 'expected an object' }]);
  return Object.fromEntries(Object.entries(moves).filter(([, value]) => value !== undefined));
}

/**
 * SC-13: the same scenario on its way, `share` of it from 0 to 1: prices go at a constant rate, multiple^share. A synthetic path, for want of
 * the real one; it has no bounce and no order of markets. A price that ends at 0 falls to it in proportion.
 */
export function pathShare(scenario: Scenario, share: Decimal): Scenario {
  const partOf = (move: Decimal): Decimal => {
    const multiple = ONE.plus(move);
    return multiple.isZero() ? move.times(share) : multiple.pow(share).minus(ONE);
  };
  const moves = new Map([...scenario.moves].map(([market, move]) => [market, partOf(move)]));
  const pegs = scenario.pegs.map((peg) => ({ ...peg, move: partOf(peg.move) }));
  return { ...scenario, all: partOf(scenario.all), moves, pegs, funding: scenario.funding.times(share) };
}
