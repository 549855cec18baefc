/** The full sweep of a million accounts in a browser's worker: compiled, plain, over objects; and the memory's own speed beside it. */
import { createArena } from '../../src/engine/kernel/arena.ts';
import {
  bytesOfBase64,
  compiledKernel,
  KERNEL_MEMORY_BASE,
  type Kernel,
  type KernelExports,
  plainKernel,
} from '../../src/engine/kernel/kernel.ts';
import { KERNEL_BYTES, KERNEL_BYTES_SHARED } from '../../src/engine/kernel/kernel-bytes.ts';
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS, type Layout, takeLayout } from '../../src/engine/kernel/layout.ts';
import { type SlotTables, takeTables } from '../../src/engine/kernel/tables.ts';
import { createKernelHost } from '../../src/transport/worker/kernel-host.ts';
import { INSTRUMENTS, makeBook, type SweepBook, TIERS, tierOf } from './sweep-book.ts';
import type { SweepReply, SweepRequest, SweepTimes } from './sweep-messages.ts';
import { type Account, objectsOf, sweepObjects } from './sweep-objects.ts';

const OUT_COLUMNS = 6;

/** Accounts by falling number of positions, so that the two lanes of a group are of one length. */
function placesOf(book: SweepBook): Uint32Array {
  const length = (a: number): number => book.start[a + 1]! - book.start[a]!;
  return Uint32Array.from({ length: book.accounts }, (_, a) => a).sort((a, b) => length(b) - length(a));
}

function fillTables(tables: SlotTables, book: SweepBook): void {
  for (let i = 0; i < INSTRUMENTS; i++) {
    for (let t = 0; t < TIERS; t++) {
      const slot = i * TIERS + t;
      tables.coefficient[2 * slot] = book.price[i]!;
      tables.coefficient[2 * slot + 1] = book.price[i]! * (book.tiers[i]![t]?.rate ?? 0);
      tables.counted[slot] = 1;
    }
  }
}

function fillLayout(layout: Layout, book: SweepBook, order: Uint32Array): number {
  let at = 0;
  for (let group = 0; group * 2 < layout.blockCapacity * BLOCK_PLACES; group++) {
    const block = Math.floor(group / BLOCK_GROUPS);
    layout.groupStart[block * BLOCK_STARTS + (group % BLOCK_GROUPS)] = at;
    layout.groups[block] = BLOCK_GROUPS;
    let width = 0;
    for (let lane = 0; lane < 2; lane++) width = Math.max(width, fillPlace(layout, book, order, 2 * group + lane, at));
    at += width;
    layout.groupStart[block * BLOCK_STARTS + (group % BLOCK_GROUPS) + 1] = at;
  }
  return at;
}

function fillPlace(layout: Layout, book: SweepBook, order: Uint32Array, place: number, at: number): number {
  const account = order[place];
  if (account === undefined) return 0;
  const from = book.start[account]!;
  const to = book.start[account + 1]!;
  let constant = book.cash[account]!;
  let deductions = 0;
  for (let i = from; i < to; i++) {
    const instrument = book.instrument[i]!;
    const tiers = book.tiers[instrument]!;
    const tier = tierOf(tiers, Math.abs(book.size[i]!) * book.price[instrument]!);
    const entry = 2 * (at + i - from) + (place & 1);
    layout.weight[entry] = book.size[i]!;
    layout.slot[entry] = instrument * TIERS + tier;
    constant -= book.size[i]! * book.entry[i]!;
    deductions += tiers[tier]!.deduction;
  }
  layout.constant[place] = constant;
  layout.requirement[place] = -deductions;
  return to - from;
}

interface Prepared {
  readonly bytes: number;
  readonly worst: number;
  readonly positions: number;
  readonly round: (index: number, withObjects: boolean) => SweepTimes;
}

function prepare(accounts: number, withObjects: boolean): Prepared {
  const host = createKernelHost(crossOriginIsolated);
  if (!host) throw new Error('This browser runs no WebAssembly vectors.');
  const book = makeBook(accounts, 42);
  const order = placesOf(book);
  const blocks = Math.ceil(accounts / BLOCK_PLACES);
  const places = blocks * BLOCK_PLACES;
  const positions = book.start[accounts]!;
  const plan = (buffer: ArrayBufferLike | undefined) => {
    const arena = createArena(buffer, KERNEL_MEMORY_BASE);
    const tables = takeTables(arena, INSTRUMENTS * TIERS);
    const layout = takeLayout(arena, blocks, Math.ceil(positions / 2) + 64, 2);
    const out = arena.take(Float64Array, OUT_COLUMNS * places);
    return { layout, tables, out, end: arena.end() };
  };
  const memory = host.createMemory(plan(undefined).end);
  /** Pages that nobody wrote are all the same page of zeros, which is faster to read than memory. */
  new Float64Array(memory.buffer).fill(0, KERNEL_MEMORY_BASE / 8);
  const { layout, tables, out } = plan(memory.buffer);
  fillTables(tables, book);
  const pairs = fillLayout(layout, book, order);
  const exports = host.instantiate<KernelExports>(bytesOfBase64(host.isShared ? KERNEL_BYTES_SHARED : KERNEL_BYTES), memory);
  const compiled = compiledKernel(exports);
  const plain = plainKernel();
  for (const kernel of [compiled, plain]) kernel.bind(layout, tables);
  const sweep = (kernel: Kernel): void => {
    for (let block = 0; block < blocks; block++) kernel.sweepColumns(block, BLOCK_GROUPS, out, block * BLOCK_PLACES, places);
  };
  const objects = withObjects ? objectsOf(book) : [];
  /** What the sweep reads and writes: entries, two constants a place, starts, and six columns. */
  const bytes = pairs * 20 + places * 16 + blocks * BLOCK_STARTS * 4 + OUT_COLUMNS * places * 8;
  const runs: Readonly<Record<keyof SweepTimes, () => void>> = {
    memory: () => void exports.sumBytes(KERNEL_MEMORY_BASE, bytes),
    compiled: () => sweep(compiled),
    plain: () => sweep(plain),
    objects: () => sweepObjects(objects),
  };
  sweepObjects(objects);
  sweep(compiled);
  return { bytes, positions, worst: worstDifference(objects, order, out, places), round: (index, all) => timeRound(runs, index, all) };
}

/** Worst relative difference of equity, notional and requirement between the columns and the objects. */
function worstDifference(objects: readonly Account[], order: Uint32Array, out: Float64Array, stride: number): number {
  let worst = 0;
  for (let place = 0; place < order.length && objects.length > 0; place++) {
    const account = objects[order[place]!]!;
    const scale = account.notional + Math.abs(account.cash);
    for (const [column, value] of [account.equity, account.notional, account.requirement].entries()) {
      worst = Math.max(worst, Math.abs(out[column * stride + place]! - value) / scale);
    }
  }
  return worst;
}

function timeRound(runs: Readonly<Record<keyof SweepTimes, () => void>>, index: number, withObjects: boolean): SweepTimes {
  const names = (Object.keys(runs) as (keyof SweepTimes)[]).filter((name) => withObjects || name !== 'objects');
  const times = { memory: 0, compiled: 0, plain: 0, objects: 0 };
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + index) % names.length]!;
    const start = performance.now();
    runs[name]();
    times[name] = performance.now() - start;
  }
  return times;
}

const scope = self as unknown as Worker;
scope.addEventListener('message', ({ data: { accounts, rounds, withObjects } }: MessageEvent<SweepRequest>) => {
  const { bytes, positions, worst, round } = prepare(accounts, withObjects);
  for (let i = 0; i < 3; i++) round(i, withObjects);
  const times = Array.from({ length: rounds }, (_, i) => round(i, withObjects));
  scope.postMessage({ bytes, positions, worst, times } satisfies SweepReply);
});
