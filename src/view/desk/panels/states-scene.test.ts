import { describe, expect, it } from 'vitest';
import { type DeskStateHistory, RISK_STATES, type RiskState } from '../../../store/types.ts';
import { countsText, statesScene, statesSentence, withoutText } from './states-scene.ts';

const history = (counts: Partial<Record<RiskState, number[]>>, samples: number): DeskStateHistory => ({
  timeMs: Float64Array.from({ length: samples }, (_, i) => i * 1_000),
  counts: RISK_STATES.map((state) => Uint32Array.from(counts[state] ?? new Array<number>(samples).fill(0))),
});

describe('states over time', () => {
  const some = history({ liquidation: [0, 4, 4], warning: [1_000, 1_000, 900], watch: [6_000, 6_100, 6_490] }, 3);

  it('draws a few beside thousands: a line a state, apart from each other and inside the picture', () => {
    const { scene } = statesScene(some, 600, 62);
    const ends = scene.marks.flatMap((mark) => (mark.kind === 'path' ? [Number(/V([\d.]+)H[\d.]+$/.exec(mark.d)?.[1] ?? Number.NaN)] : []));
    const [liquidation, warning, watch] = ends.filter((y) => !Number.isNaN(y));
    expect(liquidation! - warning!).toBeGreaterThan(10);
    expect(warning! - watch!).toBeGreaterThan(5);
    expect(watch).toBeGreaterThanOrEqual(0);
    expect(liquidation).toBeLessThan(62);
  });

  it('names the states that somebody is in, so far apart that they can be read', () => {
    const { scene } = statesScene(some, 600, 62);
    const names = scene.marks.filter((mark) => mark.kind === 'text' && /[a-z]{3}/.test(mark.text)) as { text: string; y: number }[];
    expect(names.map(({ text }) => text)).toEqual(['Watch', 'Warning', 'Liquidation']);
    for (let i = 1; i < names.length; i++) expect(names[i]!.y - names[i - 1]!.y).toBeGreaterThanOrEqual(10);
    for (const { y } of names) expect(y).toBeLessThanOrEqual(62);
  });

  it('keeps five names in a low picture apart', () => {
    const all = history({ bankrupt: [2], liquidation: [2], 'margin-call': [2], warning: [2], watch: [2] }, 1);
    const names = statesScene(all, 600, 62).scene.marks.filter((mark) => mark.kind === 'text' && /[a-z]{3}/.test(mark.text));
    const ys = (names as { y: number }[]).map(({ y }) => y).sort((a, b) => a - b);
    expect(ys).toHaveLength(5);
    for (let i = 1; i < ys.length; i++) expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(10);
  });

  it('says how many pools the totals leave out', () => {
    expect([1, 12_000].map(withoutText)).toEqual(['without 1 pool that is not known', 'without 12,000 pools that are not known']);
  });

  it('says how it changed, and since when', () => {
    expect(statesSentence(some, '20:00:00 UTC')).toBe('7,394 accounts are beyond healthy, 394 more than at 20:00:00 UTC.');
    expect(statesSentence(history({ watch: [1] }, 1), '20:00:00 UTC')).toBe('1 account is beyond healthy.');
    expect(countsText(some, 1)).toBe('Liquidation 4, Warning 1,000, Watch 6,100');
    expect(statesScene(history({}, 0), 600, 62).scene.marks).toEqual([]);
  });
});
