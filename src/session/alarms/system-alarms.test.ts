import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFloors } from '../../engine/testing/floors.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { SystemAlarms } from './system-alarms.ts';

const START_MS = Date.UTC(2026, 0, 1);
const floor = caseFloors();

describe('AM-13 R of the loaded book', () => {
  it('stands while it is high, with its value and its rule, and delays run on between two measurements', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES);
    expect(alarms.look({ book: 'Demo', reproduction: 1.2 }, START_MS)).toEqual([]);
    expect(alarms.outlook()).toMatchObject([{ system: 'Demo', account: '', state: 'healthy', rules: [{}, {}, { countsInMs: 5_000 }] }]);
    const [raised] = alarms.wait(START_MS + 5_000);
    expect(raised).toMatchObject({ kind: 'step', rule: 'reproduction-call', to: 'margin-call', notice: 'due' });
    expect(alarms.standing()).toMatchObject([
      { system: 'Demo', state: 'margin-call', rule: 'reproduction-call', values: { reproduction: '1.2' }, call: null, deposit: '' },
    ]);
  });

  it('ends with another book, and when nobody measures any more', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES);
    const raise = (book: string, fromMs: number): void => {
      alarms.look({ book, reproduction: 1.2 }, fromMs);
      alarms.look({ book, reproduction: 1.2 }, fromMs + 5_000);
    };
    raise('one', START_MS);
    expect(alarms.look({ book: 'two', reproduction: 0 }, START_MS + 10_000)).toMatchObject([{ to: 'healthy', rule: 'removed' }]);
    expect(alarms.standing()).toEqual([]);
    raise('two', START_MS + 20_000);
    expect(alarms.leave(START_MS + 30_000)).toMatchObject([{ to: 'healthy', rule: 'removed' }]);
    expect(alarms.outlook()).toEqual([]);
    expect(alarms.wait(START_MS + 40_000)).toEqual([]);
  });

  it('goes on under other rules where it was', () => {
    const alarms = new SystemAlarms(DEFAULT_RULES);
    alarms.look({ book: 'one', reproduction: 1.2 }, START_MS);
    alarms.look({ book: 'one', reproduction: 1.2 }, START_MS + 5_000);
    alarms.take({ ...DEFAULT_RULES, rules: DEFAULT_RULES.rules.slice() });
    expect(alarms.standing()).toHaveLength(1);
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
      const alarms = new SystemAlarms(rules);
      let isUp = false;
      values.forEach((reproduction, i) => {
        alarms.look({ book: 'one', reproduction }, START_MS + i * 1_000);
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
