import { describe, expect, it } from 'vitest';
import { gapText, phaseText } from './live-words.ts';

const NOW = 1_790_000_000_000;
const live = { phase: 'live', sinceMs: NOW - 4_200, retryAtMs: Number.NaN, attempt: 0, why: '' } as const;

describe('how a connection stands, in words', () => {
  it('every phase, with what is known of it', () => {
    expect(phaseText(live, NOW)).toBe('connected for 5\u202fs');
    expect(phaseText({ ...live, why: 'the venue refuses: no' }, NOW)).toBe('connected for 5\u202fs: the venue refuses: no');
    expect(phaseText({ ...live, phase: 'idle' }, NOW)).toBe('not connected');
    expect(phaseText({ ...live, phase: 'connecting' }, NOW)).toBe('connecting');
    expect(phaseText({ ...live, phase: 'connecting', attempt: 2 }, NOW)).toBe('connecting, attempt 3');
    expect(phaseText({ ...live, phase: 'open' }, NOW)).toBe('connected, no price yet');
    const waiting = { ...live, phase: 'waiting', retryAtMs: NOW + 3_100, why: 'silent for 10 s' } as const;
    expect(phaseText(waiting, NOW)).toBe('tried again in 4\u202fs: silent for 10 s');
    expect(phaseText(waiting, NOW + 60_000)).toBe('tried again in 0\u202fs: silent for 10 s');
  });

  it('a gap says its size, its side and against what', () => {
    expect(gapText({ asset: 'USDE', kind: 'peg', gap: -0.065, price: '0.935' })).toBe('USDE stands 6.50\u202f% below its peg, at 0.935');
    expect(gapText({ asset: 'ETH', kind: 'collateral', gap: 0.021, price: '3000' })).toBe(
      'ETH stands 2.10\u202f% above its index, at 3000',
    );
  });
});
