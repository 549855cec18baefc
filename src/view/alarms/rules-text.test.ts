import { expect, it } from 'vitest';
import { readAlarmRules, writeAlarmRules } from '../../formats/alarm-rules.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { faultOf, formOf, newRule, readRules, withoutRule, withRule } from './rules-text.ts';

const TEXT = writeAlarmRules(DEFAULT_RULES);

it('AM-7: a rule goes through its form and back digit for digit', () => {
  const { rules } = readRules(TEXT);
  rules.forEach((rule, i) => {
    expect(writeAlarmRules(readAlarmRules(withRule(TEXT, i, formOf(rule))))).toBe(TEXT);
  });
});

it('a changed, a new and a deleted rule change nothing else', () => {
  const { rules } = readRules(TEXT);
  const form = { ...formOf(rules[3]!), arm: ' 0.55 ', onDelay: '1.5', scopeKind: 'market', scopeName: 'BTC' };
  const changed = readAlarmRules(withRule(TEXT, 3, form));
  expect(changed.rules[3]).toMatchObject({ id: 'ratio-warning', onDelayMs: 1_500, scope: { kind: 'market', market: 'BTC' } });
  expect(changed.rules[3]?.arm.toFixed()).toBe('0.55');
  expect(changed.rules.filter((_, i) => i !== 3)).toEqual(DEFAULT_RULES.rules.filter((_, i) => i !== 3));
  const more = readAlarmRules(withRule(TEXT, rules.length, newRule(rules.map(({ id }) => id))));
  expect(more.rules).toHaveLength(rules.length + 1);
  expect(writeAlarmRules(readAlarmRules(withoutRule(withRule(TEXT, rules.length, newRule([])), rules.length)))).toBe(TEXT);
});

it('what is no number is the engine’s to refuse, and its fault finds its field', () => {
  const form = { ...formOf(readRules(TEXT).rules[0]!), onDelay: 'soon' };
  expect(() => readAlarmRules(withRule(TEXT, 0, form))).toThrow(/whole number/);
  const fault = { pointer: '/rules/0/onDelayMs', message: 'expected a whole number' };
  expect(faultOf([fault], 0, 'onDelayMs')).toBe(fault);
  expect(faultOf([fault], 1, 'onDelayMs')).toBeUndefined();
});
