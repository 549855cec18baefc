import { describe, expect, it } from 'vitest';
import { uniformStream } from '../../domain/random.ts';
import { perron as plainPerron } from '../cascade/spectrum.ts';
import { caseFloors } from '../testing/floors.ts';
import { perron, spectralRadius } from './spectral.ts';

const floor = caseFloors();
const rowsOf = (matrix: Float64Array, n: number): number[][] => Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, i * n + n)]);

describe('ST-8 the radius in typed arrays', () => {
  it('is that of the plain one: dense, sparse, of both signs, reducible', () => {
    const next = uniformStream(11, 'spectral');
    for (let k = 0; k < 120; k++) {
      const n = 1 + Math.floor(12 * next());
      const density = [1, 0.3, 0.1][k % 3]!;
      const hasBothSigns = k % 2 === 1;
      const matrix = Float64Array.from({ length: n * n }, () =>
        next() < density ? next() * 10 ** (4 * next() - 2) * (hasBothSigns && next() < 0.3 ? -1 : 1) : 0,
      );
      const found = perron(matrix, n);
      const plain = plainPerron(rowsOf(matrix, n));
      const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(Math.abs(found.radius - plain.radius), `${n} ${[...matrix]}`).toBeLessThanOrEqual(1e-9 * plain.radius + 1e-11 * largest);
      if (plain.radius > 1e-6 * largest) floor('radii', 60);
      if (found.right && plain.right && k % 3 === 0 && !hasBothSigns) {
        for (let i = 0; i < n; i++) expect(found.right[i]).toBeCloseTo(plain.right[i]!, 6);
        floor('vectors', 15);
      }
    }
  });

  it('is exact where it is known: rotations, mirrored pairs, one market, nothing', () => {
    expect(spectralRadius(Float64Array.of(0, -2, 2, 0), 2)).toBeCloseTo(2, 10);
    expect(spectralRadius(Float64Array.of(0, 3, 3, 0), 2)).toBeCloseTo(3, 10);
    expect(spectralRadius(Float64Array.of(0.7), 1)).toBeCloseTo(0.7, 14);
    expect(spectralRadius(Float64Array.of(0, 1, 0, 0), 2)).toBe(0);
    expect(spectralRadius(new Float64Array(9), 3)).toBe(0);
    expect(spectralRadius(Float64Array.of(-0.4, 0, 0, 0.1), 2)).toBeCloseTo(0.4, 13);
  });
});
