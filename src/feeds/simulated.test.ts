import { describe, expect, it } from 'vitest';
import { uniformStream } from '../domain/random.ts';
import { createJumps } from './jumps.ts';
import { blendCorrelation, cholesky, createPriceModel } from './price-model.ts';
import { CORRELATION, MARKETS } from './price-model-parameters.ts';
import { createSimulated, priceText } from './simulated.ts';
import { correlation } from './testing/statistics.ts';

const START_MS = 1_790_000_000_000;
const make = (options: Partial<Parameters<typeof createSimulated>[0]> = {}) =>
  createSimulated({ seed: 42, regime: 'normal', stepMs: 1_000, startMs: START_MS, ...options });

/** Prices of the first `count` frames, one text a frame. */
const frames = (count: number, options: Partial<Parameters<typeof createSimulated>[0]> = {}): string[] => {
  const feed = make({ speed: 1, ...options });
  const stepMs = options.stepMs ?? 1_000;
  return Array.from({ length: count }, (_, k) =>
    feed
      .advance(k * stepMs)
      .ticks.map(({ price }) => price)
      .join(' '),
  );
};

/** Pins the streams and the order in which they are drawn; made by this code, on V8. */
const GOLDEN_NORMAL = [
  '65133.0 1911.70 78.2250 623.930 1.29460 0.0911750 0.252630 8.41250 8.13800 51.0950',
  '65132.2 1911.69 78.2224 623.967 1.29463 0.0911752 0.252625 8.41298 8.13810 51.0965',
  '65134.6 1911.90 78.2200 624.020 1.29462 0.0911805 0.252638 8.41415 8.13906 51.0969',
  '65139.2 1912.23 78.2278 624.081 1.29466 0.0911899 0.252668 8.41605 8.14013 51.1053',
];
const GOLDEN_STRESS = [
  '65133.0 1911.70 78.2250 623.930 1.29460 0.0911750 0.252630 8.41250 8.13800 51.0950',
  '61511.4 1790.62 71.4166 601.857 1.19876 0.0868812 0.231248 7.14726 7.53945 49.1803',
  '58702.6 1700.51 69.4669 588.410 1.12316 0.0819814 0.220351 6.71867 7.07766 45.8757',
];

describe('FD-13 the simulated feed', () => {
  it('golden: seed 42, normal, one second', () => {
    expect(frames(4)).toEqual(GOLDEN_NORMAL);
  });

  it('golden: seed 7, stress, one hour', () => {
    expect(frames(3, { seed: 7, regime: 'stress', stepMs: 3_600_000 })).toEqual(GOLDEN_STRESS);
  });

  it('default: starts from the recorded prices, ten markets at every step, on the grid', () => {
    const feed = make();
    const first = feed.advance(0);
    expect(first.ticks.map(({ market, price }) => [market, Number(price)])).toEqual(
      MARKETS.map(({ market, startPrice }) => [market, Number(startPrice)]),
    );
    const second = feed.advance(2_500);
    expect(second.ticks.map(({ venueTimeMs }) => venueTimeMs - START_MS)).toEqual([...Array(10).fill(1_000), ...Array(10).fill(2_000)]);
    expect(new Set(second.ticks.map(({ kind }) => kind))).toEqual(new Set(['mark']));
    expect(second.status).toMatchObject({ state: 'live', lastVenueTimeMs: START_MS + 2_000, lastArrivalTimeMs: 2_500 });
  });

  it('behavior: the seed, the regime and the step make the path, the start time does not', () => {
    const path = frames(20);
    expect(frames(20, { startMs: 5 })).toEqual(path);
    for (const other of [{ seed: 43 }, { regime: 'calm' as const }, { stepMs: 500 }])
      expect(frames(20, other).slice(1)).not.toEqual(path.slice(1));
  });

  it('behavior: other start prices scale a path and leave its shape', () => {
    const plain = frames(50).map((frame) => frame.split(' ').map(Number));
    const scaled = frames(50, { startPrices: { BTC: '130266', NONE: 'x' } }).map((frame) => frame.split(' ').map(Number));
    plain.forEach((prices, k) => {
      expect(scaled[k]![0]! / prices[0]!).toBeCloseTo(2, 4);
      expect(scaled[k]!.slice(1)).toEqual(prices.slice(1));
    });
  });

  it('FD-26 any other market with a price joins, starts there, moves with the rest and moves none of them', () => {
    const plain = frames(200).map((frame) => frame.split(' '));
    const joined = frames(200, { startPrices: { HYPE: '30', kPEPE: '0.012', NONE: '0' } }).map((frame) => frame.split(' '));
    expect(joined[0]!.slice(10)).toEqual(['30.0000', '0.0120000']);
    joined.forEach((prices, k) => {
      expect(prices.slice(0, 10)).toEqual(plain[k]);
    });
    expect(new Set(joined.map((prices) => prices[10])).size).toBeGreaterThan(120);
    expect(frames(200, { startPrices: { kPEPE: '0.012', HYPE: '30' } }).map((frame) => frame.split(' '))).toEqual(joined);
  });

  it('FD-28 a wrapped or staked form moves with its market, and two forms of one that is not there move alike', () => {
    const startPrices = { WSTETH: '5000', wETH: '4000', KHYPE: '30', WHYPE: '60', HYPER: '60' };
    const seen = frames(200, { startPrices }).map((frame) => frame.split(' ').map(Number));
    // The ten markets, then the others by name: HYPER, KHYPE, WHYPE, WSTETH, wETH.
    expect(seen[0]!.slice(10)).toEqual([60, 30, 60, 5000, 4000]);
    const moved = (of: readonly number[], i: number): number => of[i]! / seen[0]![i]!;
    for (const prices of seen) {
      for (const form of [13, 14]) expect(moved(prices, form)).toBeCloseTo(moved(prices, 1), 4);
      expect(moved(prices, 11)).toBeCloseTo(moved(prices, 12), 4);
    }
    const last = seen.at(-1)!;
    expect(Math.abs(moved(last, 10) - moved(last, 12))).toBeGreaterThan(1e-4);
  });

  it('FD-26 others correlate as the ten do on average', () => {
    const model = createPriceModel(7, 'normal', 3_600_000, ['A', 'B']);
    const moves: [number, number][] = [];
    let [a, b] = [0, 0];
    for (let i = 0; i < 6_000; i++) {
      model.step();
      moves.push([model.logReturns[10]! - a, model.logReturns[11]! - b]);
      [a, b] = [model.logReturns[10]!, model.logReturns[11]!];
    }
    const signs = moves.filter(([x, y]) => x * y > 0).length / moves.length;
    // Of two normals that correlate by c, signs agree with probability ½ + arcsin(c) ÷ π: c = 0.62 gives 0.71.
    expect(signs).toBeGreaterThan(0.68);
    expect(signs).toBeLessThan(0.75);
  });

  it('behavior: where the machine cannot follow, the clock falls behind and the path stays whole', () => {
    const feed = make({ stepMs: 1, speed: 600, queueMax: 1_000_000 });
    feed.advance(0);
    const burst = feed.advance(100);
    expect(burst).toMatchObject({
      clockMs: START_MS + 50_000,
      status: { detail: 'This machine cannot keep the chosen speed.', droppedCount: 0 },
    });
    const next = feed.advance(101);
    expect(next.ticks[0]!.venueTimeMs).toBe(START_MS + 50_001);
  });

  it('FD-11 a step wider than one advance plays is a seek', () => {
    const feed = make({ speed: 0 });
    feed.advance(0);
    feed.step(60_000);
    expect(feed.advance(0)).toMatchObject({ clockMs: START_MS + 60_000_000, isDiscontinuous: true });
    feed.step(60_000 - 1);
    expect(feed.advance(0).ticks[0]!.venueTimeMs).toBe(START_MS + 119_999_000);
  });

  it('error: options out of range', () => {
    for (const bad of [
      { stepMs: 0 },
      { stepMs: 1.5 },
      { stepMs: Number.NaN },
      { seed: 0.5 },
      { startMs: Number.NaN },
      { regime: 'toString' as 'calm' },
      { speed: -1 },
    ]) {
      expect(() => make(bad), JSON.stringify(bad)).toThrow(RangeError);
    }
    for (const price of ['0', '-1', 'NaN', '1e400', '']) expect(() => make({ startPrices: { ETH: price } })).toThrow(RangeError);
    expect(() => make().seek(START_MS + 1e13)).toThrow(RangeError);
  });
});

describe('FD-19 price text', () => {
  it.each([
    [65133.04, '65133.0'],
    [1911.704, '1911.70'],
    [0.0911752, '0.0911752'],
    [1.2345678, '1.23457'],
    [1234567.8, '1234568'],
    [0.00001287, '0.0000128700'],
  ])('%d is told as %s', (price, text) => expect(priceText(price)).toBe(text));
});

describe('FD-15 the model', () => {
  it('Cholesky: L·Lᵀ gives the matrix back', () => {
    const lower = cholesky(CORRELATION);
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += lower[i]![k]! * lower[j]![k]!;
        expect(sum).toBeCloseTo(CORRELATION[i]![j]!, 12);
        expect(CORRELATION[i]![j]).toBe(CORRELATION[j]![i]);
      }
    }
  });

  it('error: Cholesky of what is no correlation', () => {
    expect(() =>
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(RangeError);
  });

  it('FD-18 a blended matrix has the mean asked for, keeps its order, and is still a correlation', () => {
    const blended = blendCorrelation(CORRELATION, 0.9);
    const off = blended.flatMap((row, i) => row.filter((_, j) => j < i));
    expect(off.reduce((sum, x) => sum + x, 0) / off.length).toBeCloseTo(0.9, 12);
    expect(blended[1]![0]!).toBeGreaterThan(blended[5]![0]!);
    expect(() => cholesky(blended)).not.toThrow();
  });

  it('returns of short steps follow the matrix, whatever the volatility does', () => {
    const model = createPriceModel(5, 'calm', 1_000);
    const returns: number[][] = MARKETS.map(() => []);
    const last = new Float64Array(10);
    for (let k = 0; k < 20_000; k++) {
      const variances = [...model.variances];
      model.step();
      for (const [i, value] of model.logReturns.entries()) returns[i]!.push((value - last[i]!) / Math.sqrt(variances[i]!));
      last.set(model.logReturns);
    }
    for (const [i, j] of [
      [0, 1],
      [2, 5],
      [3, 9],
      [6, 8],
    ] as const)
      expect(correlation(returns[i]!, returns[j]!)).toBeCloseTo(CORRELATION[i]![j]!, 1);
  });

  it('a day has the same variance in any step', () => {
    const daily = (stepMs: number): number => {
      let sum = 0;
      for (let seed = 1; seed <= 400; seed++) {
        const model = createPriceModel(seed, 'normal', stepMs);
        for (let k = 0; k < 86_400_000 / stepMs; k++) model.step();
        sum += Math.min(model.logReturns[0]! ** 2, 0.01);
      }
      return sum / 400;
    };
    const [fine, coarse] = [daily(1_800_000), daily(14_400_000)];
    expect(fine / coarse).toBeGreaterThan(0.75);
    expect(fine / coarse).toBeLessThan(1.33);
  });
});

describe('FD-17 jumps', () => {
  const jumps = (seed: number, factor = 1) => createJumps(MARKETS, factor, (purpose) => uniformStream(seed, purpose));

  it('behavior: when they come and how far they go does not depend on the step', () => {
    const [coarse, fine] = [jumps(3), jumps(3)];
    const whole = Float64Array.from(coarse.advanceTo(365));
    const parts = new Float64Array(10);
    for (let k = 1; k <= 365 * 24; k++)
      fine.advanceTo(k / 24).forEach((jump, i) => {
        parts[i] = parts[i]! + jump;
      });
    expect(fine.count()).toBe(coarse.count());
    expect(fine.count()).toBeGreaterThan(10);
    for (const [i, jump] of whole.entries()) expect(parts[i]).toBeCloseTo(jump, 12);
  });

  it('behavior: rate λ0 ÷ (1 − n), and one jump in four brings another', () => {
    const days = 400_000;
    const source = jumps(11);
    let clustered = 0;
    let before = 0;
    for (let day = 0.5; day <= days; day += 0.5) {
      source.advanceTo(day);
      const inHalfDay = source.count() - before;
      if (inHalfDay > 1) clustered += inHalfDay - 1;
      before = source.count();
    }
    expect(source.count() / days).toBeCloseTo(0.08, 2);
    expect(Math.abs(source.count() / days - 0.08)).toBeLessThan(0.002);
    expect(clustered / source.count()).toBeGreaterThan(0.2);
    expect(clustered / source.count()).toBeLessThan(0.3);
  });

  it('behavior: sizes, directions and the answers of markets are those set', () => {
    const source = jumps(13);
    const [down, up]: number[][] = [[], []];
    let doge = 0;
    for (let minute = 1; minute <= 20_000_000; minute += 60) {
      const before = source.count();
      const found = source.advanceTo(minute / 1_440);
      if (source.count() - before !== 1) continue;
      (found[0]! < 0 ? down! : up!).push(Math.abs(found[0]!));
      doge += Math.abs(found[5]! / found[0]!);
    }
    const average = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const count = down!.length + up!.length;
    console.log(
      `jumps: ${count}, down ${(down!.length / count).toFixed(3)}, mean down ${average(down!).toFixed(4)}, up ${average(up!).toFixed(4)}, DOGE ÷ BTC ${(doge / count).toFixed(2)}`,
    );
    expect(count).toBeGreaterThan(500);
    expect(Math.abs(down!.length / count - 0.55)).toBeLessThan(0.05);
    expect(Math.abs(average(down!) / 0.026 - 1)).toBeLessThan(0.1);
    expect(Math.abs(average(up!) / 0.016 - 1)).toBeLessThan(0.12);
    /** E|e^(0.35ξ)·e^(−0.35ξ')| = e^0.1225. */
    expect(Math.abs(doge / count / (1.7 * Math.exp(0.1225)) - 1)).toBeLessThan(0.1);
  });
});
