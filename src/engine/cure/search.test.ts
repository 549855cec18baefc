/** CU-3: the search against trying every step. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { none, some } from '../../domain/outcome.ts';
import { d } from '../testing/books.ts';
import { smallestSteps } from './search.ts';

/** Slopes by stretch, with a jump at each break, in tenths. */
const stretches = fc.array(
  fc.record({ length: fc.integer({ min: 1, max: 40 }), slope: fc.integer({ min: -8, max: 20 }), jump: fc.integer({ min: -30, max: 60 }) }),
  {
    minLength: 1,
    maxLength: 5,
  },
);

it('finds the first step on lines with breaks and jumps, or that there is none', () => {
  const reached = { found: 0, never: 0 };
  fc.assert(
    fc.property(stretches, fc.integer({ min: -200, max: 20 }), fc.boolean(), (parts, start, isStrict) => {
      const values: number[] = [];
      const breaks: bigint[] = [];
      let value = start;
      for (const { length, slope, jump } of parts) {
        for (let i = 0; i < length; i++) {
          values.push(value);
          value += slope;
        }
        breaks.push(BigInt(values.length - 1));
        value += jump;
      }
      const isMet = (at: number) => (isStrict ? at > 0 : at >= 0);
      const standingAt = (n: bigint) => {
        const at = values[Number(n)] ?? 0;
        return some({ surpluses: [d(at)], isMet: isMet(at) });
      };
      const expected = values.findIndex(isMet);
      const found = smallestSteps({ standingAt, breaks, limit: BigInt(values.length - 1) });
      expect(found).toEqual(some(expected < 0 ? undefined : BigInt(expected)));
      if (expected < 0) reached.never++;
      else reached.found++;
    }),
    { numRuns: 500 },
  );
  expect(reached.found).toBeGreaterThan(100);
  expect(reached.never).toBeGreaterThan(30);
});

it('passes on what is not known', () => {
  expect(smallestSteps({ standingAt: () => none('missing-mark', 'x'), breaks: [], limit: 9n })).toEqual(none('missing-mark', 'x'));
});
