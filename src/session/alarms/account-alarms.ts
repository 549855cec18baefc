/** The alarms of one account over one stream: a machine, what it said of the last look, and what the page is shown of it. */

import type { Book } from '../../domain/book.ts';
import { FRESHNESS_ORDER } from '../../domain/freshness.ts';
import { Decimal } from '../../domain/units.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import {
  type AlarmEvent,
  type Episode,
  type FloodEvent,
  type MarginCall,
  type Reading,
  rankOf,
  type Subject,
} from '../../policy/alarms/events.ts';
import { groupsOver } from '../../policy/alarms/group.ts';
import { textsOf } from '../../policy/alarms/held.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import { type AlarmMachine, createAlarmMachine, type MachineSnapshot } from '../../policy/alarms/machine.ts';
import type { Outlook } from '../../policy/alarms/outlook.ts';
import type { AlarmRule, AlarmRules, Measure } from '../../policy/alarms/rules.ts';
import { cureDeposit } from './cure-deposit.ts';
import { type LookContext, type LookedAt, lookAt, watchedAccount } from './look.ts';
import { machineView, placesOf } from './machine-view.ts';
import type { AlarmOutlook, AlarmSubject, EndedAlarm, StandingAlarm } from './messages.ts';

export interface AccountAlarms {
  /**
   * Looks at the account as `book` has it. Nothing comes of it where the book no longer holds the account. `places`: where each position
   * stood when the account was loaded, by which an isolated pool keeps its alarms while others before it are closed.
   */
  readonly look: (account: string, context: LookContext, places: readonly number[]) => readonly (AlarmEvent | FloodEvent)[];
  readonly take: (rules: AlarmRules) => void;
  readonly machine: () => AlarmMachine;
  /** What the account as it now is calls the subject's pool; of a market ''. */
  readonly poolOf: (subject: Subject) => string;
  /** Worst first; among equals the one with most at risk, then the one that stands longest. */
  readonly standing: () => StandingAlarm[];
  readonly outlook: () => AlarmOutlook[];
  /** Pools that the venue acts on at the prices of the last look; none whose prices are old or missing. */
  readonly acting: () => LookedAt[];
}

/** AM-1: readings of subjects that are there no more end their alarms. With a snapshot it goes on from there (JN-10). `book`: as it is now. */
export function createAccountAlarms(first: AlarmRules, book: Book, snapshot?: MachineSnapshot): AccountAlarms {
  let rules = first;
  let held = book;
  const isInGroup = groupsOver((id) => {
    const account = held.accounts.find((one) => one.id === id);
    return account && { account, instruments: held.instruments };
  });
  let machine = createAlarmMachine(rules, { isInGroup, ...(snapshot ? { snapshot, isNewStream: true } : {}) });
  let looks = 0;
  let readings = new Map<string, Reading>(snapshot?.subjects.map(({ subject }) => [subjectKey(subject), unread(subject)]));
  let looked = new Map<string, LookedAt>();
  let unit = '';

  const poolOf = (subject: Subject): string => (subject.kind === 'pool' ? (looked.get(subjectKey(subject))?.pool.id ?? subject.pool) : '');
  const named = (subject: Subject): AlarmSubject => ({ ...subjectOf(subject), pool: poolOf(subject) });

  const standingOf = (episode: Episode): StandingAlarm => {
    const outlook = machine.outlook(episode.subject);
    const key = subjectKey(episode.subject);
    const reading = readings.get(key);
    const at = looked.get(key);
    const active = activeRules(outlook);
    const isVenue = rankOf(outlook.state) >= rankOf('liquidation');
    return {
      ...named(episode.subject),
      episode: episode.id,
      state: outlook.state,
      knowledge: outlook.knowledge,
      firstSeenMs: episode.firstSeenMs,
      raisedMs: episode.raisedMs,
      worstState: episode.worstState,
      acknowledgedMs: episode.acknowledged?.atMs ?? Number.NaN,
      snoozedForMs: outlook.snoozedForMs || Number.NaN,
      rule: isVenue ? 'venue' : (active[0]?.id ?? ''),
      values: reading ? textsOf(reading.values) : {},
      shock: at?.pool.uniformShock.ok ? decimalText(at.pool.uniformShock.value) : '',
      deposit: at ? depositText(isVenue || active.length === 0 ? ['venue'] : causesOf(outlook.state, active), at, rules) : '',
      unit,
      call: episode.call ? callView(episode.call, active, at, rules) : null,
      cure: episode.cure ?? '',
    };
  };

  return {
    look: (id, context, places) => {
      const account = context.book.accounts.find((candidate) => candidate.id === id);
      if (!account) return [];
      const watched = watchedAccount(account, context.book satisfies Book);
      unit = watched.unit;
      if (held !== context.book) {
        held = context.book;
        machine.regroup();
      }
      const pools: Reading[] = [];
      const markets = new Map<string, Reading>();
      looked = new Map();
      lookAt({ ...watched, places }, context, pools, markets, looked);
      const before = readings;
      const now = [...markets.values(), ...pools];
      readings = new Map(now.map((reading) => [subjectKey(reading.subject), reading]));
      const removed = [...before].filter(([key]) => !readings.has(key)).map(([, { subject }]) => subject);
      return machine.evaluate({ sequence: ++looks, timeMs: context.source.clockMs, readings: now, removed });
    },
    take: (next) => {
      rules = next;
      machine = createAlarmMachine(rules, { isInGroup, snapshot: machine.snapshot() });
    },
    machine: () => machine,
    poolOf,
    standing: () =>
      machine
        .standing()
        .map(standingOf)
        .sort((a, b) => rankOf(b.state) - rankOf(a.state) || a.raisedMs - b.raisedMs),
    acting: () =>
      [...readings].flatMap(([key, { venueState, knowledge }]) => {
        const at = looked.get(key);
        return at && knowledge === 'known' && (venueState === 'liquidation' || venueState === 'bankrupt') ? [at] : [];
      }),
    outlook: () =>
      [...readings].map(([key, reading]) => ({
        ...outlookView(reading, machine.outlook(reading.subject), looked.get(key)),
        ...named(reading.subject),
      })),
  };
}

/** What is missing ends the state: every active rule, and the ratio that cures a call. */
const callView = (
  { status, issuedMs, deadlineMs, asked }: MarginCall,
  active: readonly AlarmRule[],
  at: LookedAt | undefined,
  rules: AlarmRules,
): StandingAlarm['call'] => ({
  status,
  issuedMs,
  deadlineMs,
  asked: asked ?? Number.NaN,
  missing: at ? depositText([...active, 'venue'], at, rules) : '',
});

/** Of a subject that was there when the snapshot was taken: if it is there no more, its alarm ends. */
const unread = (subject: Subject): Reading => ({ subject, values: {}, knowledge: 'indeterminate', venueState: 'unknown' });

export function subjectOf(subject: Subject): AlarmSubject {
  switch (subject.kind) {
    case 'pool':
      return { account: subject.account, pool: subject.pool, market: '', venue: subject.venue };
    case 'market':
      return { account: '', pool: '', market: subject.market, venue: subject.venue };
    case 'system':
      return { account: '', pool: '', market: '', venue: '', system: subject.book };
  }
}

export const activeRules = ({ rules, state }: Outlook) =>
  rules.filter(({ isActive, rule }) => isActive && rule.severity === state).map(({ rule }) => rule);

/** A margin call holds until the ratio that cures one. */
const causesOf = (state: Outlook['state'], active: readonly AlarmRule[]): readonly (AlarmRule | 'venue')[] =>
  state === 'margin-call' ? [...active, 'venue'] : active;

/** AM-4: what every one of these rules asks for, the largest. */
function depositText(causes: readonly Parameters<typeof cureDeposit>[0][], at: LookedAt, rules: AlarmRules): string {
  const deposits = causes.flatMap((cause) => cureDeposit(cause, at, rules) ?? []);
  return deposits.length > 0 ? decimalText(Decimal.max(...deposits)) : '';
}

const levelText = (measure: Measure, level: Decimal): string =>
  measure === 'feed' ? (FRESHNESS_ORDER[level.toNumber()] ?? '') : level.toFixed();

export function outlookView(reading: Reading, outlook: Outlook, at: LookedAt | undefined): AlarmOutlook {
  const { state, knowledge, rules } = outlook;
  const values = textsOf(reading.values);
  return {
    ...subjectOf(reading.subject),
    state,
    knowledge,
    ...machineView(at, outlook),
    rules: rules.map(({ rule, isActive, countsInMs = Number.NaN, endsInMs = Number.NaN }) => {
      const { id, measure, severity, arm, clear } = rule;
      const value = values[measure] ?? '';
      return {
        id,
        measure,
        severity,
        arm: levelText(measure, arm),
        clear: levelText(measure, clear),
        value: measure === 'feed' ? (FRESHNESS_ORDER[Number(value)] ?? '') : value,
        isActive,
        countsInMs,
        endsInMs,
        ...placesOf(rule, at),
      };
    }),
  };
}

/** An episode that is over, or was left. */
export const endedView = (episode: Episode, closedMs: number): EndedAlarm => ({
  ...subjectOf(episode.subject),
  episode: episode.id,
  firstSeenMs: episode.firstSeenMs,
  raisedMs: episode.raisedMs,
  closedMs: episode.closedMs ?? closedMs,
  worstState: episode.worstState,
  worst: episode.worst,
  leadMs: episode.leadMs ?? Number.NaN,
  acknowledgedMs: episode.acknowledged?.atMs ?? Number.NaN,
  outcome: episode.outcome ?? 'left',
  cure: episode.cure ?? '',
});
