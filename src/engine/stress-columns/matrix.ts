/**
 * A shock matrix over pools in linear form, without a sweep a cell (rule ST-6). Two axes move different prices, so a pool's health is
 * rest + g(x) + h(y), where g and h are sums over the legs that an axis moves: 2n evaluations of these legs give all n² cells. A row of
 * cells is decided at once where the extremes of h allow it. What an entry is worth where both axes move it – a contract of one market
 * that settles in the other – is the product of what each does to it.
 */
import { BAND } from '../kernel/limits.ts';
import type { PoolEntries } from './pools.ts';
import { DEDUCTION, FIELDS, FLOOR, GAIN, OWN, REQUIRED, SETTLE, type StressSlots, UPPER, WORTH } from './slots.ts';

/** An axis: the slots at each of its steps. */
export interface MatrixAxis {
  readonly steps: readonly StressSlots[];
  /** By live slot: 1 where any step moves it. */
  readonly moves: Uint8Array;
}

/** Which slots the steps move, compared with `now`. */
export function axisOf(now: StressSlots, steps: readonly StressSlots[]): MatrixAxis {
  const moves = new Uint8Array(now.live);
  for (const { table } of steps)
    for (let at = 0; at < now.live * FIELDS; at++) if (table[at] !== now.table[at]) moves[Math.floor(at / FIELDS)] = 1;
  return { steps, moves };
}

/** Cells row by row, y × width + x. Written as differences along x; `finishMatrix` adds them up. */
export interface MatrixSums {
  readonly width: number;
  readonly height: number;
  readonly accounts: Float64Array;
  readonly equity: Float64Array;
  readonly notional: Float64Array;
  past: number;
  unknown: number;
}

export const emptyMatrix = (width: number, height: number): MatrixSums => ({
  width,
  height,
  accounts: new Float64Array((width + 1) * height),
  equity: new Float64Array((width + 1) * height),
  notional: new Float64Array((width + 1) * height),
  past: 0,
  unknown: 0,
});

/** A cell that only the exact path can decide for a pool of the block. */
export interface NearCell {
  readonly pool: number;
  readonly x: number;
  readonly y: number;
  /** What the pool adds to the cell where it is closed there. */
  readonly equity: number;
  readonly notional: number;
}

/** A run of closed cells of one pool. `marks`: cells that its account has been closed in; it is counted when all its pools are known. */
export function addRun(
  sums: MatrixSums,
  y: number,
  from: number,
  to: number,
  equity: number,
  notional: number,
  marks: Uint8Array | null = null,
): void {
  const at = y * (sums.width + 1);
  if (marks) marks.fill(1, y * sums.width + from, y * sums.width + to);
  else countAccount(sums, y, from, to);
  sums.equity[at + from]! += equity;
  sums.equity[at + to]! -= equity;
  sums.notional[at + from]! += notional;
  sums.notional[at + to]! -= notional;
}

/** One account, closed in the cells from `from` to `to`: +1 where they begin, −1 where they end. */
function countAccount(sums: MatrixSums, y: number, from: number, to: number): void {
  const at = y * (sums.width + 1);
  sums.accounts[at + from]! += 1;
  sums.accounts[at + to]! -= 1;
}

/** Counts the account of these marks, and wipes them. */
export function countMarks(sums: MatrixSums, marks: Uint8Array): void {
  const { width, height } = sums;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (marks[y * width + x] === 1) countAccount(sums, y, x, x + 1);
  marks.fill(0);
}

/** The cells themselves: sums of the differences, in the order of x. */
export function finishMatrix({ width, height, ...sums }: MatrixSums): {
  accounts: Float64Array;
  equity: Float64Array;
  notional: Float64Array;
} {
  const sum = (differences: Float64Array): Float64Array => {
    const cells = new Float64Array(width * height);
    for (let y = 0; y < height; y++) {
      let value = 0;
      for (let x = 0; x < width; x++) {
        value += differences[y * (width + 1) + x]!;
        cells[y * width + x] = value;
      }
    }
    return cells;
  };
  return { accounts: sum(sums.accounts), equity: sum(sums.equity), notional: sum(sums.notional) };
}

/** What the walk over one pool writes; kept from pool to pool. */
interface Parts {
  /** By step: what the axis adds to health, and the magnitude behind it. */
  readonly g: Float64Array;
  readonly gSize: Float64Array;
  readonly h: Float64Array;
  readonly hSize: Float64Array;
  health: number;
  size: number;
}

const part: Parts = {
  g: new Float64Array(0),
  gSize: new Float64Array(0),
  h: new Float64Array(0),
  hSize: new Float64Array(0),
  health: 0,
  size: 0,
};

/** Works through the pools of one block. `rate`: desk's unit per unit of pool i, NaN for one that is not there. */
export class MatrixWalker {
  private readonly now: StressSlots;
  private readonly x: MatrixAxis;
  private readonly y: MatrixAxis;
  private readonly parts: Parts;
  private readonly inX: number[] = [];
  private readonly inY: number[] = [];
  private readonly inBoth: number[] = [];
  /** See `addRun`. */
  private marks: Uint8Array | null = null;

  constructor(now: StressSlots, x: MatrixAxis, y: MatrixAxis) {
    this.now = now;
    this.x = x;
    this.y = y;
    const [n, m] = [x.steps.length, y.steps.length];
    this.parts = { ...part, g: new Float64Array(n), gSize: new Float64Array(n), h: new Float64Array(m), hSize: new Float64Array(m) };
  }

  /** Adds every pool to the cells that close it; cells within the band of its line come back. `marks`: see `addRun`. */
  add(entries: PoolEntries, count: number, rate: Float64Array, sums: MatrixSums, marks: Uint8Array | null = null): NearCell[] {
    const near: NearCell[] = [];
    this.marks = marks;
    for (let i = 0; i < count; i++) if (!Number.isNaN(rate[i]!)) this.addPool(entries, i, rate[i]!, sums, near);
    return near;
  }

  private addPool(entries: PoolEntries, i: number, rate: number, sums: MatrixSums, near: NearCell[]): void {
    const { now, x, y, parts, inX, inY, inBoth } = this;
    const { weight, slot, stride } = entries;
    inX.length = inY.length = inBoth.length = 0;
    let equity = entries.constant[i]!;
    let notional = 0;
    let rest = entries.constant[i]! - entries.requirement[i]!;
    let size = entries.scale[i]!;
    let moved = 0;
    const end = entries.start[i]! + entries.length[i]! * stride;
    for (let at = entries.start[i]!; at < end; at += stride) {
      const w = weight[at]!;
      if (w === 0) continue;
      const s = slot[at]!;
      const b = s * FIELDS;
      const worth = Math.abs(w) * now.table[b + WORTH]!;
      equity += w * now.table[b + GAIN]!;
      notional += worth * now.counted[s]!;
      const value = w * now.table[b + GAIN]! - Math.abs(w) * now.table[b + REQUIRED]!;
      const isX = x.moves[s] === 1;
      const isY = y.moves[s] === 1;
      if (isX && isY) inBoth.push(at);
      else if (isX) inX.push(at);
      else if (isY) inY.push(at);
      if (isX || isY) moved += value;
      else {
        rest += value;
        size += 2 * worth;
      }
    }
    const health = rest + moved;
    if (Number.isNaN(health)) {
      sums.unknown++;
      return;
    }
    if (health < 0) {
      sums.past++;
      return;
    }
    if (inX.length + inY.length + inBoth.length === 0) return;
    evaluate(entries, inX, x.steps, parts.g, parts.gSize);
    evaluate(entries, inY, y.steps, parts.h, parts.hSize);
    parts.health = rest;
    parts.size = size;
    this.decide(entries, i, equity * rate, notional * rate, sums, near);
  }

  private decide(entries: PoolEntries, pool: number, equity: number, notional: number, sums: MatrixSums, near: NearCell[]): void {
    const { parts, inBoth } = this;
    const { g, gSize, h, hSize } = parts;
    const hasBoth = inBoth.length > 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let most = 0;
    for (let x = 0; x < g.length; x++) {
      low = Math.min(low, g[x]!);
      high = Math.max(high, g[x]!);
      most = Math.max(most, gSize[x]!);
    }
    for (let y = 0; y < h.length; y++) {
      const base = parts.health + h[y]!;
      const width = 2 * BAND * (parts.size + most + hSize[y]!);
      if (!hasBoth && base + low > width) continue;
      if (!hasBoth && base + high < -width) {
        addRun(sums, y, 0, g.length, equity, notional, this.marks);
        continue;
      }
      let from = -1;
      for (let x = 0; x < g.length; x++) {
        const value = base + g[x]! + (hasBoth ? this.both(entries, x, y) : 0);
        const isNear = Math.abs(value) <= width;
        if (isNear) near.push({ pool, x, y, equity, notional });
        const isClosed = value < 0 && !isNear;
        if (isClosed && from < 0) from = x;
        else if (!isClosed && from >= 0) {
          addRun(sums, y, from, x, equity, notional, this.marks);
          from = -1;
        }
      }
      if (from >= 0) addRun(sums, y, from, g.length, equity, notional, this.marks);
    }
  }

  /** Health of the entries that both axes move. */
  private both({ weight, slot }: PoolEntries, x: number, y: number): number {
    const [a, b, c] = [this.x.steps[x]!.table, this.y.steps[y]!.table, this.now.table];
    let health = 0;
    for (const at of this.inBoth) {
      const w = weight[at]!;
      const s = slot[at]!;
      const f = (field: number, row: number): number => {
        const before = c[row * FIELDS + field]!;
        return before === 0 ? 0 : (a[row * FIELDS + field]! * b[row * FIELDS + field]!) / before;
      };
      const own = Math.abs(w) * f(OWN, s);
      let row = s;
      while (own >= c[row * FIELDS + UPPER]!) row++;
      while (own < c[row * FIELDS + FLOOR]!) row--;
      health += w * f(GAIN, row) - Math.abs(w) * f(REQUIRED, row);
      if (row !== s) health -= (this.now.deducted[s]! - c[row * FIELDS + DEDUCTION]!) * f(SETTLE, row);
    }
    return health;
  }
}

/** What the entries add to health at every step, and the magnitude behind it. */
function evaluate(
  { weight, slot }: PoolEntries,
  list: readonly number[],
  steps: readonly StressSlots[],
  health: Float64Array,
  size: Float64Array,
): void {
  for (let k = 0; k < steps.length; k++) {
    const { table, base, deducted } = steps[k]!;
    let value = 0;
    let turnover = 0;
    for (let l = 0; l < list.length; l++) {
      const at = list[l]!;
      const w = weight[at]!;
      const s = slot[at]!;
      const units = Math.abs(w);
      let b = base[s]! * FIELDS;
      const own = units * table[b + OWN]!;
      while (own >= table[b + UPPER]!) b += FIELDS;
      while (own < table[b + FLOOR]!) b -= FIELDS;
      value += w * table[b + GAIN]! - units * table[b + REQUIRED]!;
      turnover += 2 * units * table[b + WORTH]!;
      if (b !== s * FIELDS) {
        const settle = table[b + SETTLE]!;
        value -= (deducted[s]! - table[b + DEDUCTION]!) * settle;
        turnover += (Math.abs(deducted[s]!) + Math.abs(table[b + DEDUCTION]!)) * settle;
      }
    }
    health[k] = value;
    size[k] = turnover;
  }
}
