/** Scenarios as a function of messages: a command and the session's state in, one frame out. Nothing changes. */
import { InputError } from '../../domain/fault.ts';
import type { Frame } from '../protocol.ts';
import type { SessionState } from '../state.ts';
import { accountInScenario } from './account.ts';
import type { ScenarioCommand, ScenarioFrame } from './scenario-messages.ts';
import { pathOf, presets, readText, readTiers, venueList, writeText } from './scenario-texts.ts';

/** Never throws for anything that a page can send. */
export function answerScenario(command: ScenarioCommand, state: SessionState): Frame {
  try {
    return answer(command, state);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'failed', requestId: command.requestId, faults: error.faults };
  }
}

function answer(command: ScenarioCommand, state: SessionState): ScenarioFrame {
  const { requestId } = command;
  switch (command.kind) {
    case 'scenario-presets':
      return { kind: command.kind, requestId, presets: presets(), venues: venueList() };
    case 'scenario-read':
      return { kind: command.kind, requestId, scenario: readText(command.text) };
    case 'scenario-write':
      return { kind: command.kind, requestId, link: writeText(command.scenario) };
    case 'scenario-path':
      return { kind: command.kind, requestId, scenarios: pathOf(command.scenario, command.steps) };
    case 'scenario-tiers':
      return { kind: command.kind, requestId, rows: readTiers(command.text, command.venue) };
    case 'scenario-account':
      return accountInScenario(command, state);
  }
}
