import * as v from 'valibot';
import { expect, it } from 'vitest';
import { Decimal } from '../../../domain/units.ts';
import { MACHINE_ROW } from '../../../journal/records.ts';
import { type AlarmRules, DEFAULT_RULES } from '../../../policy/alarms/rules.ts';
import { Keeper } from '../../journal/keeper.ts';
import type { JournalNews } from '../../journal/messages.ts';
import { NO_SOURCE, type SourceView } from '../../protocol.ts';
import type { OpenDesk } from '../opened.ts';
import { openBookNow } from '../testing/open.ts';
import { randomBook, seeded } from '../testing/random-books.ts';
import { DeskAlarms } from './desk-alarms.ts';
import { KEPT_WHOLE } from './kept.ts';
import type { DeskAlarmQuery } from './messages.ts';

const START_MS = Date.UTC(2026, 0, 1);
const at = (clockMs: number): SourceView => ({ ...NO_SOURCE, kind: 'simulated', name: 'walk', clockMs });
const RULES: AlarmRules = {
  ...DEFAULT_RULES,
  rules: [
    {
      id: 'r',
      // Everybody; whether the passage goes on is a matter of who is known to be in the group when the machine is taken up.
      scope: { kind: 'group', filter: 'text=a' },
      measure: 'marginRatio',
      severity: 'warning',
      arm: new Decimal('0.02'),
      clear: new Decimal('0.01'),
      onDelayMs: 0,
      offDelayMs: 0,
      cooldownMs: 0,
      channel: 'page',
    },
  ],
};
const QUERY: DeskAlarmQuery = {
  states: [],
  venues: [],
  text: '',
  isUnacknowledgedOnly: false,
  sort: { column: 'atRisk', falling: true },
  window: { from: 0, count: 200 },
};

/** A desk whose alarms are kept; `before` is what the last one left on disk. */
function started(open: OpenDesk, before: JournalNews | null) {
  const keeper = new Keeper();
  const machines = (before?.machines ?? []).map((row, i) => {
    const read = v.safeParse(MACHINE_ROW, { ...JSON.parse(JSON.stringify(row)), key: String(i), keptMs: 0 });
    expect(read.issues).toBeUndefined();
    return read.output as typeof row;
  });
  keeper.remember({ rules: null, areClosuresOn: null, acknowledgements: before?.acknowledgements ?? [], machines });
  const alarms = new DeskAlarms(open, () => ({ rules: RULES, volatilityOf: () => 0.05, keeper }));
  alarms.ask(QUERY);
  return {
    alarms,
    keeper,
    look: (clockMs: number) => {
      alarms.moved(at(clockMs));
      while (alarms.isWorking) alarms.work();
      return alarms.frame(clockMs)!;
    },
  };
}

it('DA-14: killed at any time, what was acknowledged stays so, few are kept whole, and what goes on is the same passage', () => {
  const open = openBookNow(randomBook(seeded(9), { accounts: 1_400 }));
  const first = started(open, null);
  const frame = first.look(START_MS);
  expect(frame.matched).toBeGreaterThan(KEPT_WHOLE + 100);
  expect(first.alarms.acknowledge(frame.rows[0]!.episode)).toBe(1);
  const one = first.keeper.news()!;
  expect(one.acknowledgements).toHaveLength(1);
  expect(one.events.map(({ event }) => event.kind)).toEqual(['flood']);
  expect(one.machines[0]!.snapshot.subjects).toHaveLength(KEPT_WHOLE);

  const second = started(open, one);
  const again = second.look(START_MS + 5_000);
  expect(again.matched).toBe(frame.matched);
  expect(again.unacknowledged).toBe(frame.matched - 1);
  expect(again.rows.find(({ episode }) => episode === frame.rows[0]!.episode)).toMatchObject({
    acknowledgedMs: START_MS,
    raisedMs: START_MS,
  });
  const wholes = new Set(one.machines[0]!.snapshot.subjects.map(({ episode }) => episode!.id));
  for (const { episode, raisedMs } of again.rows) expect(raisedMs).toBe(wholes.has(episode) ? START_MS : START_MS + 5_000);

  expect(second.alarms.acknowledge('')).toBe(frame.matched - 1);
  const all = second.keeper.news()!;
  expect(all.machines[0]!.snapshot.acknowledged).toHaveLength(frame.matched);
  // Killed again before its first look ends, and then once more.
  const third = started(open, all);
  third.alarms.moved(at(START_MS + 8_000));
  third.alarms.work();
  expect(third.keeper.news()).toBeNull();
  const fourth = started(open, all);
  expect(fourth.look(START_MS + 9_000)).toMatchObject({ matched: frame.matched, unacknowledged: 0 });
  // Under prices that begin anew nothing goes on.
  const fifth = started(open, all);
  expect(fifth.look(START_MS - 120_000)).toMatchObject({ matched: frame.matched, unacknowledged: frame.matched });
  expect(fifth.keeper.news()!.episodes.every(({ isLeft }) => isLeft)).toBe(true);
});
