import { expect, it } from 'vitest';
import type { DeskAlarmSaid, DeskAlarmsFrame } from '../../store/types.ts';
import { deskNews, deskSaidText, isDeskUrgent } from './desk-said.ts';

const said = (change: Partial<DeskAlarmSaid> = {}): DeskAlarmSaid => ({
  id: 'a-1',
  kind: 'step',
  account: 'a1',
  rule: 'r',
  from: 'healthy',
  to: 'warning',
  atMs: 0,
  notice: 'due',
  channel: 'system',
  ...change,
});
const frame = (...all: DeskAlarmSaid[]) => ({ said: all }) as unknown as DeskAlarmsFrame;

it('DA-15: says of the desk what was told, a flood as one, and interrupts for steps up to a warning or more', () => {
  expect(deskSaidText(said())).toBe('Desk: warning: a1, was healthy.');
  expect(deskSaidText(said({ kind: 'escalation' }))).toBe('Desk: still warning, not acknowledged: a1.');
  expect(deskSaidText(said({ kind: 'call-end', to: 'margin-call' }))).toBe('Desk: the margin call of a1 has ended: margin call.');
  expect(deskSaidText(said({ kind: 'flood', to: 'bankrupt' }))).toBe('Desk: a flood of alarms, told as one.');
  expect(deskSaidText(said({ kind: 'flood', from: 'bankrupt', to: 'healthy' }))).toBe('Desk: the flood of alarms is over.');
  expect(isDeskUrgent(said())).toBe(true);
  expect(isDeskUrgent(said({ to: 'watch' }))).toBe(false);
  expect(isDeskUrgent(said({ kind: 'flood', from: 'bankrupt', to: 'healthy' }))).toBe(false);
});

it('DA-15: a thing is news once', () => {
  const first = frame(said());
  expect(deskNews(first, null)).toHaveLength(1);
  expect(deskNews(frame(said(), said({ id: 'b-1' })), first).map(({ id }) => id)).toEqual(['b-1']);
  expect(deskNews(frame(said()), first)).toEqual([]);
  expect(deskNews(null, first)).toEqual([]);
});
