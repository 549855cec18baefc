/** The two kernels behind one interface: plain TypeScript, and compiled where the host can run WebAssembly. */
import { certify } from './certify.ts';
import type { Layout } from './layout.ts';
import { BAND } from './limits.ts';
import { sweepColumns, sweepStates } from './sweep.ts';
import type { SlotTables } from './tables.ts';

export interface Kernel {
  readonly name: 'plain' | 'compiled';
  /** Says which layout the others work on. */
  readonly bind: (layout: Layout, tables: SlotTables) => void;
  /** See sweep.ts. `out` must lie in the same buffer as the layout. */
  readonly sweepColumns: (block: number, groups: number, rate: number, out: Float64Array, at: number, stride: number) => void;
  readonly sweepStates: (block: number, groups: number, hits: Uint32Array) => number;
  /** See certify.ts. */
  readonly certify: (block: number, groups: number) => number;
}

export function plainKernel(): Kernel {
  let layout!: Layout;
  let tables!: SlotTables;
  return {
    name: 'plain',
    bind: (nextLayout, nextTables) => {
      layout = nextLayout;
      tables = nextTables;
    },
    sweepColumns: (block, groups, rate, out, at, stride) => sweepColumns(layout, tables, block, groups, rate, out, at, stride),
    sweepStates: (block, groups, hits) => sweepStates(layout, tables, block, groups, hits),
    certify: (block, groups) => certify(layout, tables, block, groups),
  };
}

/** What assembly/kernel.ts exports. Addresses are byte offsets into the module's memory. */
export interface KernelExports {
  readonly bindLayout: (
    weight: number,
    slot: number,
    slotBytes: number,
    groupStart: number,
    constant: number,
    requirement: number,
    scale: number,
    state: number,
  ) => void;
  readonly bindTables: (
    coefficient: number,
    counted: number,
    swing: number,
    requiredHigh: number,
    reachUp: number,
    reachDown: number,
  ) => void;
  readonly sweepColumns: (block: number, groups: number, kind: number, rate: number, out: number, stride: number) => void;
  readonly sweepStates: (block: number, groups: number, kind: number, band: number, hits: number) => number;
  /** The same for plain blocks with two-byte slots, without the band: for the bench. */
  readonly sweepStatesUnbanded: (block: number, groups: number, hits: number) => number;
  readonly certify: (block: number, groups: number, kind: number, radii: number) => number;
  /** See select.ts: the two passes of a selection over all rows. */
  readonly countHalves: (count: number, halves: number, mask: number, histogram: number) => void;
  readonly collectHalves: (count: number, halves: number, mask: number, wanted: number, rows: number) => number;
  /** Reads `bytes` bytes from `at`: the memory's own speed, for the bench. */
  readonly sumBytes: (at: number, bytes: number) => number;
}

/** The kernel over `exports`, instantiated on the memory in which every array lies that it is given. */
export function compiledKernel(exports: KernelExports): Kernel {
  let layout!: Layout;
  return {
    name: 'compiled',
    bind: (next, tables) => {
      layout = next;
      exports.bindLayout(
        next.weight.byteOffset,
        next.slot.byteOffset,
        next.slot.BYTES_PER_ELEMENT,
        next.groupStart.byteOffset,
        next.constant.byteOffset,
        next.requirement.byteOffset,
        next.scale.byteOffset,
        next.state.byteOffset,
      );
      exports.bindTables(
        tables.coefficient.byteOffset,
        tables.counted.byteOffset,
        tables.swing.byteOffset,
        tables.requiredHigh.byteOffset,
        tables.reachUp.byteOffset,
        tables.reachDown.byteOffset,
      );
    },
    sweepColumns: (block, groups, rate, out, at, stride) =>
      exports.sweepColumns(block, groups, layout.kind[block]!, rate, out.byteOffset + 8 * at, 8 * stride),
    sweepStates: (block, groups, hits) => exports.sweepStates(block, groups, layout.kind[block]!, BAND, hits.byteOffset),
    certify: (block, groups) => exports.certify(block, groups, layout.kind[block]!, layout.radius.byteOffset + 4 * 1024 * block),
  };
}

/** Where the arrays begin: the module keeps its own few words below. */
export const KERNEL_MEMORY_BASE = 65_536;

/** A host that can run WebAssembly: makes a memory of `bytes` bytes and instantiates `bytes` of a module on it. */
export interface KernelHost {
  readonly isShared: boolean;
  readonly createMemory: (bytes: number) => { readonly buffer: ArrayBufferLike };
  readonly instantiate: (module: Uint8Array, memory: { readonly buffer: ArrayBufferLike }) => KernelExports;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of a base64 text (RFC 4648, padded). */
export function bytesOfBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let j = 0; j < 4; j++) word = word * 64 + Math.max(0, DIGITS.indexOf(text.charAt(i + j)));
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (word >> shift) & 0xff;
  }
  return bytes;
}
