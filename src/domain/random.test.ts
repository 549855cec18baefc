import { describe, expect, it } from 'vitest';
import { normalsFrom, sfc32, splitMix64, uniformStream } from './random.ts';

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

describe('FD-14 random streams', () => {
  it('sfc32 gives the outputs of the reference algorithm', () => {
    const next = sfc32(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeee);
    const outputs = take(20, next);
    expect(outputs.slice(0, 8)).toEqual([2703532847, 2043089054, 2396455597, 2767762934, 2232335320, 3806032222, 2953036596, 378831296]);
    expect(outputs.slice(16)).toEqual([1313215899, 343459936, 4033092561, 209048093]);
  });

  it('SplitMix64 gives the published list for 1234567', () => {
    expect(take(5, splitMix64(1234567n)).map(String)).toEqual([
      '6457827717110365317',
      '3203168211198807973',
      '9817491932198370423',
      '4593380528125082431',
      '16408922859458223821',
    ]);
  });

  it('behavior: a stream depends on its seed and on its purpose', () => {
    const draw = (seed: number, purpose: string): number[] => take(4, uniformStream(seed, purpose));
    expect(draw(42, 'price')).toEqual(draw(42, 'price'));
    const all = [draw(42, 'price'), draw(43, 'price'), draw(42, 'fills'), draw(-42, 'price'), draw(0, 'price')];
    expect(new Set(all.map(String)).size).toBe(all.length);
  });

  it('behavior: uniforms lie inside (0, 1), with the mean and variance of a uniform', () => {
    const values = take(200_000, uniformStream(7, 'test'));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    for (const value of values) if (!(value > 0 && value < 1)) expect.fail(`outside (0, 1): ${value}`);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
  });

  it('behavior: normals have moments 0, 1, 0, 3 and neighbours that know nothing of each other', () => {
    const values = take(200_000, normalsFrom(uniformStream(7, 'normal')));
    const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 2);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(3)).toBeCloseTo(0, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.06);
    const neighbours = values.slice(1).reduce((sum, x, i) => sum + x * values[i]!, 0) / values.length;
    expect(Math.abs(neighbours)).toBeLessThan(0.01);
  });

  it('error: a seed that is not a whole number', () => {
    for (const bad of [0.5, Number.NaN, 2 ** 60]) expect(() => uniformStream(bad, 'x')).toThrow(RangeError);
  });
});
