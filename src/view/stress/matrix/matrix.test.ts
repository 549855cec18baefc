import { describe, expect, it } from 'vitest';
import type { StressAxis } from '../../../store/types.ts';
import { ALL_OTHERS, ALL_OTHERS_SIGMA, axisOf, firstAxes } from './axes.ts';
import { boxOf, cellAfter, cellAt, layOut, refined, ticks } from './geometry.ts';
import { axisName, besidesText, cellText, type Grid, matrixCsv, matrixSentence, moveText, valueText } from './reading.ts';
import { bounds, classOf, SHADE_COUNT, SHADES, shadeOf } from './shades.ts';

type Rgb = readonly [number, number, number];
const linear = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
/** Machado, Oliveira, Fernandes (2009), severity 1, on linear light; the last one is full colour. */
const EYES: readonly (readonly Rgb[])[] = [
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
];
const seen = (colour: Rgb, eye: readonly Rgb[]): Rgb =>
  eye.map((row) => row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]) as unknown as Rgb;

describe('the shades of the map', () => {
  it.each(['dark', 'light'] as const)('are ordered by lightness alone for every eye, %s', (theme) => {
    const panel = theme === 'dark' ? '#111f2b' : '#fbfaf6';
    for (const eye of EYES) {
      const steps = [panel, ...SHADES[theme]].map((hex) => luminance(seen(linear(hex), eye)));
      for (let i = 1; i < steps.length; i++) {
        const [low, high] = theme === 'dark' ? [steps[i - 1]!, steps[i]!] : [steps[i]!, steps[i - 1]!];
        expect((high + 0.05) / (low + 0.05), `${theme} ${i}`).toBeGreaterThan(1.2);
      }
    }
  });

  it('lie between round numbers, the whole range used however few there are', () => {
    expect(bounds(12_340)).toEqual([200, 500, 1_000, 2_000, 5_000, 10_000]);
    expect(bounds(3, 1)).toEqual([2]);
    expect(bounds(1, 1)).toEqual([]);
    expect([bounds(0), bounds(Number.NaN), bounds(Number.POSITIVE_INFINITY)]).toEqual([[], [], []]);
    for (const most of [1e-6, 0.7, 1, 5, 7.3e11]) {
      const between = bounds(most);
      expect(classOf(most, between)).toBe(between.length + 1);
      expect([...between]).toEqual([...between].sort((a, b) => a - b));
      expect(shadeOf(between.length + 1, between.length + 1, 'dark')).toBe(SHADES.dark[SHADE_COUNT - 1]);
    }
    expect([classOf(0, [1]), classOf(Number.NaN, [1]), classOf(0.5, [1]), classOf(1, [1])]).toEqual([0, 0, 1, 2]);
    expect(shadeOf(1, 1, 'light')).toBe(SHADES.light[SHADE_COUNT - 1]);
  });
});

describe('the geometry of the map', () => {
  it('has every pixel in just one cell, and finds it again', () => {
    for (const [width, height, columns, rows] of [
      [640, 420, 41, 41],
      [300, 260, 9, 9],
      [331, 277, 21, 41],
    ] as const) {
      const layout = layOut(width, height, columns, rows);
      let area = 0;
      for (let y = 0; y < rows; y++)
        for (let x = 0; x < columns; x++) {
          const box = boxOf(layout, { x, y });
          area += box.width * box.height;
          expect(cellAt(layout, box.left + box.width / 2, box.top + box.height / 2)).toEqual({ x, y });
        }
      expect(area).toBe(layout.width * layout.height);
      expect(cellAt(layout, layout.left - 1, layout.top + 5)).toBeNull();
      expect(cellAt(layout, layout.left + 5, layout.top + layout.height)).toBeNull();
    }
  });

  it('moves up with rising moves, stays on the map, and keeps its place when the grid is refined', () => {
    const map = { columns: 9, rows: 9 };
    expect(cellAfter('ArrowUp', { x: 4, y: 4 }, map)).toEqual({ x: 4, y: 5 });
    expect(cellAfter('ArrowLeft', { x: 0, y: 0 }, map)).toEqual({ x: 0, y: 0 });
    expect(cellAfter('PageDown', { x: 2, y: 7 }, map)).toEqual({ x: 2, y: 2 });
    expect(cellAfter('End', { x: 2, y: 7 }, map)).toEqual({ x: 8, y: 7 });
    expect(cellAfter('a', { x: 2, y: 7 }, map)).toBeUndefined();
    expect(refined({ x: 2, y: 8 }, map, { columns: 41, rows: 41 })).toEqual({ x: 10, y: 40 });
  });

  it('names the ends and the middle, and no more than fits', () => {
    for (const count of [9, 21, 41])
      for (const pixels of [150, 400, 900]) {
        const at = ticks(count, pixels, 46);
        expect([at[0], at.at(-1)]).toEqual([0, count - 1]);
        expect(at).toContain((count - 1) / 2);
        if (at.length > 3) expect((at.length - 1) * 46).toBeLessThanOrEqual(pixels + 1);
      }
  });
});

const AXES: { x: StressAxis; y: StressAxis } = { x: axisOf('BTC', 1), y: axisOf(ALL_OTHERS_SIGMA, 1) };
const GRID: Grid = {
  kind: 'stress-matrix',
  requestId: 1,
  bookSequence: 1,
  isFinal: true,
  xMoves: new Float64Array([-0.2, 0, 0.2]),
  yMoves: new Float64Array([-4, 0, 4]),
  accounts: new Float64Array([12, 3, 4, 2, 0, 0, 5, 0, 1]),
  equityAtRisk: new Float64Array([1200.5, 300, 4e6, 20, 0, 0, 5, 0, 1]),
  notional: new Float64Array([99_999, 3e5, 4e7, 200, 0, 0, 50, 0, 10]),
  past: 2,
  unknown: 0,
};

describe('what the map says', () => {
  it('is one text for reading, table and file', () => {
    expect(cellText(GRID, AXES, 0, 0, 'USD')).toBe(
      'BTC −20\u202f%, Every other market, in σ −4.0\u202fσ: 12 liquidated, equity at risk 1.201K USD, notional 100K USD.',
    );
    expect(cellText(GRID, AXES, 1, 1, 'USD')).toContain('nobody more is liquidated');
    expect(matrixSentence(GRID, AXES, 'USD')).toContain('Most at BTC −20\u202f%');
    expect(valueText(1200.5, 'equity')).toBe('1.201K');
    expect(besidesText(GRID)).toBe('Margin pools: 2 are past the line now and in no cell.');
    const lines = matrixCsv(GRID, AXES, 'USD').trimEnd().split('\r\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('BTC,"Every other market, in σ",accounts liquidated,equity at risk USD,notional liquidated USD');
    expect(lines[1]).toBe('-0.2,-4,12,1200.5,99999');
    expect(lines[3]).toBe('0.2,-4,4,4000000,40000000');
  });

  it('says when nobody is touched, and never NaN', () => {
    const empty: Grid = {
      ...GRID,
      accounts: new Float64Array(9),
      equityAtRisk: new Float64Array(9),
      notional: new Float64Array(9),
      past: 0,
    };
    expect(matrixSentence(empty, AXES, 'USD')).toBe('Nobody more is liquidated anywhere on this map.');
    expect(besidesText(empty)).toBe('');
    expect(`${matrixCsv(empty, AXES, 'USD')}${cellText(empty, AXES, 0, 0, 'USD')}`).not.toContain('NaN');
  });

  it('tells axes of σ from those of per cent', () => {
    const others = axisOf(ALL_OTHERS, 2);
    expect([axisName(others), moveText(others, -0.4), moveText(others, 0.02), moveText(others, 0.045)]).toEqual([
      'Every other market',
      '−40\u202f%',
      '+2\u202f%',
      '+4.5\u202f%',
    ]);
    expect(moveText(AXES.y, 0)).toBe('0.0\u202fσ');
    expect(moveText(AXES.x, 0)).toBe('0\u202f%');
    expect(firstAxes(['BTC', 'ETH', 'SOL'])).toEqual(['BTC', 'ETH']);
    expect(firstAxes(['BTC'])).toEqual(['BTC', ALL_OTHERS]);
  });
});
