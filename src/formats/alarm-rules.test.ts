import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';
import {
  type AlarmRule,
  type AlarmRules,
  CHANNELS,
  DEFAULT_RULES,
  DOWN_IS_WORSE,
  isPoolMeasure,
  MEASURES,
  type Scope,
  SEVERITIES,
} from '../policy/alarms/rules.ts';
import { readAlarmRules, writeAlarmRules } from './alarm-rules.ts';

const VALID = {
  id: 'near',
  scope: { kind: 'all' },
  measure: 'marginRatio',
  severity: 'warning',
  arm: '0.50',
  clear: '0.45',
  onDelayMs: 0,
  offDelayMs: 60000,
  cooldownMs: 0,
  channel: 'page',
};

const text = (rule: Record<string, unknown>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ format: 'alarm-rules/1', rules: [{ ...VALID, ...rule }], ...more });

const faultsOf = (input: string): string[] => {
  try {
    readAlarmRules(input);
  } catch (error) {
    if (error instanceof InputError) return error.faults.map(({ pointer, message }) => `${pointer} ${message}`);
    throw error;
  }
  return [];
};

describe('AR-1 reading', () => {
  it('the shipped rules, there and back', () => {
    expect(readAlarmRules(writeAlarmRules(DEFAULT_RULES))).toEqual(DEFAULT_RULES);
  });

  it('sections left out have their defaults, the bypass none', () => {
    const { rules, bypass, ...rest } = readAlarmRules(text({}));
    const { rules: _rules, bypass: _bypass, ...defaults } = DEFAULT_RULES;
    expect(rest).toEqual(defaults);
    expect(bypass).toBeUndefined();
    expect(rules[0]?.arm.toFixed()).toBe('0.5');
  });

  it('a level may be a JSON number: its text counts, not its double', () => {
    const written = text({}).replace('"0.50"', '0.500000000000000000000000000001');
    expect(readAlarmRules(written).rules[0]?.arm.toFixed()).toBe('0.500000000000000000000000000001');
  });

  it('words for feeds', () => {
    const { arm, clear } = readAlarmRules(text({ measure: 'feed', arm: 'lost', clear: 'stale' })).rules[0]!;
    expect([arm.toNumber(), clear.toNumber()]).toEqual([3, 2]);
  });
});

describe('AR-2 to AR-6 faults have pointers', () => {
  it.each([
    ['{}', '/format'],
    ['[]', ''],
    [text({}, { format: 'alarm-rules/2' }), '/format'],
    [text({}, { more: 1 }), '/more'],
    [text({ measure: 'temperature' }), '/rules/0/measure'],
    [text({ severity: 'liquidation' }), '/rules/0/severity'],
    [text({ arm: 'x' }), '/rules/0/arm'],
    [text({ arm: '-1', clear: '-2' }), '/rules/0/arm'],
    [text({ measure: 'liquidationProbability24h', arm: '5', clear: '0.1' }), '/rules/0/arm'],
    [text({ clear: '0.51' }), '/rules/0/clear'],
    [text({ measure: 'healthFactor', arm: '1.1', clear: '1.0' }), '/rules/0/clear'],
    [text({ measure: 'feed', arm: '3', clear: 'stale' }), '/rules/0/arm'],
    [text({ measure: 'feed', arm: 'live', clear: 'live' }), '/rules/0/arm'],
    [text({ measure: 'feed', arm: 'lost', clear: 'stale', scope: { kind: 'account', account: 'a' } }), '/rules/0/scope/kind'],
    [text({ measure: 'pegGap', arm: '0.01', clear: '0.005', scope: { kind: 'account', account: 'a' } }), '/rules/0/scope/kind'],
    [text({ measure: 'collateralGap', arm: '0.02', clear: '0.03' }), '/rules/0/clear'],
    [text({ measure: 'pegGap', arm: '0', clear: '0' }), '/rules/0/arm'],
    [text({}, { bypass: { measure: 'pegGap', worsening: '1', withinMs: 1 } }), '/bypass/measure'],
    [text({ measure: 'reproduction', arm: '1', clear: '0.9', scope: { kind: 'venue', venue: 'okx' } }), '/rules/0/scope/kind'],
    [text({ measure: 'reproduction', arm: '0', clear: '0' }), '/rules/0/arm'],
    [text({ measure: 'reproduction', arm: '1', clear: '1.1' }), '/rules/0/clear'],
    [text({ scope: { kind: 'group', filter: 'state=watch' } }), '/rules/0/scope/filter'],
    [text({ scope: { kind: 'group', filter: ' ' } }), '/rules/0/scope/filter'],
    [text({ scope: { kind: 'planet' } }), '/rules/0/scope/kind'],
    [text({ scope: { kind: 'market' } }), '/rules/0/scope/market'],
    [text({ scope: { kind: 'all', account: 'a' } }), '/rules/0/scope/account'],
    [text({ scope: 'all' }), '/rules/0/scope'],
    [text({ onDelayMs: -1 }), '/rules/0/onDelayMs'],
    [text({ onDelayMs: 1.5 }), '/rules/0/onDelayMs'],
    [text({ onDelayMs: '10' }), '/rules/0/onDelayMs'],
    [text({ offDelayMs: 604800001 }), '/rules/0/offDelayMs'],
    [text({ channel: 'pigeon' }), '/rules/0/channel'],
    [text({ id: '' }), '/rules/0/id'],
    [text({ note: 'x' }), '/rules/0/note'],
    [text({}, { flood: { start: 5, end: 6, withinMs: 1 } }), '/flood'],
    [text({}, { bypass: { measure: 'feed', worsening: '1', withinMs: 1 } }), '/bypass/measure'],
    [text({}, { bypass: { measure: 'reproduction', worsening: '1', withinMs: 1 } }), '/bypass/measure'],
    [text({}, { bypass: { measure: 'sigmaDistance', worsening: '0', withinMs: 1 } }), '/bypass/worsening'],
    [text({}, { marginCall: { clockMs: 1, venueClockMs: { okx: 'x' } } }), '/marginCall/venueClockMs/okx'],
    [text({}, { marginCall: { clockMs: 1, venueClockMs: { '': 0 } } }), '/marginCall/venueClockMs/'],
    [text({}, { gapMs: 0 }), '/gapMs'],
    [JSON.stringify({ format: 'alarm-rules/1', rules: [VALID, VALID] }), '/rules/1/id'],
    [JSON.stringify({ format: 'alarm-rules/1', rules: [7] }), '/rules/0'],
    [JSON.stringify({ format: 'alarm-rules/1', rules: {} }), '/rules'],
  ])('%s', (input, pointer) => {
    const faults = faultsOf(input);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.map((fault) => fault.split(' ')[0])).toContain(pointer);
  });

  it('every fault is told, and nothing is used', () => {
    const input = JSON.stringify({ format: 'alarm-rules/1', rules: [{ ...VALID, arm: 'x' }, { ...VALID, id: 'b', channel: 1 }, VALID] });
    expect(faultsOf(input)).toHaveLength(2);
  });
});

const scopes: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ kind: 'all' } as const),
  fc.record({ kind: fc.constant('account' as const), account: fc.stringMatching(/^[a-z0-9 ]*[a-z]$/) }),
  fc.record({ kind: fc.constant('group' as const), filter: fc.constantFrom('venue=okx', 'market=BTC,ETH&side=long', 'text==a|b') }),
  fc.record({ kind: fc.constant('venue' as const), venue: fc.stringMatching(/^[a-z]+$/) }),
);

const ruleOf = (id: string): fc.Arbitrary<AlarmRule> =>
  fc
    .record({
      measure: fc.constantFrom(...MEASURES),
      scope: scopes,
      severity: fc.constantFrom(...SEVERITIES),
      levels: fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })),
      delays: fc.tuple(fc.nat(604_800_000), fc.nat(604_800_000), fc.nat(604_800_000)),
      channel: fc.constantFrom(...CHANNELS),
    })
    .map(({ measure, scope, severity, levels, delays, channel }) => {
      const [low, high] = levels[0] < levels[1] ? levels : [levels[1], levels[0]];
      const isFeed = measure === 'feed';
      const level = (value: number): Decimal => (isFeed ? new Decimal(1 + (value % 3)) : new Decimal(value).div(1000));
      const [arm, clear] = DOWN_IS_WORSE.has(measure) ? [level(low), level(high)] : [level(high), level(low)];
      return {
        id,
        measure,
        severity,
        channel,
        scope: isPoolMeasure(measure) ? scope : { kind: 'all' },
        arm,
        clear: isFeed && clear.gt(arm) ? arm : clear,
        onDelayMs: delays[0],
        offDelayMs: delays[1],
        cooldownMs: delays[2],
      };
    });

it('AR-1: any rule set, there and back', () => {
  let reached = 0;
  const sets = fc.nat(5).chain((count) => fc.tuple(...Array.from({ length: count }, (_unused, i) => ruleOf(`rule ${i}`))));
  fc.assert(
    fc.property(sets, fc.boolean(), (rules, hasBypass) => {
      const { bypass, ...rest } = DEFAULT_RULES;
      const set: AlarmRules = { ...rest, rules, ...(hasBypass ? { bypass: bypass! } : {}) };
      const written = writeAlarmRules(set);
      expect(readAlarmRules(written)).toEqual(set);
      expect(writeAlarmRules(readAlarmRules(written))).toBe(written);
      reached++;
    }),
    { numRuns: 200 },
  );
  expect(reached).toBeGreaterThanOrEqual(200);
});
