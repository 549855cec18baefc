/** What only random traces against a second model found: how passages of one pool follow each other, and what a restart must not forget. */
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import type { AlarmEvent, Reading } from './events.ts';
import { type AlarmMachine, createAlarmMachine, type MachineSnapshot } from './machine.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_RULES } from './rules.ts';

const MINUTE = 60_000;

const rule = (
  severity: AlarmRule['severity'],
  measure: AlarmRule['measure'],
  [arm, clear]: [string, string],
  delays: [number, number],
): AlarmRule => ({
  id: `${measure}-${severity}`,
  scope: { kind: 'all' },
  measure,
  severity,
  arm: new Decimal(arm),
  clear: new Decimal(clear),
  onDelayMs: delays[0],
  offDelayMs: delays[1],
  cooldownMs: 10 * MINUTE,
  channel: 'page',
});

const { bypass: _, ...PLAIN } = DEFAULT_RULES;
const rulesOf = (rules: readonly AlarmRule[], more: Partial<AlarmRules> = {}): AlarmRules => ({
  ...PLAIN,
  rules,
  escalateAfterMs: 0,
  ...more,
});

const reading = (values: Reading['values'], more: Partial<Reading> = {}): Reading => ({
  subject: { kind: 'pool', account: 'a', pool: 'cross', venue: 'binance-usdm', markets: ['BTC'] },
  values,
  knowledge: 'known',
  venueState: 'open',
  ...more,
});

/** Looks at one pool, in order. */
const looking = (machine: AlarmMachine) => {
  let sequence = 0;
  return (timeMs: number, one?: Reading): AlarmEvent[] =>
    machine
      .evaluate({ sequence: ++sequence, timeMs, readings: one ? [one] : [] })
      .filter((event): event is AlarmEvent => event.kind !== 'flood');
};

const kept = (machine: AlarmMachine): MachineSnapshot => JSON.parse(JSON.stringify(machine.snapshot())) as MachineSnapshot;

describe('AL-5 a pool first seen', () => {
  it.each([0, 1, 3, 240])('is taken to have had the calm level, %i minutes into the stream as at its start', (minutes) => {
    const rules = rulesOf([rule('warning', 'sigmaDistance', ['2.3', '2.8'], [5 * MINUTE, 0])], {
      bypass: { measure: 'sigmaDistance', worsening: new Decimal(1), withinMs: MINUTE, calmLevel: new Decimal(5) },
    });
    const look = looking(createAlarmMachine(rules));
    for (let i = 0; i < minutes; i++) expect(look(i * MINUTE, reading({ sigmaDistance: 9 }))).toEqual([]);
    expect(look(minutes * MINUTE, reading({ sigmaDistance: 2 }))).toMatchObject([{ to: 'warning', rule: 'sigmaDistance-warning' }]);
  });
});

describe('AL-14 first seen', () => {
  const rules = rulesOf([
    rule('warning', 'marginRatio', ['0.5', '0.4'], [MINUTE, 0]),
    rule('watch', 'leverage', ['10', '9'], [9 * MINUTE, 0]),
  ]);

  it('of a second passage is when its own level was passed, though the cooldown of the first still runs', () => {
    const look = looking(createAlarmMachine(rules));
    const ratios = [0.6, 0.6, 0.1, 0.1, 0.6, 0.6];
    const said = ratios.flatMap((ratio, i) => look(i * MINUTE, reading({ marginRatio: ratio })));
    expect(said.map(({ to, episode }) => [to, episode.firstSeenMs / MINUTE])).toEqual([
      ['warning', 0],
      ['healthy', 0],
      ['warning', 4],
    ]);
  });

  it('of a passage that counts already when the one before ends is that end', () => {
    const look = looking(createAlarmMachine(rules));
    for (const at of [0, 1]) look(at * MINUTE, reading({ marginRatio: 0.6, leverage: 12 }));
    expect(look(2 * MINUTE, reading({ marginRatio: 0.1, leverage: 12 }))).toMatchObject([{ to: 'healthy' }]);
    for (let at = 3; at < 9; at++) expect(look(at * MINUTE, reading({ marginRatio: 0.1, leverage: 12 }))).toEqual([]);
    expect(look(9 * MINUTE, reading({ marginRatio: 0.1, leverage: 12 }))).toMatchObject([
      { to: 'watch', episode: { firstSeenMs: 2 * MINUTE } },
    ]);
  });
});

describe('AL-6, AL-12 a restart', () => {
  it('does not take a margin ratio that is not known for one that does not exist: the call goes on', () => {
    const rules = rulesOf([rule('margin-call', 'leverage', ['10', '9'], [0, MINUTE])]);
    const first = createAlarmMachine(rules);
    looking(first)(0, reading({ leverage: 12, marginRatio: 0.9 }));
    const steps = (machine: AlarmMachine) =>
      [1, 2, 3].flatMap((i) => machine.evaluate({ sequence: 2 + i, timeMs: i * MINUTE, readings: [] }));
    first.evaluate({ sequence: 2, timeMs: 1, readings: [reading({ leverage: 1, marginRatio: 'unknown' })] });
    const second = createAlarmMachine(rules, { snapshot: kept(first) });
    expect(steps(second)).toEqual(steps(first));
    expect(second.standing()).toMatchObject([{ worstState: 'margin-call' }]);
    expect(second.stateOf(reading({}).subject)).toBe('margin-call');
  });
});

describe('AL-17 a call after one that the venue overtook', () => {
  it('is open, though both were issued at the same clock', () => {
    const rules = rulesOf([rule('margin-call', 'marginRatio', ['0.8', '0.7'], [0, 0])]);
    const look = looking(createAlarmMachine(rules));
    const call = (said: readonly AlarmEvent[]) => said.map(({ to, episode }) => [to, episode.call?.status]);
    expect(call(look(MINUTE, reading({ marginRatio: 0.9 })))).toEqual([['margin-call', 'open']]);
    expect(call(look(MINUTE, reading({ marginRatio: 1.1 }, { venueState: 'liquidation' })))).toEqual([['liquidation', 'overtaken']]);
    expect(call(look(MINUTE, reading({ marginRatio: 0.9 })))).toEqual([['margin-call', 'open']]);
  });
});

describe('AL-12 after the venue acted', () => {
  const acting = reading({ marginRatio: 1.1 }, { venueState: 'liquidation' });
  const call = rule('margin-call', 'marginRatio', ['0.8', '0.7'], [0, 0]);
  const { cureRatio: __, ...uncured } = PLAIN.marginCall;
  const states = (said: readonly AlarmEvent[]) => said.map(({ from, to }) => `${from} ${to}`);

  it.each([
    ['a rule of margin calls that clears at once', [call]],
    ['no rule of margin calls', [rule('watch', 'leverage', ['10', '9'], [0, 0])]],
  ])('there is a margin call for a look: with %s and without a cure', (_name, rules) => {
    const look = looking(createAlarmMachine(rulesOf(rules, { marginCall: uncured })));
    const better = reading({ marginRatio: 0.1 });
    expect(states(look(0, acting))).toEqual(['healthy liquidation']);
    expect(states(look(0, better))).toEqual(['liquidation margin-call']);
    expect(states(look(0, better))).toEqual(['margin-call healthy']);
  });

  it.each([
    ['no debt', { marginRatio: 0 }],
    ['nothing at all', {}],
  ])('a pool with %s left is at its end, liquidated; nothing of it is said again', (_name, values) => {
    const machine = createAlarmMachine(rulesOf(DEFAULT_RULES.rules, { escalateAfterMs: MINUTE }));
    const look = looking(machine);
    look(0, acting);
    const empty = reading(values);
    expect(look(1, { ...empty, knowledge: 'stale' })).toEqual([]);
    expect(look(2, empty)).toMatchObject([
      { from: 'liquidation', to: 'healthy', rule: 'venue', notice: 'quiet', episode: { outcome: 'liquidated', closedMs: 2 } },
    ]);
    expect([1, 2, 20].flatMap((minutes) => look(minutes * MINUTE, empty))).toEqual([]);
    expect(machine.standing()).toEqual([]);
  });

  it('a rule that is armed of a pool that is empty begins to count then', () => {
    const look = looking(createAlarmMachine(rulesOf([call, rule('warning', 'marginExcess', ['50', '60'], [MINUTE, 0])])));
    look(0, acting);
    const empty = reading({ marginExcess: 0 });
    expect(states(look(1, empty))).toEqual(['liquidation healthy']);
    expect(look(MINUTE, empty)).toEqual([]);
    expect(look(MINUTE + 1, empty)).toMatchObject([{ from: 'healthy', to: 'warning', episode: { firstSeenMs: 1 } }]);
  });
});

describe('AL-6 other rules, taken in steps', () => {
  it('go on as from a snapshot; what is acknowledged between two steps is kept', () => {
    const rules = rulesOf([rule('warning', 'marginRatio', ['0.5', '0.4'], [0, MINUTE])]);
    const next = rulesOf([rules.rules[0]!, rule('margin-call', 'leverage', ['10', '9'], [0, 0])]);
    const readings = ['a', 'b', 'c'].map((account) => {
      const one = reading({ marginRatio: 0.6, leverage: 12 });
      return { ...one, subject: { ...one.subject, account } as Reading['subject'] };
    });
    const first = createAlarmMachine(rules);
    first.evaluate({ sequence: 1, timeMs: 0, readings });
    const steps = first.underRulesSteps(next, {}, 1);
    for (let i = 0; i < 4; i++) expect(steps.next().done).toBe(false);
    for (const { id } of first.standing()) first.acknowledge(id, 'user', 1);
    let made = steps.next();
    while (!made.done) made = steps.next();
    const whole = createAlarmMachine(next, { snapshot: kept(first) });
    expect(made.value.standing()).toEqual(whole.standing());
    expect(made.value.standing().map(({ acknowledged }) => acknowledged?.by)).toEqual(['user', 'user', 'user']);
    const look = { sequence: 2, timeMs: MINUTE, readings };
    const said = made.value.evaluate(look);
    expect(said).toEqual(whole.evaluate(look));
    expect(said).toHaveLength(3);
  });
});
