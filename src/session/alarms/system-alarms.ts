/** The alarms of the whole loaded book, by its R (rule AM-13 of docs/spec/alarms.md): one subject, one machine, under the rules of all. */
import type { AlarmEvent, FloodEvent, Reading } from '../../policy/alarms/events.ts';
import { rankOf } from '../../policy/alarms/events.ts';
import { textsOf } from '../../policy/alarms/held.ts';
import { type AlarmMachine, createAlarmMachine, type MachineSnapshot } from '../../policy/alarms/machine.ts';
import { reproductionReading } from '../../policy/alarms/reading.ts';
import type { AlarmRules } from '../../policy/alarms/rules.ts';
import type { JournalStream } from '../journal/messages.ts';
import { activeRules, outlookView, subjectOf } from './account-alarms.ts';
import type { AlarmOutlook, StandingAlarm } from './messages.ts';

/** In the journal it stands where an account's name would. */
const SYSTEM = 'R of the loaded book';

export const systemStream = (book: string, feed: string): JournalStream => ({ book, account: SYSTEM, feed });

/** R of the book that is loaded; NaN: it cannot be told. */
export interface SystemLook {
  readonly book: string;
  readonly reproduction: number;
}

export class SystemAlarms {
  readonly stream: JournalStream;
  private now: AlarmMachine;
  private looks = 0;
  private reading: Reading | null = null;

  /** With a snapshot it goes on from there (JN-10). */
  constructor(rules: AlarmRules, stream: JournalStream, snapshot?: MachineSnapshot) {
    this.stream = stream;
    this.now = createAlarmMachine(rules, snapshot ? { snapshot, isNewStream: true } : {});
  }

  get machine(): AlarmMachine {
    return this.now;
  }

  take(rules: AlarmRules): void {
    this.now = createAlarmMachine(rules, { snapshot: this.now.snapshot() });
  }

  look(reproduction: number, timeMs: number): readonly (AlarmEvent | FloodEvent)[] {
    this.reading = reproductionReading(this.stream.book, reproduction);
    return this.now.evaluate({ sequence: ++this.looks, timeMs, readings: [this.reading] });
  }

  /** Time went on and R is as it was: delays run. */
  wait(timeMs: number): readonly (AlarmEvent | FloodEvent)[] {
    return this.reading ? this.now.evaluate({ sequence: ++this.looks, timeMs, readings: [] }) : [];
  }

  /** Nobody measures R any more: its alarm ends as removed. */
  leave(timeMs: number): readonly (AlarmEvent | FloodEvent)[] {
    const { reading } = this;
    this.reading = null;
    return reading ? this.now.evaluate({ sequence: ++this.looks, timeMs, readings: [], removed: [reading.subject] }) : [];
  }

  standing(): StandingAlarm[] {
    return this.now.standing().map((episode): StandingAlarm => {
      const outlook = this.now.outlook(episode.subject);
      return {
        ...subjectOf(episode.subject),
        episode: episode.id,
        state: outlook.state,
        knowledge: outlook.knowledge,
        firstSeenMs: episode.firstSeenMs,
        raisedMs: episode.raisedMs,
        worstState: episode.worstState,
        acknowledgedMs: episode.acknowledged?.atMs ?? Number.NaN,
        snoozedForMs: outlook.snoozedForMs || Number.NaN,
        rule: activeRules(outlook)[0]?.id ?? '',
        values: this.reading ? textsOf(this.reading.values) : {},
        shock: '',
        deposit: '',
        unit: '',
        call: null,
        cure: episode.cure ?? '',
      };
    });
  }

  outlook(): AlarmOutlook[] {
    return this.reading ? [outlookView(this.reading, this.now.outlook(this.reading.subject), undefined)] : [];
  }
}

/** Worst first; among equals the one that stands longest. */
export const worstFirst = (alarms: readonly StandingAlarm[]): StandingAlarm[] =>
  [...alarms].sort((a, b) => rankOf(b.state) - rankOf(a.state) || a.raisedMs - b.raisedMs);
