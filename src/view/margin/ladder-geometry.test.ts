import { describe, expect, it } from 'vitest';
import { column, POSITIONS } from '../testing/fixture.ts';
import { placeRungs, type Rung, rungsOf } from './ladder-geometry.ts';

const rung = (kind: Rung['kind'], price: number): Rung => ({ id: kind, kind, word: kind, price, text: String(price) });

describe('placeRungs', () => {
  it('puts high prices at the top, inside the margins', () => {
    const placed = placeRungs([rung('mark', 100), rung('entry', 110), rung('liquidation', 80)], 200, 20);
    expect(placed.map((each) => each.y)).toEqual([20 + (10 / 30) * 160, 20, 180]);
    expect(placed.every((each) => each.off === null)).toBe(true);
  });

  it('puts a far price at the end of the scale and says so', () => {
    const placed = placeRungs([rung('mark', 100), rung('liquidation', 90), rung('bankruptcy', 5), rung('entry', 900)], 200, 20);
    expect(placed.map((each) => each.off)).toEqual([null, null, 'below', 'above']);
    expect(placed[2]!.y).toBe(190);
    expect(placed[3]!.y).toBe(10);
  });

  it('keeps labels apart when prices coincide', () => {
    const placed = placeRungs([rung('mark', 100), rung('entry', 100), rung('liquidation', 100)], 200, 20);
    const labels = placed.map((each) => each.labelY).sort((a, b) => a - b);
    expect(labels[1]! - labels[0]!).toBeGreaterThanOrEqual(17);
    expect(labels[2]! - labels[1]!).toBeGreaterThanOrEqual(17);
  });

  it('stands with one price only', () => {
    expect(placeRungs([rung('mark', 100)], 200, 20)[0]!.y).toBe(20);
    expect(placeRungs([], 200, 20)).toEqual([]);
  });
});

describe('rungsOf', () => {
  it('names each price, liquidation rounded towards the account', () => {
    expect(rungsOf(POSITIONS, 0, 'mark', 1).rungs.map(({ word, text }) => `${word} ${text}`)).toEqual([
      'mark 65,546.0',
      'entry 66,000.0',
      'liquidation 56,708.9',
      'bankruptcy 56,000.0',
    ]);
  });

  it('says why a price is missing', () => {
    const positions = { ...POSITIONS, liquidationPrice: column('never', 'never'), markPrice: column('missing-mark', '84') };
    expect(rungsOf(positions, 0, 'oracle', 1).missing.map(({ word, why }) => `${word}: ${why}`)).toEqual([
      'oracle: missing mark',
      'liquidation: never: covered to zero',
    ]);
  });

  it('tells two positions of one market apart by their side', () => {
    const positions = { ...POSITIONS, instrument: ['hl:BTC', 'hl:BTC'] };
    expect(rungsOf(positions, 0, 'mark', 1).rungs.map(({ word }) => word)).toContain('liquidation, short');
  });
});
