import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countMask,
  EITHER_SIDE,
  keepBetween,
  keepCodes,
  keepMarked,
  keepRange,
  LONG,
  listMask,
  markHolders,
  markRows,
  maskAll,
  SHORT,
} from './filter.ts';
import { keyColumn, uniform } from './testing/keys.ts';

interface NaiveLeg {
  readonly instrument: number;
  readonly size: number;
}

describe('DS-5 filters', () => {
  it('all conditions together equal a plain filter of objects', () => {
    let kept = 0;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 300 }), fc.constantFrom(LONG, SHORT, EITHER_SIDE), (seed, size, sides) => {
        const u = uniform(seed);
        const values = keyColumn('mixed', size, u);
        const states = Uint8Array.from({ length: size }, () => Math.floor(u() * 8));
        const accounts = Array.from({ length: size }, () =>
          Array.from({ length: Math.floor(u() * 4) }, (): NaiveLeg => ({ instrument: Math.floor(u() * 5), size: Math.floor(u() * 3) - 1 })),
        );
        const { legStart, legEnd, legInstrument, legSize, legRow } = withGaps(accounts);
        // A pool a leg, in any order, and legs of none.
        const poolRow = legRow.slice().reverse();
        const legPool = Uint32Array.from(legRow, (row, leg) => (row < size ? legRow.length - 1 - leg : 0xffff_ffff));
        const allowed = Uint8Array.from({ length: 256 }, () => (u() < 0.7 ? 1 : 0));
        const wanted = Uint8Array.from({ length: 5 }, () => (u() < 0.5 ? 1 : 0));
        const watched = Uint32Array.from({ length: size }, () => Math.floor(u() * size * 1.2));

        const mask = new Uint8Array(size + 3).fill(9, size);
        maskAll(size, mask);
        keepCodes(size, states, allowed, mask);
        keepRange(size, values, -10, 20, mask);
        markHolders(legSize.length, legPool, poolRow, legInstrument, legSize, size, legStart, legEnd, wanted, sides, mask);
        keepMarked(size, mask);
        markRows(size, watched, watched.length, mask);
        keepMarked(size, mask);

        const expected = accounts.flatMap((legs, row) => {
          const value = values[row] as number;
          const holds = legs.some(
            (leg) => wanted[leg.instrument] === 1 && ((leg.size > 0 && sides !== SHORT) || (leg.size < 0 && sides !== LONG)),
          );
          const isKept = allowed[states[row] as number] === 1 && value >= -10 && value < 20 && holds && watched.includes(row);
          return isKept ? [row] : [];
        });
        const out = new Uint32Array(size);
        expect([...out.subarray(0, listMask(size, mask, out))]).toEqual(expected);
        expect(countMask(size, mask)).toBe(expected.length);
        expect([...mask.subarray(size)]).toEqual([9, 9, 9]);
        kept += expected.length;
      }),
      { numRuns: 200, seed: 20260205 },
    );
    expect(kept).toBeGreaterThan(500);
  });

  it('keepRange takes its lower end and not its upper one, keepBetween both; NaN is in neither', () => {
    const values = Float64Array.of(1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY, -0);
    const left = (keep: (mask: Uint8Array) => void): number[] => {
      const mask = new Uint8Array(6).fill(1);
      keep(mask);
      return [...mask];
    };
    expect(left((mask) => keepRange(6, values, 1, 3, mask))).toEqual([1, 1, 0, 0, 0, 0]);
    expect(left((mask) => keepBetween(6, values, 1, 3, mask))).toEqual([1, 1, 1, 0, 0, 0]);
    expect(left((mask) => keepRange(6, values, 0, Number.POSITIVE_INFINITY, mask))).toEqual([1, 1, 1, 0, 0, 1]);
    expect(left((mask) => keepBetween(6, values, 0, Number.POSITIVE_INFINITY, mask))).toEqual([1, 1, 1, 0, 1, 1]);
  });
});

/** Legs with unused room between accounts, filled with what must not be looked at. */
function withGaps(accounts: readonly (readonly NaiveLeg[])[]): {
  legStart: Uint32Array;
  legEnd: Uint32Array;
  legInstrument: Uint32Array;
  legSize: Float64Array;
  legRow: Uint32Array;
} {
  const legs: NaiveLeg[] = [];
  const legRow: number[] = [];
  const legStart = new Uint32Array(accounts.length);
  const legEnd = new Uint32Array(accounts.length);
  accounts.forEach((own, row) => {
    legStart[row] = legs.length;
    legs.push(...own);
    legEnd[row] = legs.length;
    legs.push({ instrument: row % 5, size: 1 }, { instrument: row % 5, size: -1 });
    // What was here before still names a row.
    while (legRow.length < legs.length) legRow.push(legRow.length < (legEnd[row] as number) ? row : (row * 7) % (accounts.length + 2));
  });
  return {
    legStart,
    legEnd,
    legInstrument: Uint32Array.from(legs, (leg) => leg.instrument),
    legSize: Float64Array.from(legs, (leg) => leg.size),
    legRow: Uint32Array.from(legRow),
  };
}
