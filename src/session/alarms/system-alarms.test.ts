import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { caseFloors } from '../../engine/testing/floors.ts';
import { SHAPES } from '../../journal/records.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import type { AlarmsFrame, JournalMemory, JournalNews } from '../protocol.ts';
import { emptySession, step } from '../session.ts';
import { feed, source, tick } from '../testing/fixtures.ts';
import { createAlarmWatch } from './alarm-watch.ts';
import type { AlarmCommand } from './messages.ts';
import { SystemAlarms, systemStream } from './system-alarms.ts';

const START_MS = Date.UTC(2026, 0, 1);
const floor = caseFloors();
const STREAM = systemStream('Demo', 'simulated:Simulated 1');

describe('AM-13 R of the loaded book', () => {
  it('stands while it is high, with its value and its rule, and delays run on between two measurements', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES, STREAM);
    expect(alarms.look(1.2, START_MS)).toEqual([]);
    expect(alarms.outlook()).toMatchObject([{ system: 'Demo', account: '', state: 'healthy', rules: [{}, {}, { countsInMs: 5_000 }] }]);
    const [raised] = alarms.wait(START_MS + 5_000);
    expect(raised).toMatchObject({ kind: 'step', rule: 'reproduction-call', to: 'margin-call', notice: 'due' });
    expect(alarms.standing()).toMatchObject([
      { system: 'Demo', state: 'margin-call', rule: 'reproduction-call', values: { reproduction: '1.2' }, call: null, deposit: '' },
    ]);
  });

  it('ends when nobody measures any more', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES, STREAM);
    alarms.look(1.2, START_MS + 20_000);
    alarms.look(1.2, START_MS + 25_000);
    expect(alarms.leave(START_MS + 30_000)).toMatchObject([{ to: 'healthy', rule: 'removed' }]);
    expect(alarms.outlook()).toEqual([]);
    expect(alarms.wait(START_MS + 40_000)).toEqual([]);
  });

  it('goes on under other rules where it was', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES, STREAM);
    alarms.look(1.2, START_MS);
    alarms.look(1.2, START_MS + 5_000);
    alarms.take({ ...DEFAULT_RULES, rules: DEFAULT_RULES.rules.slice() });
    expect(alarms.standing()).toHaveLength(1);
  });
});

describe('AM-13 in the journal', () => {
  /** A watch with a feed that runs, and what it had kept. */
  const stand = (memory: Partial<JournalMemory> = {}) => {
    const watch = createAlarmWatch();
    const kept: JournalNews[] = [];
    watch.journal({ kind: 'journal-memory', memory: { rules: null, areClosuresOn: null, acknowledgements: [], machines: [], ...memory } });
    let state = emptySession();
    const at = (seconds: number, reproduction: number | null, isRestarted = false): void => {
      const clockMs = START_MS + seconds * 1_000;
      const before = state;
      const input = feed([tick('BTC', '100', clockMs)], clockMs, { restarted: isRestarted, source: source(clockMs) });
      state = step(state, input, { nowMs: clockMs }).state;
      watch.follow(input, before, state, clockMs);
      watch.measured(reproduction === null ? null : { book: 'Demo', reproduction }, clockMs);
      const news = watch.takeNews();
      if (news) kept.push(structuredClone(news));
    };
    const frame = () => {
      const frames = watch.follow({ kind: 'flush' }, state, state, START_MS + 3_600_000);
      return frames.find(({ kind }) => kind === 'alarms') as AlarmsFrame;
    };
    return { watch, at, frame, kept, command: (command: AlarmCommand) => watch.command(command, state) };
  };

  it('every event is kept with its episode and with where the alarm stands, in the shape of the journal’s rows', () => {
    const { at, kept } = stand();
    at(0, 1.2, true);
    at(5, 1.2);
    at(10, null);
    const events = kept.flatMap((news) => news.events);
    expect(events.map(({ event }) => event.kind !== 'flood' && [event.rule, event.to])).toEqual([
      ['reproduction-call', 'margin-call'],
      ['removed', 'healthy'],
    ]);
    for (const { stream, event } of events) {
      expect(stream).toEqual({ book: 'Demo', account: 'R of the loaded book', feed: 'simulated:Simulated 1' });
      expect(v.safeParse(SHAPES.events, { id: event.id, keptMs: 1, stream, event }).issues).toBeUndefined();
    }
    const [raised] = kept.filter((news) => news.events.length > 0);
    expect(raised?.episodes).toMatchObject([{ isLeft: false, episode: { subject: { kind: 'system', book: 'Demo' } } }]);
    const [machine] = raised?.machines ?? [];
    expect(v.safeParse(SHAPES.machines, { key: 'k', keptMs: 1, ...machine }).issues).toBeUndefined();
  });

  it('taken up again it stands as it stood, acknowledged, and says nothing twice', () => {
    const first = stand();
    first.at(0, 1.2, true);
    first.at(5, 1.2);
    const [alarm] = first.frame().standing;
    expect(first.command({ kind: 'alarm-acknowledge', requestId: 4, episode: alarm!.episode })).toEqual([{ kind: 'done', requestId: 4 }]);
    first.at(6, 1.2);
    const { acknowledgements, machines } = first.kept.at(-1)!;
    expect([acknowledgements.length, machines.length]).toEqual([1, 1]);
    const second = stand({ acknowledgements, machines });
    second.at(7, 1.2, true);
    expect(second.frame().standing).toMatchObject([{ system: 'Demo', episode: alarm!.episode, acknowledgedMs: START_MS + 5_000 }]);
    expect(second.kept.flatMap((news) => news.events)).toEqual([]);
    // A feed set back begins anew: what stood is left.
    second.at(-120, 0.1, true);
    expect(second.kept.at(-1)).toMatchObject({ episodes: [{ isLeft: true }], dropped: [{ book: 'Demo' }] });
    expect(second.frame().standing).toEqual([]);
  });

  it('another book ends the alarm of the one before, under its own name', () => {
    const { watch, at, kept, frame } = stand();
    at(0, 1.2, true);
    at(5, 1.2);
    watch.measured({ book: 'other', reproduction: 0 }, START_MS + 6_000);
    expect(watch.takeNews()?.events).toMatchObject([{ stream: { book: 'Demo' }, event: { rule: 'removed' } }]);
    expect([kept.length > 0, frame().standing]).toEqual([true, []]);
  });
});

it('AL-25 without delays it stands from 1 on until R is below 0.9, whatever R does, and what is not known changes nothing', () => {
  const rules = {
    ...DEFAULT_RULES,
    rules: DEFAULT_RULES.rules.filter(({ id }) => id === 'reproduction-call').map((rule) => ({ ...rule, onDelayMs: 0, offDelayMs: 0 })),
  };
  const value = fc.oneof(
    fc.integer({ min: 0, max: 2_000 }).map((thousandths) => thousandths / 1_000),
    fc.constantFrom(0.9, 1, Number.NaN, 0.899_999, 0.999_999),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      const alarms = new SystemAlarms(rules, STREAM);
      let isUp = false;
      values.forEach((reproduction, i) => {
        alarms.look(reproduction, START_MS + i * 1_000);
        const before = isUp;
        if (reproduction >= 1) isUp = true;
        else if (reproduction < 0.9) isUp = false;
        expect(alarms.standing().length).toBe(isUp ? 1 : 0);
        if (before !== isUp) floor('turns', 500);
      });
    }),
    { numRuns: 500 },
  );
});
