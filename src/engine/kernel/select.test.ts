import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { caseFloors } from '../testing/floors.ts';
import { type Arena, createArena } from './arena.ts';
import { countMask } from './filter.ts';
import { bytesOfBase64, KERNEL_MEMORY_BASE, type KernelExports } from './kernel.ts';
import { KERNEL_BYTES } from './kernel-bytes.ts';
import { orderRows, orderScratch } from './order.ts';
import { type OrderKey, rankOfRow, type SelectPasses, selectScratch, selectWindow, takeSelectScratch } from './select.ts';
import { KEY_KINDS, type KeyKind, keyColumn, uniform } from './testing/keys.ts';

const RUNS = { numRuns: 400, seed: 20260205 } as const;
const CAPACITY = 2400;
const scratch = selectScratch(CAPACITY);
const count = caseFloors();

/** The order as one would write it without a thought for speed: NaN last, then by the keys, then by row. */
function naiveOrder(size: number, mask: Uint8Array, order: readonly OrderKey[]): number[] {
  const rows = Array.from({ length: size }, (_, row) => row).filter((row) => mask[row] === 1);
  return rows.sort((a, b) => {
    for (const { keys, falling } of order) {
      const x = keys[a] as number;
      const y = keys[b] as number;
      if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
      if (x < y) return falling ? 1 : -1;
      if (x > y) return falling ? -1 : 1;
    }
    return a - b;
  });
}

const kinds = Object.keys(KEY_KINDS) as KeyKind[];
const setup = fc.record({
  seed: fc.integer(),
  size: fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) },
    { weight: 4, arbitrary: fc.integer({ min: 800, max: CAPACITY }) },
  ),
  order: fc.array(fc.record({ kind: fc.constantFrom(...kinds), falling: fc.boolean() }), { maxLength: 3 }),
  share: fc.constantFrom(1, 1, 1, 0.5, 0.02),
  from: fc.integer({ min: 0, max: 1000 }),
  n: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: CAPACITY }) }),
});
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

function make({ seed, size, order, share }: Setup): { mask: Uint8Array; keys: OrderKey[] } {
  const u = uniform(seed);
  const keys = order.map(({ kind, falling }) => ({ keys: keyColumn(kind, size, u), falling }));
  return { mask: Uint8Array.from({ length: size }, () => (u() < share ? 1 : 0)), keys };
}

describe('DS-1, DS-2 a window by selection', () => {
  it('equals the slice of a full sort: any kind of key, any number of keys, any mask', () => {
    fc.assert(
      fc.property(setup, (input) => {
        const { mask, keys } = make(input);
        const expected = naiveOrder(input.size, mask, keys);
        const from = Math.round((input.from / 1000) * expected.length);
        const out = new Uint32Array(CAPACITY);
        const written = selectWindow(input.size, mask, keys, from, input.n, out, scratch);
        expect([...out.subarray(0, written)]).toEqual(expected.slice(from, from + input.n));
        if (written > 0) count('windows', 280);
        if (written > 0 && expected.length > 400 && keys.length > 1) count('windows by several keys', 60);
      }),
      RUNS,
    );
  });

  it('leaves its scratch as it needs it and its input as it was', () => {
    const keys = keyColumn('mixed', CAPACITY, uniform(5));
    const before = keys.slice();
    const mask = new Uint8Array(CAPACITY).fill(1);
    const out = new Uint32Array(10);
    const read = (): number[] => {
      selectWindow(CAPACITY, mask, [{ keys, falling: true }], 1200, 10, out, scratch);
      return [...out];
    };
    const first = read();
    expect(read()).toEqual(first);
    expect(keys).toEqual(before);
    expect(scratch.wanted.every((value) => value === 0)).toBe(true);
  });

  it('behavior: NaN last both ways, −0 ties with +0, ties by row', () => {
    const keys = Float64Array.of(Number.NaN, 0, -0, 1, Number.NaN, -0, -1);
    const mask = new Uint8Array(7).fill(1);
    const out = new Uint32Array(7);
    selectWindow(7, mask, [{ keys, falling: false }], 0, 7, out, scratch);
    expect([...out]).toEqual([6, 1, 2, 5, 3, 0, 4]);
    selectWindow(7, mask, [{ keys, falling: true }], 0, 7, out, scratch);
    expect([...out]).toEqual([3, 1, 2, 5, 6, 0, 4]);
  });

  it('behavior: a window past the end is empty, one across it short', () => {
    const keys = Float64Array.of(3, 1, 2);
    const mask = new Uint8Array(3).fill(1);
    const out = new Uint32Array(5);
    expect(selectWindow(3, mask, [{ keys, falling: false }], 3, 5, out, scratch)).toBe(0);
    expect(selectWindow(3, mask, [{ keys, falling: false }], 1, 5, out, scratch)).toBe(2);
    expect([...out.subarray(0, 2)]).toEqual([2, 0]);
  });
});

describe('DS-2 the compiled passes', () => {
  const host = createKernelHost(false);
  it.runIf(host)('give the same windows as the plain ones', () => {
    if (!host) return;
    const planned = createArena(undefined, KERNEL_MEMORY_BASE);
    const takeAll = (arena: Arena) => ({
      keys: arena.take(Float64Array, CAPACITY),
      mask: arena.take(Uint8Array, CAPACITY),
      scratch: (passes?: SelectPasses) => takeSelectScratch(arena, CAPACITY, passes),
    });
    takeAll(planned).scratch();
    const memory = host.createMemory(planned.end());
    const passes = { ...host.instantiate<KernelExports>(bytesOfBase64(KERNEL_BYTES), memory), buffer: memory.buffer };
    const { keys, mask, scratch: takeScratch } = takeAll(createArena(memory.buffer, KERNEL_MEMORY_BASE));
    const compiled = takeScratch(passes);
    fc.assert(
      fc.property(setup, (input) => {
        const made = make({ ...input, order: input.order.slice(0, 1) });
        const key = made.keys[0];
        if (!key) return;
        keys.set(key.keys);
        mask.set(made.mask);
        const from = Math.round((input.from / 1000) * input.size);
        const plainOut = new Uint32Array(CAPACITY);
        const out = new Uint32Array(CAPACITY);
        const expected = selectWindow(input.size, made.mask, made.keys, from, input.n, plainOut, scratch);
        const written = selectWindow(input.size, mask, [{ keys, falling: key.falling }], from, input.n, out, compiled);
        expect(written).toBe(expected);
        expect(out.join()).toBe(plainOut.join());
        if (written > 0) count('compiled windows', 40);
      }),
      { ...RUNS, numRuns: 120 },
    );
  });
});

describe('DS-3 the rank of a row', () => {
  it('is its place in the full sort; of a hidden row the place it would have', () => {
    fc.assert(
      fc.property(setup, fc.integer({ min: 0, max: 999 }), (input, where) => {
        if (input.size === 0) return;
        const { mask, keys } = make(input);
        const row = Math.floor((where / 1000) * input.size);
        const shown = mask.slice();
        shown[row] = 1;
        expect(rankOfRow(input.size, mask, keys, row)).toBe(naiveOrder(input.size, shown, keys).indexOf(row));
        count('ranks', 300);
      }),
      RUNS,
    );
  });
});

describe('DS-4 a whole order by radix', () => {
  it('equals the full sort, by several keys called from the last to the first', () => {
    const order = orderScratch(CAPACITY);
    fc.assert(
      fc.property(setup, (input) => {
        const { mask, keys } = make(input);
        const rows = Uint32Array.from(naiveOrder(input.size, mask, []));
        for (const { keys: column, falling } of keys.toReversed()) orderRows(rows, rows.length, column, falling, order);
        expect([...rows]).toEqual(naiveOrder(input.size, mask, keys));
        expect(rows.length).toBe(countMask(input.size, mask));
        if (rows.length > 400) count('orders', 150);
      }),
      RUNS,
    );
  });

  it('is stable: rows with one key keep the order they came in', () => {
    const rows = Uint32Array.of(4, 2, 0, 3, 1);
    orderRows(rows, 5, Float64Array.of(1, 0, 1, 0, 1), true, orderScratch(5));
    expect([...rows]).toEqual([4, 2, 0, 3, 1]);
  });
});
