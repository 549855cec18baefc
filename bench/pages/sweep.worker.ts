/** The full sweep of a desk of a million accounts in a browser's worker: compiled, plain, over objects; and the memory's own speed. */
import { type Kernel, type KernelExports, type KernelHost, plainKernel } from '../../src/engine/kernel/kernel.ts';
import { BLOCK_STARTS } from '../../src/engine/kernel/layout.ts';
import { createDeskOf } from '../../src/session/desk/desk-engine.ts';
import type { DeskState } from '../../src/session/desk/desk-state.ts';
import { sweepColumns } from '../../src/session/desk/refresh.ts';
import { createKernelHost } from '../../src/transport/worker/kernel-host.ts';
import { venues } from '../../src/venues/registry.ts';
import { syntheticBook } from '../desk-book.ts';
import type { SweepReply, SweepRequest, SweepTimes } from './sweep-messages.ts';
import { type Account, objectsOf, sweepObjects } from './sweep-objects.ts';

const SEED = 42;

/** What one sweep reads and writes: entries, two constants a place, starts of groups, and six columns. */
function bytesOf({ layout, blocks, columns }: DeskState): number {
  let pairs = 0;
  let places = 0;
  for (let block = 0; block < blocks.used; block++) {
    const groups = layout.groups[block]!;
    pairs += layout.groupStart[block * BLOCK_STARTS + groups]! - layout.groupStart[block * BLOCK_STARTS]!;
    places += 2 * groups;
  }
  return 2 * pairs * (8 + layout.slot.BYTES_PER_ELEMENT) + 16 * places + 4 * BLOCK_STARTS * blocks.used + 6 * 8 * columns.count;
}

/** Sums `bytes` bytes of a memory of its own, written once: pages that nobody wrote are one page of zeros, faster to read than memory. */
function memoryPass(host: KernelHost, module: Uint8Array, bytes: number): () => void {
  const memory = host.createMemory(bytes + 65_536);
  new Float64Array(memory.buffer).fill(1);
  const { sumBytes } = host.instantiate(module, memory);
  return () => void sumBytes(65_536, bytes);
}

function prepare(accounts: number, withObjects: boolean) {
  const host = createKernelHost(crossOriginIsolated) as KernelHost | undefined;
  if (!host) throw new Error('This browser runs no WebAssembly vectors.');
  let compiled: Uint8Array | undefined;
  const noting: KernelHost = {
    ...host,
    instantiate: (module, memory): KernelExports => {
      compiled ??= module;
      return host.instantiate(module, memory);
    },
  };
  const flat = syntheticBook(accounts, SEED);
  const rulesOf = (venue: string) => venues[venue]!.rules;
  const desk = createDeskOf(flat, { rulesOf, host: noting });
  const objects = withObjects ? objectsOf(flat) : [];
  const bytes = bytesOf(desk);
  const kernel: Kernel = plainKernel();
  kernel.bind(desk.layout, desk.tables);
  const plain: DeskState = { ...desk, kernel };
  const runs: Readonly<Record<keyof SweepTimes, () => void>> = {
    memory: memoryPass(host, compiled!, bytes),
    compiled: () => sweepColumns(desk),
    plain: () => sweepColumns(plain),
    objects: () => sweepObjects(objects),
  };
  sweepObjects(objects);
  sweepColumns(desk);
  return { bytes, positions: flat.positionStart[accounts]!, worst: worstDifference(objects, desk), runs };
}

/** Worst difference of equity, notional and requirement from the objects', relative to the account's gross size. */
function worstDifference(objects: readonly Account[], { columns }: DeskState): number {
  const { equity, grossNotional, maintenance, source } = columns.accounts;
  let worst = 0;
  for (let row = 0; row < columns.count && objects.length > 0; row++) {
    const account = objects[source[row]!]!;
    const scale = account.notional + Math.abs(account.cash);
    const off = Math.max(
      Math.abs(equity[row]! - account.equity),
      Math.abs(grossNotional[row]! - account.notional),
      Math.abs(maintenance[row]! - account.requirement),
    );
    worst = Math.max(worst, off / scale);
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
  const { bytes, positions, worst, runs } = prepare(accounts, withObjects);
  for (let i = 0; i < 3; i++) timeRound(runs, i, withObjects);
  const times = Array.from({ length: rounds }, (_, i) => timeRound(runs, i, withObjects));
  scope.postMessage({ bytes, positions, worst, times } satisfies SweepReply);
});
