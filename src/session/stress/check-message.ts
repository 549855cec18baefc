/** The shape of every message about stress and scenarios; it comes with their code. Rule SE-26. */
import { checked, isEdits } from '../check-command.ts';
import { hasShape, isIndex, isString, type Kinds, nullable, type Shape } from '../shapes.ts';
import type { CheckedCommand } from '../transport.ts';
import { isScenario, STRESS_SHAPES } from './check.ts';
import type { ScenarioCommand, ScenarioText, ScenarioTransfer } from './scenario-messages.ts';

const isTransfer = hasShape({ asset: isString, amount: isString, to: nullable(isString) } satisfies Record<keyof ScenarioTransfer, Shape>);
/** More than anybody moves in one what-if, and longer than any path is played in. */
const TRANSFERS_MAX = 100;
const STEPS_MAX = 200;
const SCENARIOS: Kinds<ScenarioCommand> = {
  'scenario-presets': hasShape({ requestId: isIndex }),
  'scenario-read': hasShape({ requestId: isIndex, text: isString }),
  'scenario-write': hasShape({
    requestId: isIndex,
    scenario: hasShape({ name: isString, volatility: isString, scenario: isScenario } satisfies Record<keyof ScenarioText, Shape>),
  }),
  'scenario-path': hasShape({
    requestId: isIndex,
    scenario: isScenario,
    steps: (value) => isIndex(value) && (value as number) >= 1 && (value as number) <= STEPS_MAX,
  }),
  'scenario-tiers': hasShape({ requestId: isIndex, text: isString, venue: isString }),
  'scenario-account': hasShape({
    requestId: isIndex,
    scenario: isScenario,
    edits: isEdits,
    transfers: (value) => Array.isArray(value) && value.length <= TRANSFERS_MAX && value.every(isTransfer),
    venue: nullable(isString),
  }),
};

const COMMANDS = { ...STRESS_SHAPES, ...SCENARIOS };

/** `message` as a command of stress, or why it is none. */
export const checkStress = (message: unknown): CheckedCommand => checked(COMMANDS, message);
