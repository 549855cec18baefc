import { describe, expect, it } from 'vitest';
import type { AlarmSaid, AlarmsFrame } from '../../store/types.ts';
import { awayText } from './away-text.ts';

const MINUTE_MS = 60_000;
const said = (serial: number, more: Partial<AlarmSaid> = {}): AlarmSaid => ({
  id: `e-${serial}`,
  serial,
  account: 'a',
  pool: 'cross',
  market: '',
  venue: 'hyperliquid',
  kind: 'step',
  rule: 'ratio-warning',
  from: 'healthy',
  to: 'warning',
  atMs: 0,
  notice: 'due',
  channel: 'page',
  ...more,
});
const frame = (list: readonly AlarmSaid[]): AlarmsFrame => ({ said: list, standing: [] }) as unknown as AlarmsFrame;

describe('JN-12 a catch-up', () => {
  it('says how long, how many, which, and that none stands', () => {
    const text = awayText(frame([said(1), said(2), said(3)]), 1, 12 * MINUTE_MS, 0).replaceAll('\u202f', ' ');
    expect(text).toBe('Away 12 min, 2 alarms. Warning: cross of a, was healthy. Warning: cross of a, was healthy. None stands now.');
  });

  it('names the last three of many', () => {
    const text = awayText(frame(Array.from({ length: 9 }, (_, i) => said(i + 1))), 0, 3_600_000, 0);
    expect(text).toContain('9 alarms. The last 3:');
    expect(text.match(/Warning/g)).toHaveLength(3);
  });

  it('is silent where nobody was told of anything, and not about a machine that slept', () => {
    expect(awayText(null, 0, 12 * MINUTE_MS, 0)).toBe('');
    expect(awayText(frame([said(1, { notice: 'quiet' }), said(2, { isRepeat: true })]), 0, 12 * MINUTE_MS, 0)).toBe('');
    expect(awayText(frame([]), 0, 12 * MINUTE_MS, 11 * MINUTE_MS)).toMatch(
      /no alarm\. The machine slept for 11\smin: nothing was watched then\./,
    );
  });
});
