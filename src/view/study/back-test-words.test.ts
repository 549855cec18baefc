import { describe, expect, it } from 'vitest';
import { type BackTestColumn, type BackTestView, SHIPPED_COMPARISON } from '../../store/types.ts';
import { FIRST_FORM, readForm, shippedForm } from './back-test-form.ts';
import { by, findingText } from './back-test-words.ts';

const view = (a: number, b: number): BackTestView =>
  ({
    hours: 33_592,
    timesAsOften: b === 0 ? Number.NaN : a / b,
    columns: [{ announcements: a } as BackTestColumn, { announcements: b } as BackTestColumn],
  }) as unknown as BackTestView;

describe('a back-test in words', () => {
  it.each([
    [1466, 604, 'A announces 2.4 times as often as B in 33,592 h.'],
    [604, 1466, 'B announces 2.4 times as often as A in 33,592 h.'],
    [3, 3, 'A and B announce as often in 33,592 h.'],
    [0, 0, 'Neither announces anything in 33,592 h.'],
    [4, 0, 'Only A announces anything in 33,592 h: 4 times.'],
    [0, 5, 'Only B announces anything in 33,592 h: 5 times.'],
  ])('%i against %i', (a, b, text) => expect(findingText(view(a, b))).toBe(text));

  it('no warning is the worst lead', () => {
    const row = (account: string, atMs: number, a: number) => ({ account, pool: '', venue: '', atMs, leadMs: [a, 1] as const });
    const rows = [row('week 10', 1, 5), row('week 2', 2, Number.NaN), row('week 3', 3, 2)];
    const order = (key: 'a' | 'account', isDown: boolean) => [...rows].sort(by(key, isDown)).map(({ account }) => account);
    expect(order('a', false)).toEqual(['week 2', 'week 3', 'week 10']);
    expect(order('a', true)).toEqual(['week 10', 'week 3', 'week 2']);
    expect(order('account', false)).toEqual(['week 2', 'week 3', 'week 10']);
  });
});

describe('the form', () => {
  const given = { rules: '{}', account: 'demo', book: 'text' };

  it('of the shipped comparison asks exactly that', () => {
    expect(readForm(shippedForm(SHIPPED_COMPARISON), given)).toEqual({ ok: true, spec: SHIPPED_COMPARISON });
  });

  it('names the field that says nothing', () => {
    const reading = readForm(
      { ...FIRST_FORM, stream: 'simulated', days: '0.5', seed: '', rules: [{ kind: 'file', file: null }, FIRST_FORM.rules[1]] },
      given,
    );
    expect(reading.ok ? [] : reading.faults.map(({ pointer }) => pointer)).toEqual(['/rules/0', '/seed', '/days']);
    const without = readForm(FIRST_FORM, { rules: '', account: '', book: '' });
    expect(without.ok ? [] : without.faults.map(({ pointer }) => pointer)).toEqual(['/rules/0', '/subjects']);
  });
});
