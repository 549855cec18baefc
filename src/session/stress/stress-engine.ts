/**
 * Everything about stress that an engine carries out: of the selected account, of the accounts on the desk, distances and early warning,
 * scenarios as texts. Rules ST-10, ST-12, ST-15.
 */
import { Closes } from '../alarms/closes.ts';
import { dailyVolatilityOf } from '../alarms/look.ts';
import type { OpenDesk } from '../desk/opened.ts';
import type { Frame } from '../protocol.ts';
import type { SessionState } from '../state.ts';
import { AccountStress } from './account-stress.ts';
import { answerScenario } from './answer.ts';
import { checkStress } from './check-message.ts';
import type { StressCommand } from './messages.ts';
import type { PathInput, PathOrder } from './path-run.ts';
import type { ScenarioCommand } from './scenario-messages.ts';
import { Stress, type StressHelp } from './stress.ts';
import { Warning } from './warning.ts';
import type { WarningCommand } from './warning-messages.ts';

type Terms = Parameters<Warning['command']>[3];

/** What surrounds stress when it is asked. */
export interface StressScene {
  readonly state: SessionState;
  readonly open: OpenDesk | null;
  /** What the alarms know of volatility and closes; absent where there are none. */
  readonly terms: () => Terms | undefined;
}

const WARNINGS: ReadonlySet<string> = new Set<WarningCommand['kind']>(['stress-distance', 'stress-critical', 'stress-crowding']);
const isWarningCommand = (command: StressCommand): command is WarningCommand => WARNINGS.has(command.kind);
const isScenarioCommand = (input: StressCommand | ScenarioCommand): input is ScenarioCommand => input.kind.startsWith('scenario-');

export class StressEngine {
  private readonly desk: Stress;
  private readonly account = new AccountStress();
  private readonly warning = new Warning();

  constructor(help: StressHelp) {
    this.desk = new Stress(help);
  }

  get isWorking(): boolean {
    return this.desk.isWorking || this.account.isWorking || this.warning.isWorking;
  }

  get isWatching(): boolean {
    return this.desk.isWatching;
  }

  get pathOrder(): PathOrder | null {
    return this.desk.pathOrder;
  }

  /** It may have come before the code that knows its shape. */
  command(input: StressCommand | ScenarioCommand, scene: StressScene): readonly Frame[] {
    const found = checkStress(input);
    if (!found.ok) return [{ kind: 'failed', requestId: found.requestId, faults: [found.fault] }];
    return isScenarioCommand(input) ? [answerScenario(input, scene.state)] : this.carryOut(input, scene);
  }

  /** Of the selected account, or of the accounts on the desk; what is ended is ended of both. */
  private carryOut(command: StressCommand, { state, open, terms }: StressScene): Frame[] {
    const { desk, account, warning } = this;
    const { clockMs } = state.source;
    if (isWarningCommand(command))
      return warning.command(command, state, open, terms() ?? { volatilityOf: dailyVolatilityOf(new Map()), closes: new Closes() });
    if (command.kind === 'stress-cancel')
      return [...warning.cancel(command.of), ...account.cancel(command.of), ...desk.command(command, open, clockMs)];
    if ('subject' in command && command.subject === 'account')
      return [...desk.supersede(command.kind, open), ...account.command(command, state)];
    const ended = command.kind === 'stress-window' ? [] : account.cancel(command.kind);
    return [...ended, ...desk.command(command, open, clockMs)];
  }

  /** One slice of each. */
  work(open: OpenDesk | null, clockMs: number): Frame[] {
    return [...this.desk.work(open, clockMs), ...this.account.work(), ...this.warning.work(open)];
  }

  beat(open: OpenDesk | null, nowMs: number): Frame[] {
    return this.desk.beat(open, nowMs);
  }

  give(input: PathInput): Frame[] {
    return this.desk.give(input);
  }
}
