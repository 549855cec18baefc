import { describe, expect, it } from 'vitest';
import { sourceHash } from '../../../scripts/build-kernel.mjs';
import { RISK_THRESHOLDS } from '../../policy/risk-state.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { createArena } from './arena.ts';
import { bytesOfBase64, compiledKernel, KERNEL_MEMORY_BASE, type KernelExports, plainKernel } from './kernel.ts';
import { KERNEL_BYTES, KERNEL_BYTES_SHARED, KERNEL_SOURCE_HASH } from './kernel-bytes.ts';
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS, type Layout, takeLayout } from './layout.ts';
import { MARGIN_CALL, WARNING, WATCH } from './limits.ts';
import { type SlotTables, takeTables } from './tables.ts';

const BLOCKS = 3;
const SLOTS = 300;
const ENTRIES = BLOCKS * BLOCK_GROUPS * 8;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A block of every kind, pools of 0 to 8 entries, some near thresholds, some with unknown requirement or equity. */
function fill(layout: Layout, tables: SlotTables, next: () => number): void {
  for (let s = 0; s < SLOTS; s++) {
    const worth = Math.exp(8 * next() - 2);
    tables.coefficient[2 * s] = worth;
    tables.coefficient[2 * s + 1] = worth * next() * 0.2;
    tables.counted[s] = next() < 0.7 ? 1 : 0;
    tables.swing[s] = 0.5 + next();
    tables.requiredHigh[s] = worth * 0.2;
    tables.reachUp[s] = next() < 0.5 ? 0 : next() * 0.02;
    tables.reachDown[s] = next() < 0.5 ? 0 : next() * 0.02;
  }
  let at = 0;
  for (let block = 0; block < BLOCKS; block++) {
    layout.kind[block] = block;
    layout.groups[block] = BLOCK_GROUPS;
    for (let g = 0; g < BLOCK_GROUPS; g++) {
      layout.groupStart[block * BLOCK_STARTS + g] = at;
      at += Math.floor(next() * 9);
    }
    layout.groupStart[block * BLOCK_STARTS + BLOCK_GROUPS] = at;
  }
  for (let i = 0; i < 2 * at; i++) {
    layout.weight[i] = next() < 0.1 ? 0 : (next() - 0.5) * 10;
    layout.slot[i] = Math.floor(next() * SLOTS);
  }
  for (let p = 0; p < BLOCKS * BLOCK_PLACES; p++) {
    const kind = p < BLOCK_PLACES ? 0.03 + 0.97 * next() : next();
    layout.constant[p] = kind < 0.01 ? Number.NaN : kind < 0.05 ? 0 : (next() - 0.2) * 3000;
    layout.requirement[p] = kind < 0.02 ? Number.NaN : kind < 0.1 ? 0 : -next() * 20;
    layout.scale[p] = kind < 0.02 ? 0 : 3000;
    layout.state[p] = Math.floor(next() * 6);
  }
}

/** The same numbers in a compiled kernel's memory and under the plain one, both over that memory. */
function setup(isShared: boolean, slotBytes: 2 | 4) {
  const host = createKernelHost(isShared);
  if (!host) throw new Error('this Node runs no WebAssembly vectors');
  const plan = (buffer: ArrayBufferLike | undefined) => {
    const arena = createArena(buffer, KERNEL_MEMORY_BASE);
    const layout = takeLayout(arena, BLOCKS, ENTRIES, slotBytes);
    const tables = takeTables(arena, SLOTS);
    const out = arena.take(Float64Array, 6 * BLOCK_PLACES);
    const hits = arena.take(Uint32Array, 2 * BLOCK_PLACES);
    return { layout, tables, out, hits, bytes: arena.end() };
  };
  const memory = host.createMemory(plan(undefined).bytes);
  const parts = plan(memory.buffer);
  const module = bytesOfBase64(isShared ? KERNEL_BYTES_SHARED : KERNEL_BYTES);
  const compiled = compiledKernel(host.instantiate<KernelExports>(module, memory));
  const plain = plainKernel();
  for (const kernel of [plain, compiled]) kernel.bind(parts.layout, parts.tables);
  return { ...parts, plain, compiled };
}

describe('DK-10 the plain kernel and the compiled one agree bit by bit', () => {
  for (const isShared of [false, true]) {
    for (const slotBytes of [2, 4] as const) {
      it(`${isShared ? 'shared' : 'own'} memory, slots of ${slotBytes} bytes`, () => {
        const { layout, tables, out, hits, plain, compiled } = setup(isShared, slotBytes);
        const next = random(7);
        let hitCount = 0;
        let certified = 0;
        for (let round = 0; round < 4; round++) {
          fill(layout, tables, next);
          for (let block = 0; block < BLOCKS; block++) {
            plain.sweepColumns(block, BLOCK_GROUPS, 0.9998, out, 0, BLOCK_PLACES);
            const columns = out.slice();
            out.fill(0);
            compiled.sweepColumns(block, BLOCK_GROUPS, 0.9998, out, 0, BLOCK_PLACES);
            expect(out).toEqual(columns);
            const count = plain.sweepStates(block, BLOCK_GROUPS, hits);
            const expected = hits.slice(0, 2 * count);
            hits.fill(0);
            expect(compiled.sweepStates(block, BLOCK_GROUPS, hits)).toBe(count);
            expect(hits.slice(0, 2 * count)).toEqual(expected);
            const least = plain.certify(block, BLOCK_GROUPS);
            const radii = layout.radius.slice();
            layout.radius.fill(-1, block * BLOCK_PLACES, (block + 1) * BLOCK_PLACES);
            expect(compiled.certify(block, BLOCK_GROUPS)).toBe(least);
            expect(layout.radius).toEqual(radii);
            hitCount += count;
            certified += radii.filter((r) => r > 0).length;
          }
        }
        expect(hitCount).toBeGreaterThan(1000);
        expect(certified).toBeGreaterThan(1000);
      });
    }
  }
});

describe('the thresholds of the kernels', () => {
  it("behavior: are the policy's", () => {
    expect([WATCH, WARNING, MARGIN_CALL]).toEqual(
      [RISK_THRESHOLDS.watch, RISK_THRESHOLDS.warning, RISK_THRESHOLDS.marginCall].map((threshold) => threshold.toNumber()),
    );
  });
});

describe('the compiled bytes', () => {
  it('behavior: name the source that lies beside them', () => {
    expect(KERNEL_SOURCE_HASH, 'run node scripts/build-kernel.mjs').toBe(sourceHash());
  });
});
