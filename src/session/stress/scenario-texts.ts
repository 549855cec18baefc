/** Scenarios as links, as falls of the past and as paths in time, for the page. Rules ST-30…ST-32. */
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Scenario } from '../../engine/stress/scenario.ts';
import { historicalScenarios, pathShare } from '../../formats/historical-scenarios.ts';
import { readScenario, readScenarioLink, SCENARIO_FORMAT, scenarioLink, scenarioOf } from '../../formats/scenario.ts';
import { readTierTable } from '../../formats/tier-table.ts';
import { venues } from '../../venues/registry.ts';
import type { StressScenario, StressTier } from './messages.ts';
import type { ScenarioPreset, ScenarioText, ScenarioVenue } from './scenario-messages.ts';

const textsOf = (map: ReadonlyMap<string, Decimal>): Record<string, string> =>
  Object.fromEntries([...map].map(([name, value]) => [name, value.toFixed()]));

const plain = ({ all, betas, moves, pegs, funding }: Scenario): StressScenario => ({
  all: all.toFixed(),
  betas: textsOf(betas),
  moves: textsOf(moves),
  pegs: pegs.map(({ asset, venue, move }) => ({ asset, venue, move: move.toFixed() })),
  funding: funding.toFixed(),
  tiers: {},
});

export const textOf = (scenario: Scenario): ScenarioText => ({
  name: scenario.name,
  volatility: scenario.volatility.toFixed(),
  scenario: plain(scenario),
});

/** Checked as a file is: what cannot be in a link is refused before it is one. Throws `InputError`. */
const checked = ({ name, volatility, scenario: { tiers: _, ...rest } }: ScenarioText): Scenario =>
  scenarioOf({ format: SCENARIO_FORMAT, name, volatility, ...rest });

export const presets = (): ScenarioPreset[] => historicalScenarios().map(({ scenario, ...rest }) => ({ ...rest, ...textOf(scenario) }));

export const venueList = (): ScenarioVenue[] =>
  Object.entries(venues).map(([id, { rules }]) => ({ id, name: rules.name, kind: rules.kind }));

/** A file begins with a brace, a link with its version. Throws `InputError`. */
export const readText = (text: string): ScenarioText => textOf(/^\s*\{/.test(text) ? readScenario(text) : readScenarioLink(text.trim()));

/** Throws `InputError`, also where the scenario is too long for a link. */
export const writeText = (scenario: ScenarioText): string => scenarioLink(checked(scenario));

/** ST-32: shares 0, 1 ÷ steps … 1 of the way (SC-13). Tables are whole from the first step on. */
export function pathOf(scenario: StressScenario, steps: number): StressScenario[] {
  const whole = checked({ name: '', volatility: '1', scenario });
  return Array.from({ length: steps + 1 }, (_, i) => {
    if (i === steps) return scenario;
    const share = i === 0 ? ZERO : new Decimal(i).div(steps);
    const on = plain(share.isZero() ? { ...whole, all: ZERO, moves: new Map(), pegs: [], funding: ZERO } : pathShare(whole, share));
    return { ...on, tiers: scenario.tiers };
  });
}

/** SC-11, of a venue; what a preview of maintenance needs of it. Throws `InputError`. */
export function readTiers(text: string, venueId: string): StressTier[] {
  const venue = Object.hasOwn(venues, venueId) ? venues[venueId] : undefined;
  if (!venue) throw new InputError([{ pointer: '/venue', message: 'not a venue that is known' }]);
  return readTierTable(text, venue.rules.tableJoin).map(({ notionalFloor, maintenanceMarginRate }) => {
    if (maintenanceMarginRate.gt(ONE)) throw new InputError([{ pointer: '', message: 'a maintenance rate lies between 0 and 1' }]);
    return { notionalFloor: notionalFloor.toFixed(), maintenanceMarginRate: maintenanceMarginRate.toFixed() };
  });
}
