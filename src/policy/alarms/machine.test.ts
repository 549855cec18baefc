import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import type { AlarmEvent, AlarmState, FloodEvent, Reading, Subject } from './events.ts';
import { createAlarmMachine, type MachineSnapshot } from './machine.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_RULES, interestLevels } from './rules.ts';
import file from './vectors/state.json' with { type: 'json' };

const STEP = 60_000;
const START = Date.UTC(2025, 9, 10, 21);

const pool = (account: string, venue = 'binance-usdm', markets: readonly string[] = ['BTC']): Subject => ({
  kind: 'pool',
  account,
  pool: 'cross',
  venue,
  markets,
});

const ratioRule = (severity: AlarmRule['severity'], arm: string, clear: string, more: Partial<AlarmRule> = {}): AlarmRule => ({
  id: `ratio-${severity}`,
  scope: { kind: 'all' },
  measure: 'marginRatio',
  severity,
  arm: new Decimal(arm),
  clear: new Decimal(clear),
  onDelayMs: STEP,
  offDelayMs: 2 * STEP,
  cooldownMs: 0,
  channel: 'page',
  ...more,
});

const { bypass: _, ...WITHOUT_BYPASS } = DEFAULT_RULES;
const rulesWith = (rules: readonly AlarmRule[], more: Partial<AlarmRules> = {}): AlarmRules => ({
  ...WITHOUT_BYPASS,
  rules,
  marginCall: { clockMs: 0, venueClockMs: {} },
  escalateAfterMs: 0,
  ...more,
});

const PLAIN = rulesWith([ratioRule('warning', '0.5', '0.45'), ratioRule('margin-call', '0.8', '0.75')]);

const at = (ratio: number | undefined, more: Partial<Reading> = {}): Reading => ({
  subject: pool('a'),
  values: ratio === undefined ? {} : { marginRatio: ratio },
  knowledge: 'known',
  venueState: ratio !== undefined && ratio > 1 ? 'liquidation' : 'open',
  ...more,
});

/** A machine that is looked at a step apart, and everything it said. */
const driven = (rules: AlarmRules, options: Parameters<typeof createAlarmMachine>[1] = {}) => {
  const machine = createAlarmMachine(rules, options);
  const said: (AlarmEvent | FloodEvent)[] = [];
  let sequence = 0;
  let timeMs = START;
  const look = (readings: readonly Reading[], stepMs = STEP, number?: number): readonly (AlarmEvent | FloodEvent)[] => {
    timeMs += stepMs;
    sequence = number ?? sequence + 1;
    const events = machine.evaluate({ sequence, timeMs, readings });
    said.push(...events);
    return events;
  };
  const steps = (): string[] =>
    said.map((event) => (event.kind === 'flood' ? `flood ${event.phase}` : `${event.kind} ${event.from}→${event.to}`));
  return { machine, said, steps, look, now: () => timeMs };
};

describe('AL-9 what is stale ends nothing', () => {
  it('a liquidation goes on while the data that says otherwise is old', () => {
    const { look, machine } = driven(PLAIN);
    look([at(1.2)]);
    expect(machine.stateOf(pool('a'))).toBe('liquidation');
    for (let i = 0; i < 5; i++) expect(look([at(0.3, { knowledge: 'stale', venueState: 'open' })])).toEqual([]);
    expect(machine.stateOf(pool('a'))).toBe('liquidation');
    look([at(0.3)]);
    expect(machine.stateOf(pool('a'))).toBe('margin-call');
  });

  it('a call whose deadline comes while the data is old has expired, and it is told', () => {
    const { look } = driven(
      rulesWith([...PLAIN.rules], { marginCall: { clockMs: 3 * STEP, venueClockMs: {}, cureRatio: new Decimal('0.65') } }),
    );
    const capital = (equity: number) => ({ capital: { equity, requirement: 80 } });
    look([at(0.9, capital(90))]);
    look([at(0.9, capital(90))]);
    look([at(0.4, { ...capital(200), knowledge: 'stale' })]);
    const said = [STEP, STEP, STEP].flatMap((stepMs) => look([at(0.4, { ...capital(200), knowledge: 'stale' })], stepMs));
    expect(said).toMatchObject([{ kind: 'call-end', notice: 'due', episode: { call: { status: 'expired' } } }]);
  });
});

describe('AL-1 the markets of a pool change while it is in alarm', () => {
  it('a rule of a market counts from the look at which the pool rests on it', () => {
    const own = ratioRule('margin-call', '0.6', '0.55', { id: 'own', scope: { kind: 'market', market: 'ETH' }, onDelayMs: 0 });
    const { look, machine } = driven(rulesWith([ratioRule('warning', '0.5', '0.45', { onDelayMs: 0 }), own]));
    look([at(0.7)]);
    expect(machine.stateOf(pool('a'))).toBe('warning');
    look([at(0.7, { subject: pool('a', 'binance-usdm', ['BTC', 'ETH']) })]);
    expect(machine.stateOf(pool('a'))).toBe('margin-call');
  });
});

describe('STATE-1', () => {
  it('the trace of 25 looks, exactly', () => {
    const { inputs, expected } = file.vectors[0]!;
    const { machine, look } = driven(PLAIN);
    const states = inputs.mm_over_equity.map((ratio) => {
      look([at(ratio)]);
      return machine.stateOf(pool('a')).toUpperCase().replace('-', '_');
    });
    expect(states).toEqual(expected.states);
  });

  it('the same with decimals, and when looked at only where something changed', () => {
    const { inputs, expected } = file.vectors[0]!;
    const { machine, look } = driven(PLAIN);
    let last: number | undefined;
    const states = inputs.mm_over_equity.map((ratio) => {
      look(ratio === last ? [] : [at(ratio, { values: { marginRatio: new Decimal(ratio) } })]);
      last = ratio;
      return machine.stateOf(pool('a')).toUpperCase().replace('-', '_');
    });
    expect(states).toEqual(expected.states);
  });
});

describe('AL-9 to AL-11 delays', () => {
  it('a level belongs to the worse side; clear is strictly better', () => {
    const rules = rulesWith([ratioRule('warning', '0.5', '0.45', { onDelayMs: 0, offDelayMs: 0 })]);
    const { steps, look } = driven(rules);
    look([at(0.5)]);
    look([at(0.45)]);
    look([at(0.4499)]);
    expect(steps()).toEqual(['step healthy→warning', 'step warning→healthy']);
  });

  it('a measure that is better the higher it is', () => {
    const rules = rulesWith([ratioRule('watch', '1.1', '1.2', { measure: 'healthFactor', onDelayMs: 0, offDelayMs: 0 })]);
    const { steps, look } = driven(rules);
    for (const healthFactor of [1.11, 1.1, 1.2, 1.21]) look([at(undefined, { values: { healthFactor } })]);
    expect(steps()).toEqual(['step healthy→watch', 'step watch→healthy']);
  });

  it('what is not known neither arms nor clears, and its time does not count', () => {
    const { machine, look, steps } = driven(PLAIN);
    const unknown = at(undefined, { knowledge: 'stale', venueState: 'unknown' });
    look([at(0.6)]);
    look([unknown]);
    look([]);
    expect(steps()).toEqual([]);
    look([at(0.6)]);
    look([at(0.6)]);
    expect(steps()).toEqual(['step healthy→warning']);
    look([at(0.1)]);
    for (let i = 0; i < 50; i++) look([unknown]);
    expect(machine.stateOf(pool('a'))).toBe('warning');
    look([at(0.1)]);
    look([at(0.1)]);
    expect(machine.stateOf(pool('a'))).toBe('warning');
    look([at(0.1)]);
    expect(machine.stateOf(pool('a'))).toBe('healthy');
  });

  it('a measure that does not exist is as good as can be', () => {
    const { machine, look } = driven(PLAIN);
    look([at(0.6)]);
    look([at(0.6)]);
    for (let i = 0; i < 3; i++) look([at(undefined)]);
    expect(machine.stateOf(pool('a'))).toBe('healthy');
    expect(machine.size()).toBe(0);
  });
});

describe('AL-4 clocks', () => {
  it('a doubled or late look is not taken', () => {
    const { machine, look } = driven(PLAIN);
    look([at(0.6)], STEP, 5);
    look([at(0.1)], 0, 5);
    look([at(0.1)], -STEP, 4);
    look([at(0.6)], 2 * STEP, 6);
    expect(machine.stateOf(pool('a'))).toBe('warning');
  });

  it('error: a clock that is no number', () => {
    const { machine } = driven(PLAIN);
    expect(() => machine.evaluate({ sequence: 1, timeMs: Number.NaN, readings: [] })).toThrow(RangeError);
  });

  it('a clock set back moves no delay, one set forward is a gap', () => {
    const { machine, look } = driven(PLAIN);
    look([at(0.6)]);
    look([at(0.6)], -3 * 3_600_000);
    look([at(0.6)], 5 * 3_600_000);
    expect(machine.stateOf(pool('a'))).toBe('healthy');
    look([at(0.6)], STEP);
    expect(machine.stateOf(pool('a'))).toBe('warning');
  });

  it('sleep: an alarm does not clear for what nobody saw, and what is worse on waking counts from then', () => {
    const { machine, look } = driven(PLAIN);
    look([at(0.6)]);
    look([at(0.6)]);
    look([at(0.1)]);
    look([at(0.1)], 8 * 3_600_000);
    expect(machine.stateOf(pool('a'))).toBe('warning');
    look([at(0.1)]);
    look([at(0.1)]);
    expect(machine.stateOf(pool('a'))).toBe('healthy');
    look([at(1.5)], 8 * 3_600_000);
    expect(machine.stateOf(pool('a'))).toBe('liquidation');
  });

  it('midnight and the change of local time are instants like any other', () => {
    const run = (start: number): string[] => {
      const machine = createAlarmMachine(PLAIN);
      return file.vectors[0]!.inputs.mm_over_equity.map((ratio, i) => {
        machine.evaluate({ sequence: i, timeMs: start + i * STEP, readings: [at(ratio)] });
        return machine.stateOf(pool('a'));
      });
    };
    const plain = run(START);
    expect(run(Date.UTC(2025, 9, 26, 0, 50))).toEqual(plain);
    expect(run(Date.UTC(2025, 11, 31, 23, 50))).toEqual(plain);
    expect(run(-1000)).toEqual(plain);
  });
});

describe('AL-5 bypass', () => {
  const rules = rulesWith([ratioRule('warning', '2.32', '2.82', { measure: 'sigmaDistance', onDelayMs: 10 * STEP })], {
    bypass: { measure: 'sigmaDistance', worsening: new Decimal(1), withinMs: 10 * STEP, calmLevel: new Decimal('4.76') },
  });
  const sigma = (sigmaDistance: number): Reading => at(undefined, { values: { sigmaDistance } });

  it('a fall of a σ counts at once, also from calm', () => {
    const { steps, look } = driven(rules);
    look([sigma(2.3)]);
    expect(steps()).toEqual(['step healthy→warning']);
  });

  it('a slow fall waits', () => {
    const slow = { ...rules, bypass: { ...rules.bypass!, worsening: new Decimal(3) } };
    const { steps, look } = driven(slow);
    for (let i = 0; i < 10; i++) look([sigma(2.3 - i / 100)]);
    expect(steps()).toEqual([]);
    look([sigma(2.2)]);
    expect(steps()).toEqual(['step healthy→warning']);
  });

  it('many small steps within the window are one fall', () => {
    const { calmLevel: _unused, ...noCalm } = rules.bypass!;
    const { steps, look } = driven({ ...rules, bypass: noCalm });
    for (let i = 0; i < 6; i++) look([sigma(2.3 - i * 0.15)]);
    expect(steps()).toEqual([]);
    look([sigma(1.29)]);
    expect(steps()).toEqual(['step healthy→warning']);
  });
});

describe('AL-12 what the venue does', () => {
  it('liquidation and bankruptcy at once; afterwards a margin call, until its rules clear', () => {
    const { machine, look, steps } = driven(PLAIN);
    look([at(0.1, { venueState: 'liquidation' })]);
    look([at(undefined, { venueState: 'bankrupt' })]);
    look([at(0.1)]);
    expect(machine.stateOf(pool('a'))).toBe('margin-call');
    look([]);
    expect(machine.stateOf(pool('a'))).toBe('margin-call');
    look([]);
    expect(steps()).toEqual([
      'step healthy→liquidation',
      'step liquidation→bankrupt',
      'step bankrupt→margin-call',
      'step margin-call→healthy',
    ]);
  });

  it('a call is latched until the ratio is cured', () => {
    const rules = { ...PLAIN, marginCall: { ...PLAIN.marginCall, cureRatio: new Decimal('0.65') } };
    const { machine, look } = driven(rules);
    look([at(0.85)]);
    look([at(0.85)]);
    for (let i = 0; i < 5; i++) look([at(0.7)]);
    expect(machine.stateOf(pool('a'))).toBe('margin-call');
    look([at(0.65)]);
    expect(machine.stateOf(pool('a'))).toBe('warning');
  });
});

describe('AL-13 to AL-16 episodes', () => {
  it('one row a passage: first seen, worst, lead time, duration', () => {
    const { said, look } = driven(PLAIN);
    for (const ratio of [0.3, 0.6, 0.7, 0.6, 0.9, 0.95, 1.2, 0.9, 0.1, 0.1, 0.1, 0.1]) look([at(ratio)]);
    const episodes = new Set(said.map((event) => event.kind !== 'flood' && event.episode.id));
    expect(episodes.size).toBe(1);
    const last = said.at(-1) as AlarmEvent;
    expect(last.to).toBe('healthy');
    expect(last.episode).toMatchObject({
      serial: 1,
      firstSeenMs: START + 2 * STEP,
      raisedMs: START + 3 * STEP,
      worstState: 'liquidation',
      worst: { marginRatio: '1.2' },
      leadMs: 4 * STEP,
      outcome: 'liquidated',
      durationMs: 8 * STEP,
    });
    expect(said.map(({ id }) => id)).toEqual(said.map((_event, i) => `${last.episode.id}-${i + 1}`));
  });

  it('acknowledged until it gets worse; escalated when nobody does', () => {
    const { machine, said, look } = driven({ ...PLAIN, escalateAfterMs: 3 * STEP });
    look([at(0.6)]);
    look([at(0.6)]);
    const { id } = machine.standing()[0]!;
    look([], 3 * STEP);
    expect(said.map(({ kind }) => kind)).toEqual(['step', 'escalation']);
    look([], 10 * STEP);
    expect(said).toHaveLength(2);
    look([at(0.9)]);
    look([at(0.9)]);
    expect(machine.acknowledge(id, 'me', START)?.acknowledged).toEqual({ atMs: START, by: 'me' });
    look([], 30 * STEP);
    expect(said.map(({ kind }) => kind)).toEqual(['step', 'escalation', 'step']);
    look([at(1.1)]);
    expect(machine.standing()[0]!.acknowledged).toBeUndefined();
    expect(machine.acknowledge('nobody', 'me', START)).toBeUndefined();
    expect(machine.noteCure(id, 'deposited')?.cure).toBe('deposited');
  });

  it('snoozed: silent, said again at its end, broken by a step up', () => {
    const { machine, said, look } = driven({ ...PLAIN, escalateAfterMs: 3 * STEP });
    look([at(0.6)]);
    look([at(0.6)]);
    const { id } = machine.standing()[0]!;
    machine.snooze(id, 10 * STEP);
    look([], 5 * STEP);
    expect(machine.outlook(pool('a')).snoozedForMs).toBe(5 * STEP);
    expect(said).toHaveLength(1);
    look([], 5 * STEP);
    expect(said.map(({ kind }) => kind)).toEqual(['step', 'escalation']);
    machine.snooze(id, 100 * STEP);
    look([at(1.1)]);
    expect(machine.outlook(pool('a')).snoozedForMs).toBeUndefined();
    expect((said.at(-1) as AlarmEvent).notice).toBe('due');
  });

  it('AL-15 cooldown: no second notice of the same or less, but of more', () => {
    const rules = rulesWith([
      ratioRule('warning', '0.5', '0.45', { onDelayMs: 0, offDelayMs: 0, cooldownMs: 20 * STEP }),
      ratioRule('margin-call', '0.8', '0.75', { onDelayMs: 0, offDelayMs: 0, cooldownMs: 20 * STEP }),
    ]);
    const { said, look, machine } = driven(rules);
    for (const ratio of [0.6, 0.1, 0.6, 0.9, 0.1]) look([at(ratio)]);
    const notices = said.map((event) => (event as AlarmEvent).notice);
    expect(notices).toEqual(['due', 'quiet', 'cooldown', 'due', 'quiet']);
    expect(machine.size()).toBe(1);
    look([], 20 * STEP);
    expect(machine.size()).toBe(0);
  });

  it('a subject that is no more ends its episode', () => {
    const { machine, look, now } = driven(PLAIN);
    look([at(0.6)]);
    look([at(0.6)]);
    const [event] = machine.evaluate({ sequence: 99, timeMs: now() + STEP, readings: [], removed: [pool('a'), pool('b')] });
    expect((event as AlarmEvent).episode.outcome).toBe('removed');
    expect(machine.size()).toBe(0);
  });
});

describe('AL-17 the clock of a margin call', () => {
  const capital = (equity: number) => ({ equity, requirement: 900 });
  const rules = rulesWith([ratioRule('margin-call', '0.8', '0.75', { onDelayMs: 0, offDelayMs: 0 })], {
    marginCall: { cureRatio: new Decimal('0.5'), clockMs: 3 * STEP, venueClockMs: { hyperliquid: 0 } },
  });
  const asked = (ratio: number, equity: number): Reading => at(ratio, { capital: capital(equity) });

  it('expires when nothing came', () => {
    const { said, look, machine } = driven(rules);
    look([asked(0.9, 1000)]);
    expect(machine.standing()[0]!.call).toMatchObject({ status: 'open', asked: 800, deadlineMs: START + 4 * STEP });
    expect(machine.outlook(pool('a')).callEndsInMs).toBe(3 * STEP);
    look([asked(0.95, 950)], 3 * STEP);
    expect((said.at(-1) as AlarmEvent).kind).toBe('call-end');
    expect((said.at(-1) as AlarmEvent).episode.call).toMatchObject({ status: 'expired', metShare: -0.0625 });
    look([], 30 * STEP);
    expect(said).toHaveLength(2);
  });

  it('is partly met', () => {
    const { said, look } = driven(rules);
    look([asked(0.9, 1000)]);
    look([asked(0.78, 1200)], 3 * STEP);
    expect((said.at(-1) as AlarmEvent).episode.call).toMatchObject({ status: 'partly-met', metShare: 0.25 });
  });

  it('asks for nothing: at its deadline it is met, unless money is missing by then, or nobody knows', () => {
    const end = (last: Reading): unknown => {
      const { said, look, machine } = driven(rules);
      // The cure asks for 900 ÷ 0.5: there is more. The rule that raised it looks at something else.
      look([asked(0.9, 2000)]);
      expect(machine.standing()[0]!.call).not.toHaveProperty('asked');
      look([last], 3 * STEP);
      const event = said.at(-1) as AlarmEvent;
      expect(event.kind).toBe('call-end');
      return [event.episode.call?.status, event.notice];
    };
    expect(end(asked(0.9, 2000))).toEqual(['met', 'quiet']);
    expect(end(asked(0.9, 1800))).toEqual(['met', 'quiet']);
    expect(end(asked(0.9, 1799))).toEqual(['expired', 'due']);
    expect(end({ ...asked(0.9, 2000), knowledge: 'stale' })).toEqual(['expired', 'due']);
  });

  it('is met', () => {
    const { said, look } = driven(rules);
    look([asked(0.9, 1000)]);
    look([asked(0.45, 2000)]);
    expect((said.at(-1) as AlarmEvent).episode).toMatchObject({ outcome: 'cured', call: { status: 'met' } });
    look([], 30 * STEP);
    expect(said).toHaveLength(2);
  });

  it('is overtaken by the venue, and asked anew afterwards', () => {
    const { said, look, machine } = driven(rules);
    look([asked(0.9, 1000)]);
    look([asked(1.1, 820)]);
    expect((said.at(-1) as AlarmEvent).episode.call?.status).toBe('overtaken');
    look([asked(0.9, 1000)]);
    expect(machine.standing()[0]!.call).toMatchObject({ status: 'open', issuedMs: START + 3 * STEP });
  });

  it('has no clock on a chain', () => {
    const { said, look } = driven(rules);
    look([{ ...asked(0.9, 1000), subject: pool('a', 'hyperliquid') }]);
    look([], 30 * STEP);
    expect(said).toHaveLength(1);
    expect((said[0] as AlarmEvent).episode.call).toBeUndefined();
  });
});

describe('AL-20, AL-21 floods', () => {
  const rules = rulesWith([
    ratioRule('warning', '0.5', '0.45', { onDelayMs: 0, offDelayMs: 0 }),
    ratioRule('warning', '0.5', '0.45', {
      id: 'mine',
      scope: { kind: 'account', account: 'a7' },
      onDelayMs: 0,
      offDelayMs: 0,
      cooldownMs: 1,
    }),
  ]);

  it('hundreds at once become one ranked alarm; the own account is still told', () => {
    const mineFirst = rulesWith([...rules.rules].reverse());
    const { said, look } = driven(mineFirst);
    look(Array.from({ length: 300 }, (_unused, i) => ({ ...at(0.6), subject: pool(`a${i}`), atRisk: i * 100 })));
    const due = said.filter((event) => event.kind !== 'flood' && event.notice === 'due');
    expect(due.map((event) => event.kind !== 'flood' && event.rule)).toEqual(['mine']);
    const flood = said.at(-1) as FloodEvent;
    expect(flood).toMatchObject({ kind: 'flood', phase: 'begins', counts: { warning: 300 }, atRisk: (300 * 299 * 100) / 2 });
    expect(flood.ranked.map(({ atRisk }) => atRisk)).toEqual(Array.from({ length: 10 }, (_unused, i) => (299 - i) * 100));
  });

  it('ends when it is quiet again, and ten are no flood', () => {
    const { said, look } = driven(rules);
    look(Array.from({ length: 10 }, (_unused, i) => ({ ...at(0.6), subject: pool(`a${i}`) })));
    expect(said.some(({ kind }) => kind === 'flood')).toBe(false);
    look([
      { ...at(0.6), subject: pool('b') },
      { ...at(0.6), subject: pool('c') },
    ]);
    expect(said.filter(({ kind }) => kind === 'flood')).toHaveLength(1);
    look([]);
    look([], 10 * STEP);
    expect(said.filter((event) => event.kind === 'flood').map((event) => event.phase)).toEqual(['begins', 'ends']);
  });
});

describe('AL-1 scopes', () => {
  const subjects: readonly Subject[] = [
    pool('a'),
    pool('b', 'okx', ['ETH', 'SOL']),
    { kind: 'market', market: 'ETH', venue: 'okx' },
    { kind: 'system', book: 'Demo', venue: '' },
  ];
  const reached = (scope: AlarmRule['scope'], measure: AlarmRule['measure'] = 'marginRatio'): string[] => {
    const machine = createAlarmMachine(rulesWith([ratioRule('watch', '0.5', '0.5', { scope, measure, onDelayMs: 0 })]), {
      isInGroup: (filter, account) => filter === 'account = b' && account === 'b',
    });
    const readings = subjects.map((subject) => ({ ...at(0.6), subject, values: { marginRatio: 0.6, feed: 3, reproduction: 0.9 } }));
    return machine.evaluate({ sequence: 1, timeMs: START, readings }).map((event) => {
      const { subject } = event as AlarmEvent;
      return subject.kind === 'pool' ? subject.account : subject.kind === 'market' ? subject.market : subject.book;
    });
  };

  it.each([
    [{ kind: 'all' }, ['a', 'b']],
    [{ kind: 'account', account: 'a' }, ['a']],
    [{ kind: 'group', filter: 'account = b' }, ['b']],
    [{ kind: 'market', market: 'SOL' }, ['b']],
    [{ kind: 'venue', venue: 'okx' }, ['b']],
  ] as const)('%j', (scope, accounts) => {
    expect(reached(scope)).toEqual(accounts);
  });

  it('AL-25 R is of the whole book', () => {
    expect(reached({ kind: 'all' }, 'reproduction')).toEqual(['Demo']);
    expect(reached({ kind: 'market', market: 'ETH' }, 'reproduction')).toEqual([]);
  });

  it('feeds are of markets', () => {
    expect(reached({ kind: 'all' }, 'feed')).toEqual(['ETH']);
    expect(reached({ kind: 'market', market: 'BTC' }, 'feed')).toEqual([]);
  });
});

describe('AL-7 what need not be read', () => {
  it('the loosest level of every measure', () => {
    expect(interestLevels(DEFAULT_RULES).map(({ measure, level }) => [measure, level.toFixed()])).toEqual([
      ['liquidationProbability24h', '0.01'],
      ['marginRatio', '0.5'],
      ['feed', '2'],
      ['pegGap', '0.01'],
      ['collateralGap', '0.02'],
      ['reproduction', '0.5'],
    ]);
  });

  it('calm subjects leave nothing behind', () => {
    const { machine, look } = driven(PLAIN);
    look(Array.from({ length: 1000 }, (_unused, i) => ({ ...at(i / 2500), subject: pool(`a${i}`) })));
    expect(machine.size()).toBe(0);
    look([{ ...at(0.6), subject: pool('a1') }]);
    expect(machine.isWatched(pool('a1'))).toBe(true);
    look([{ ...at(0.1), subject: pool('a1') }]);
    expect(machine.size()).toBe(0);
  });
});

describe('AL-6 taken up again', () => {
  const trace = [0.3, 0.6, 0.7, 0.9, 0.95, 1.2, 0.9, 0.6, 0.1, 0.1, 0.1, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1];
  const looks = trace.map((ratio, i) => ({
    sequence: i,
    timeMs: START + i * STEP,
    readings: [at(ratio), { ...at(ratio / 1.3), subject: pool('b') }],
  }));
  const all = (rules: AlarmRules): unknown[] => {
    const machine = createAlarmMachine(rules);
    return looks.flatMap((look) => machine.evaluate(look));
  };

  it('killed after any look, restarted from its snapshot as JSON: the same events with the same ids', () => {
    const rules = {
      ...PLAIN,
      escalateAfterMs: 2 * STEP,
      marginCall: { cureRatio: new Decimal('0.65'), clockMs: 2 * STEP, venueClockMs: {} },
    };
    const whole = all(rules);
    expect(whole.length).toBeGreaterThan(10);
    for (let cut = 0; cut < looks.length; cut++) {
      const first = createAlarmMachine(rules);
      const before = looks.slice(0, cut).flatMap((look) => first.evaluate(look));
      const snapshot = JSON.parse(JSON.stringify(first.snapshot())) as MachineSnapshot;
      const second = createAlarmMachine(rules, { snapshot });
      const after = looks.flatMap((look) => second.evaluate(look));
      expect([...before, ...after]).toEqual(whole);
    }
  });

  it('a new stream counts its looks from anew', () => {
    const first = createAlarmMachine(PLAIN);
    for (const look of looks.slice(0, 4)) first.evaluate(look);
    const second = createAlarmMachine(PLAIN, { snapshot: first.snapshot(), isNewStream: true });
    const events = second.evaluate({ sequence: 0, timeMs: START + 4 * STEP, readings: [at(1.1)] });
    expect(events.map((event) => event.kind !== 'flood' && event.to)).toEqual(['liquidation']);
  });

  it('rules that are no more end what they held; new ones begin calm', () => {
    const first = createAlarmMachine(PLAIN);
    for (const look of looks.slice(0, 3)) first.evaluate(look);
    expect(first.stateOf(pool('a'))).toBe('warning');
    const others = rulesWith([ratioRule('watch', '0.2', '0.1', { id: 'other' })]);
    const second = createAlarmMachine(others, { snapshot: first.snapshot() });
    const states: AlarmState[] = [0.7, 0.7].map((ratio, i) => {
      second.evaluate({ sequence: 10 + i, timeMs: START + (10 + i) * STEP, readings: [at(ratio)] });
      return second.stateOf(pool('a'));
    });
    expect(states).toEqual(['healthy', 'watch']);
  });
});
