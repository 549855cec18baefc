import { describe, expect, it } from 'vitest';
import type { InputError } from '../../domain/fault.ts';
import { readAlarmRules, writeAlarmRules } from '../../formats/alarm-rules.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { callFaults, callFormOf, callSentence, venuePointer, withCall } from './call-text.ts';

const TEXT = writeAlarmRules(DEFAULT_RULES);
const FORM = callFormOf(TEXT);
const pointersOf = (text: string): string[] => {
  try {
    readAlarmRules(text);
    return [];
  } catch (error) {
    return (error as InputError).faults.map(({ pointer }) => pointer);
  }
};

describe('AM-14 the terms of margin calls in their form', () => {
  it('go through it and back digit for digit, and change nothing else', () => {
    expect(writeAlarmRules(readAlarmRules(withCall(TEXT, FORM)))).toBe(TEXT);
    const next = readAlarmRules(
      withCall(TEXT, { cureRatio: ' 0.7 ', clock: '90.5', venues: [...FORM.venues.slice(1), { venue: ' okx ', clock: '3600' }] }),
    );
    expect(next.marginCall.cureRatio?.toFixed()).toBe('0.7');
    expect(next.marginCall.clockMs).toBe(90_500);
    const { 'aave-v3': _, ...others } = DEFAULT_RULES.marginCall.venueClockMs;
    expect(next.marginCall.venueClockMs).toEqual({ ...others, okx: 3_600_000 });
    const { marginCall: __, ...rest } = next;
    const { marginCall: ___, ...before } = readAlarmRules(TEXT);
    expect(rest).toEqual(before);
    expect(readAlarmRules(withCall(TEXT, { ...FORM, cureRatio: '' })).marginCall.cureRatio).toBeUndefined();
  });

  it('the engine refuses what is no clock, no ratio and no name, at the field; the form itself a venue that is named twice', () => {
    expect(pointersOf(withCall(TEXT, { ...FORM, clock: 'soon' }))).toEqual(['/marginCall/clockMs']);
    expect(pointersOf(withCall(TEXT, { ...FORM, clock: '604801' }))).toEqual(['/marginCall/clockMs']);
    expect(pointersOf(withCall(TEXT, { ...FORM, cureRatio: '0' }))).toEqual(['/marginCall/cureRatio']);
    expect(pointersOf(withCall(TEXT, { ...FORM, venues: [{ venue: 'okx', clock: '-1' }] }))).toEqual([venuePointer('okx')]);
    expect(pointersOf(withCall(TEXT, { ...FORM, venues: [{ venue: '', clock: '1' }] }))).toEqual([venuePointer('')]);
    const twice = {
      ...FORM,
      venues: [
        { venue: 'okx', clock: '1' },
        { venue: ' okx', clock: '2' },
      ],
    };
    expect(callFaults(twice)).toEqual([{ pointer: venuePointer('okx'), message: 'okx is named twice' }]);
    expect(callFaults(FORM)).toEqual([]);
  });

  it('are said in a sentence', () => {
    expect(callSentence(TEXT)).toMatch(
      /^A margin call runs 30.min\. None is issued at aave-v3, .*hyperliquid.* It is cured at a margin ratio of 0\.65\.$/,
    );
    const own = withCall(TEXT, { cureRatio: '', clock: '0', venues: [{ venue: 'okx', clock: '600' }] });
    expect(callSentence(own)).toMatch(/^A margin call runs 10.min at okx, elsewhere none is issued\. It is cured when its rules end\.$/);
    expect(callSentence(withCall(TEXT, { cureRatio: '', clock: '0', venues: [] }))).toMatch(/^No margin call is issued\./);
  });
});
