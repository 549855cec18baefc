import { describe, expect, it } from 'vitest';
import type { AlarmSaid, AlarmsFrame, StandingAlarm } from '../../store/types.ts';
import { causeText, cureText, factText, isUrgent, measureText, saidText, spanText, toldAfter, worstRatioText } from './words.ts';

const ALARM: StandingAlarm = {
  account: 'a',
  pool: 'cross',
  market: '',
  venue: 'hyperliquid',
  episode: 'e',
  state: 'warning',
  knowledge: 'known',
  firstSeenMs: 0,
  raisedMs: 0,
  worstState: 'warning',
  acknowledgedMs: Number.NaN,
  snoozedForMs: Number.NaN,
  rule: 'ratio-warning',
  values: { marginRatio: '0.52' },
  shock: '-0.0629',
  deposit: '411.991',
  unit: 'USDC',
  call: null,
  cure: '',
};

const FRAME: AlarmsFrame = {
  kind: 'alarms',
  clockMs: 0,
  account: 'a',
  standing: [ALARM],
  ended: [],
  said: [],
  load: { lastTenMinutes: 0, lastHour: 0, lastDay: 0, standing: 1, chattering: 0, level: 'acceptable' },
  closures: [],
  areClosuresOn: true,
  outlook: [
    {
      account: 'a',
      pool: 'cross',
      market: '',
      venue: 'hyperliquid',
      state: 'warning',
      knowledge: 'known',
      aged: null,
      next: null,
      rules: [
        {
          id: 'ratio-warning',
          measure: 'marginRatio',
          severity: 'warning',
          arm: '0.5',
          clear: '0.45',
          value: '0.52',
          isActive: true,
          countsInMs: Number.NaN,
          endsInMs: Number.NaN,
          armAt: { ratio: 0.5, distance: 0.04 },
          clearAt: { ratio: 0.45, distance: 0.05 },
        },
      ],
    },
  ],
  rules: '',
};

const SAID: AlarmSaid = {
  account: 'a',
  pool: 'cross',
  market: '',
  venue: 'hyperliquid',
  id: 'e-1',
  serial: 4,
  kind: 'step',
  rule: 'ratio-warning',
  from: 'watch',
  to: 'warning',
  atMs: 0,
  notice: 'due',
  channel: 'system',
};

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('an alarm in words', () => {
  it('says fact, cause and cure, rounded against the account', () => {
    expect(plain(factText(ALARM))).toBe('Warning: 6.2 % from liquidation if all prices fall together.');
    expect(plain(factText({ ...ALARM, shock: '0.1' }))).toContain('rise together');
    expect(factText({ ...ALARM, shock: '' })).toBe('Warning: margin ratio 0.520.');
    expect(factText({ ...ALARM, market: 'BTC' })).toContain('prices of BTC');
    const peg = { ...ALARM, market: 'USDC', values: { feed: '0', pegGap: '0.06501' } };
    expect(plain(factText(peg))).toBe('Warning: USDC is 6.51 % off its peg.');
    expect(cureText(peg)).toContain('gap');
    expect(factText({ ...peg, values: { feed: '3', pegGap: '0.065' } })).toContain('too old');
    expect(plain(factText({ ...peg, market: 'ETH', values: { collateralGap: '0.03' } }))).toContain(
      'mark and index of ETH are 3.00 % apart',
    );
    expect(causeText(FRAME, ALARM)).toBe('Margin ratio is 0.520; the alarm stands at 0.500 and ends below 0.450.');
    expect(causeText(FRAME, { ...ALARM, knowledge: 'stale' })).toContain('nothing ends this alarm');
    expect(cureText(ALARM)).toBe('Add 412.00 USDC to this pool and it ends after its delay.');
    expect(cureText({ ...ALARM, deposit: '' })).toContain('not known');
    expect(cureText({ ...ALARM, deposit: '0' })).toContain('No deposit is needed');
  });

  it('writes no word where there is no number, and lengths as they are read', () => {
    expect(measureText('marginRatio', '')).toBe('none');
    expect(plain(measureText('liquidationProbability24h', '2.5e-7'))).toMatch(/%$/);
    expect([45_000, 720_000, 3_900_000 + 3_600_000].map((ms) => plain(spanText(ms)))).toEqual(['45 s', '12 min', '2 h 5 min']);
    expect(spanText(Number.NaN)).toBe('none');
  });

  it('interrupts for a step up to a warning or more and for nothing else', () => {
    expect(isUrgent(SAID)).toBe(true);
    expect(isUrgent({ ...SAID, from: 'margin-call' })).toBe(false);
    expect(isUrgent({ ...SAID, from: 'healthy', to: 'watch' })).toBe(false);
    expect(isUrgent({ ...SAID, kind: 'escalation', from: 'warning' })).toBe(true);
    expect(saidText(SAID)).toBe('Warning: cross of a, was watch.');
  });

  it('tells what is due and new', () => {
    expect(toldAfter([SAID, { ...SAID, serial: 5, notice: 'cooldown' }, { ...SAID, serial: 6 }], 4).map(({ serial }) => serial)).toEqual([
      6,
    ]);
  });
});

describe('the worst ratio of a passage', () => {
  it('is none once equity was used up, whatever ratio was seen before', () => {
    expect(worstRatioText({ worstState: 'liquidation', worst: { marginRatio: '1.164' } })).toBe('1.164');
    expect(worstRatioText({ worstState: 'bankrupt', worst: { marginRatio: '0.341' } })).toBe('none');
    expect(worstRatioText({ worstState: 'warning', worst: {} })).toBe('none');
  });
});
