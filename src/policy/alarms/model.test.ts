/** The machine against a plain model of the same rules: no states that come and go, no due times, everything judged at every look from all of its past. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { type AlarmState, type Evaluation, type Reading, rankOf, type Subject } from './events.ts';
import { type AlarmMachine, createAlarmMachine, type MachineSnapshot } from './machine.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_FLOOD } from './rules.ts';

const rule = (
  id: string,
  severity: AlarmRule['severity'],
  measure: AlarmRule['measure'],
  levels: [string, string],
  delays: [number, number],
): AlarmRule => ({
  id,
  severity,
  measure,
  scope: { kind: 'all' },
  arm: new Decimal(levels[0]),
  clear: new Decimal(levels[1]),
  onDelayMs: delays[0],
  offDelayMs: delays[1],
  cooldownMs: 7,
  channel: 'page',
});

const RULES: AlarmRules = {
  format: 'alarm-rules/1',
  rules: [
    rule('a', 'watch', 'marginRatio', ['3', '2'], [2, 3]),
    rule('b', 'warning', 'marginRatio', ['5', '4'], [0, 5]),
    rule('c', 'margin-call', 'marginRatio', ['8', '6'], [3, 0]),
    rule('d', 'warning', 'sigmaDistance', ['2', '4'], [4, 4]),
  ],
  marginCall: { cureRatio: new Decimal(5), clockMs: 9, venueClockMs: {} },
  flood: { ...DEFAULT_FLOOD, start: 1e9 },
  escalateAfterMs: 0,
  gapMs: 10,
};

interface Look {
  readonly observedMs: number;
  readonly marginRatio?: number | undefined;
  readonly sigmaDistance?: number | undefined;
  readonly knowledge: Reading['knowledge'];
  readonly venueState: Reading['venueState'];
}

type Standing = 'armed' | 'between' | 'clear' | 'unknown';

const standing = ({ measure, arm, clear }: AlarmRule, look: Look): Standing => {
  const value = measure === 'marginRatio' ? look.marginRatio : look.sigmaDistance;
  if (value === undefined) return look.knowledge !== 'known' || look.venueState !== 'open' ? 'unknown' : 'clear';
  const sign = measure === 'sigmaDistance' ? -1 : 1;
  if (sign * (value - arm.toNumber()) >= 0) return 'armed';
  if (sign * (value - clear.toNumber()) >= 0) return 'between';
  return look.knowledge === 'known' ? 'clear' : 'unknown';
};

/** All the looks of one subject: its state after each, by folding from the first. */
function statesOf(looks: readonly Look[]): AlarmState[] {
  const active = RULES.rules.map(() => false);
  const armedMs = RULES.rules.map(() => 0);
  const clearMs = RULES.rules.map(() => 0);
  const before: (Standing | undefined)[] = RULES.rules.map(() => undefined);
  let state: AlarmState = 'healthy';
  let venue: Reading['venueState'] = 'open';
  return looks.map((look, at) => {
    const step = at === 0 ? 0 : look.observedMs - looks[at - 1]!.observedMs;
    if (look.venueState !== 'unknown' && !(look.venueState === 'open' && look.knowledge !== 'known')) venue = look.venueState;
    const acts = venue === 'liquidation' || venue === 'bankrupt';
    const resumes = !acts && rankOf(state) > rankOf('margin-call');
    const isOver = resumes && look.knowledge === 'known' && !look.marginRatio;
    RULES.rules.forEach((one, i) => {
      const now = standing(one, look);
      const then = before[i];
      before[i] = now;
      if (isOver) {
        active[i] = false;
        armedMs[i] = 0;
        return;
      }
      const isForced = resumes && one.severity === 'margin-call';
      if (!active[i]) {
        if (now === 'armed') armedMs[i] = then === 'armed' ? armedMs[i]! + step : then === 'unknown' ? armedMs[i]! : 0;
        else if (now === 'unknown') armedMs[i] = then === 'armed' ? armedMs[i]! + step : armedMs[i]!;
        else armedMs[i] = 0;
        if (then === undefined && now !== 'armed') armedMs[i] = 0;
        if (isForced || (now === 'armed' && (acts || armedMs[i]! >= one.onDelayMs))) {
          active[i] = true;
          clearMs[i] = 0;
          // A forced rule begins to clear at once where it is clear.
          before[i] = now;
        }
      } else {
        clearMs[i] = now === 'clear' && then === 'clear' ? clearMs[i]! + step : 0;
        if (!isForced && now === 'clear' && clearMs[i]! >= one.offDelayMs) {
          active[i] = false;
          armedMs[i] = 0;
        }
      }
    });
    if (acts) state = venue as AlarmState;
    else {
      const demanded = RULES.rules.reduce<AlarmState>(
        (worst, one, i) => (active[i] && rankOf(one.severity) > rankOf(worst) ? one.severity : worst),
        'healthy',
      );
      const cured = look.knowledge === 'known' && (look.marginRatio === undefined || look.marginRatio <= 5);
      const isCalling = resumes || (state === 'margin-call' && !cured);
      const isHeld = !isOver && isCalling && rankOf(demanded) < rankOf('margin-call');
      state = isHeld ? 'margin-call' : demanded;
    }
    return state;
  });
}

const ACCOUNTS = ['a', 'b', 'c'] as const;
const subjectOf = (account: string): Subject => ({ kind: 'pool', account, pool: 'cross', venue: 'v', markets: [] });

interface Model {
  sequence: number | undefined;
  timeMs: number;
  observedMs: number;
  readonly looks: Map<string, Look[]>;
  readonly states: Map<string, AlarmState>;
}

interface Real {
  machine: AlarmMachine;
}

type Value = Omit<Look, 'observedMs'>;
let looked = 0;
let changed = 0;

class LookCommand implements fc.Command<Model, Real> {
  readonly step: number;
  readonly sequenceStep: number;
  readonly values: Readonly<Record<string, Value>>;
  readonly removed: string | null;
  constructor(step: number, sequenceStep: number, values: Readonly<Record<string, Value>>, removed: string | null) {
    this.removed = removed;
    this.step = step;
    this.sequenceStep = sequenceStep;
    this.values = values;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const sequence = (model.sequence ?? 0) + this.sequenceStep;
    const timeMs = model.timeMs + this.step;
    const readings = Object.entries(this.values).map(([account, { marginRatio, sigmaDistance, knowledge, venueState }]) => ({
      subject: subjectOf(account),
      values: {
        ...(marginRatio === undefined ? {} : { marginRatio }),
        ...(sigmaDistance === undefined ? {} : { sigmaDistance: new Decimal(sigmaDistance) }),
      },
      knowledge,
      venueState,
    }));
    const removed = this.removed === null ? [] : [subjectOf(this.removed)];
    const evaluation: Evaluation = { sequence, timeMs, readings, removed };
    const events = real.machine.evaluate(evaluation).filter(({ kind }) => kind === 'step');
    const said = events.map((event) =>
      event.kind === 'flood' ? '' : `${event.subject.kind === 'pool' && event.subject.account} ${event.from} ${event.to}`,
    );
    const wanted: string[] = [];
    if (model.sequence === undefined || sequence > model.sequence) {
      const isFirst = model.sequence === undefined;
      const forward = isFirst ? 0 : Math.max(0, timeMs - model.timeMs);
      model.sequence = sequence;
      model.timeMs = timeMs;
      model.observedMs += forward <= RULES.gapMs ? forward : 0;
      if (this.removed !== null) {
        const was = model.states.get(this.removed) ?? 'healthy';
        if (was !== 'healthy') wanted.push(`${this.removed} ${was} healthy`);
        model.looks.delete(this.removed);
        model.states.delete(this.removed);
      }
      for (const account of ACCOUNTS) {
        const looks = model.looks.get(account) ?? [];
        const value = this.values[account] ?? looks.at(-1);
        if (!value) continue;
        looks.push({ ...value, observedMs: model.observedMs });
        model.looks.set(account, looks);
        const from = model.states.get(account) ?? 'healthy';
        const to = statesOf(looks).at(-1)!;
        if (from !== to) wanted.push(`${account} ${from} ${to}`);
        model.states.set(account, to);
      }
      looked++;
      changed += wanted.length;
    }
    expect([...said].sort()).toEqual(wanted.sort());
    for (const account of ACCOUNTS) expect(real.machine.stateOf(subjectOf(account))).toBe(model.states.get(account) ?? 'healthy');
  }
  toString(): string {
    return `look(${this.step}, ${this.sequenceStep}, ${JSON.stringify(this.values)}, ${this.removed})`;
  }
}

class RestartCommand implements fc.Command<Model, Real> {
  check(): boolean {
    return true;
  }
  run(_model: Model, real: Real): void {
    const snapshot = JSON.parse(JSON.stringify(real.machine.snapshot())) as MachineSnapshot;
    real.machine = createAlarmMachine(RULES, { snapshot });
  }
  toString(): string {
    return 'restart';
  }
}

const value: fc.Arbitrary<Value> = fc.record({
  marginRatio: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined, freq: 8 }),
  sigmaDistance: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined, freq: 4 }),
  knowledge: fc.constantFrom<Reading['knowledge'][]>('known', 'known', 'known', 'stale', 'indeterminate'),
  venueState: fc.constantFrom<Reading['venueState'][]>(
    'open',
    'open',
    'open',
    'open',
    'open',
    'open',
    'liquidation',
    'bankrupt',
    'unknown',
  ),
});

const look = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.constantFrom(-3_600_000, -4, 11, 3_600_000, 86_400_000)),
    fc.constantFrom(1, 1, 1, 1, 2, 0, -1),
    fc.tuple(...ACCOUNTS.map(() => fc.option(value, { freq: 2 }))),
    fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, fc.constantFrom(...ACCOUNTS)),
  )
  .map(([step, sequenceStep, values, removed]) => {
    const present = ACCOUNTS.flatMap((account, i) => (values[i] ? [[account, values[i]] as const] : []));
    return new LookCommand(step, sequenceStep, Object.fromEntries(present), removed);
  });

it('AL-4, AL-6, AL-7, AL-9 to AL-12: the machine and the model agree on every state and every step', () => {
  const commands = fc.commands([look, look, look, look, look, look, fc.constant(new RestartCommand())], { maxCommands: 60, size: 'max' });
  fc.assert(
    fc.property(commands, (list) => {
      fc.modelRun(
        () => ({
          model: { sequence: undefined, timeMs: 0, observedMs: 0, looks: new Map(), states: new Map() },
          real: { machine: createAlarmMachine(RULES) },
        }),
        list,
      );
    }),
    { numRuns: 150 },
  );
  console.log(`alarm model: ${looked} looks, ${changed} steps`);
  expect(looked).toBeGreaterThan(1500);
  expect(changed).toBeGreaterThan(500);
});

const FULL: AlarmRules = {
  ...RULES,
  bypass: { measure: 'sigmaDistance', worsening: new Decimal(2), withinMs: 6, calmLevel: new Decimal(5) },
  marginCall: { cureRatio: new Decimal(5), clockMs: 4, venueClockMs: {} },
  flood: { start: 3, end: 2, withinMs: 8 },
  escalateAfterMs: 5,
};

it('AL-6, AL-13: killed after any look and taken up again, any run says the same events with the same ids, each id once', () => {
  let compared = 0;
  const reading = fc.tuple(fc.constantFrom(...ACCOUNTS, 'd', 'e'), value).map(
    ([account, { marginRatio, sigmaDistance, knowledge, venueState }]): Reading => ({
      subject: subjectOf(account),
      values: {
        ...(marginRatio === undefined ? {} : { marginRatio }),
        ...(sigmaDistance === undefined ? {} : { sigmaDistance: new Decimal(sigmaDistance).div(3) }),
      },
      knowledge,
      venueState,
      atRisk: account.charCodeAt(0),
      ...(marginRatio === undefined ? {} : { capital: { equity: 10 / (marginRatio + 1), requirement: 10 } }),
    }),
  );
  const step = fc.tuple(
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.constantFrom(-50, 60)),
    fc.array(reading, { maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(), (steps, where) => {
      let timeMs = 1_000;
      const looks = steps.map(([forward, readings], sequence): Evaluation => {
        timeMs += forward;
        return { sequence, timeMs, readings };
      });
      const whole = createAlarmMachine(FULL);
      const said = looks.flatMap((one) => whole.evaluate(one));
      const cut = where % looks.length;
      const first = createAlarmMachine(FULL);
      const before = looks.slice(0, cut).flatMap((one) => first.evaluate(one));
      const second = createAlarmMachine(FULL, { snapshot: JSON.parse(JSON.stringify(first.snapshot())) as MachineSnapshot });
      // The last looks before the kill come again, as after a journal that was a little behind.
      const after = looks.slice(Math.max(0, cut - 3)).flatMap((one) => second.evaluate(one));
      expect([...before, ...after]).toEqual(said);
      expect(new Set(said.map(({ id }) => id)).size).toBe(said.length);
      compared += said.length;
    }),
    { numRuns: 150 },
  );
  expect(compared).toBeGreaterThan(1500);
});
