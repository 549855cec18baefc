/**
 * The kernels of sweep.ts and certify.ts in vector instructions (AssemblyScript, compiled by scripts/build-kernel.mjs). The same
 * names, the same order of operations: results are equal bit by bit. Two pools of a group are the two lanes of a vector.
 * Nothing is allocated; every array lies where `bind` said.
 */

const BLOCK_GROUPS: u32 = 512;
const BAND: f64 = 1e-12;
const RADIUS_MIN: f64 = 1e-9;
const RADIUS_SHARE: f64 = 1.0 - 1e-9;
const MOVE_MAX: f64 = 0.5;

const WATCH: f64 = 0.3;
const WARNING: f64 = 0.5;
const MARGIN_CALL: f64 = 0.8;

const PLAIN: i32 = 0;
const GENERAL: i32 = 1;
const LENDING: i32 = 2;

let weightAt: usize = 0;
let slotAt: usize = 0;
let groupStartAt: usize = 0;
let constantAt: usize = 0;
let requirementAt: usize = 0;
let scaleAt: usize = 0;
let stateAt: usize = 0;
let coefficientAt: usize = 0;
let countedAt: usize = 0;
let swingAt: usize = 0;
let requiredHighAt: usize = 0;
let reachUpAt: usize = 0;
let reachDownAt: usize = 0;
let slotShift: usize = 1;

/** Where the layout lies; `slotBytes` is 2 or 4. */
export function bindLayout(
  weight: usize,
  slot: usize,
  slotBytes: i32,
  groupStart: usize,
  constant: usize,
  requirement: usize,
  scale: usize,
  state: usize,
): void {
  weightAt = weight;
  slotAt = slot;
  slotShift = slotBytes == 2 ? 1 : 2;
  groupStartAt = groupStart;
  constantAt = constant;
  requirementAt = requirement;
  scaleAt = scale;
  stateAt = state;
}

/** Where the tables by slot lie. */
export function bindTables(
  coefficient: usize,
  counted: usize,
  swing: usize,
  requiredHigh: usize,
  reachUp: usize,
  reachDown: usize,
): void {
  coefficientAt = coefficient;
  countedAt = counted;
  swingAt = swing;
  requiredHighAt = requiredHigh;
  reachUpAt = reachUp;
  reachDownAt = reachDown;
}

// @ts-expect-error: decorator
@inline
function slotOf<T>(at: usize): usize {
  return <usize>load<T>(at);
}

/**
 * Columns are written a few groups at a time: first their sums, then what follows from them. Each loop keeps what it needs in
 * registers, which one loop of both cannot; the sums lie here in between, so that one thread writes columns at a time.
 */
const GROUPS_AT_ONCE: u32 = 4;
const SUMS_BYTES: usize = 48;
const sums: usize = memory.data(192, 64);

/**
 * Sums groups – equity Σ w·worth, requirement Σ |w|·required, notional Σ |w·worth|·counted – and returns where the next one's slots
 * begin.
 */
// @ts-ignore: decorator
@inline
function sumGroups<T>(isPlain: bool, starts: usize, group: usize, slot: usize, end: usize): usize {
  const weights = weightAt;
  const coefficient = coefficientAt;
  const counted = countedAt;
  let weight = weights + (<usize>load<u32>(starts) << 4);
  let constant = constantAt + (group << 4);
  const toRequirement = requirementAt - constantAt;
  for (let at = sums; at < end; at += SUMS_BYTES) {
    starts += 4;
    const to = weights + (<usize>load<u32>(starts) << 4);
    let e = v128.load(constant);
    let m = v128.load(constant + toRequirement);
    let n = f64x2.splat(0);
    while (weight < to) {
      // Where the two slots' pairs of coefficients lie.
      let a0: usize;
      let b0: usize;
      if (sizeof<T>() == 2) {
        const both = <usize>load<u32>(slot);
        a0 = (both << 4) & 0xffff0;
        b0 = (both >> 12) & 0xffff0;
      } else {
        a0 = slotOf<T>(slot) << 4;
        b0 = slotOf<T>(slot + sizeof<T>()) << 4;
      }
      const a = v128.load(coefficient + a0);
      const b = v128.load(coefficient + b0);
      const w = v128.load(weight);
      const value = f64x2.mul(w, v128.shuffle<f64>(a, b, 0, 2));
      const size = f64x2.abs(value);
      e = f64x2.add(e, value);
      m = f64x2.add(m, f64x2.mul(f64x2.abs(w), v128.shuffle<f64>(a, b, 1, 3)));
      if (isPlain) n = f64x2.add(n, size);
      else {
        const c = v128.load64_lane(counted + (b0 >> 1), v128.load64_zero(counted + (a0 >> 1)), 1);
        n = f64x2.add(n, f64x2.mul(size, c));
      }
      weight += 16;
      slot += 2 * sizeof<T>();
    }
    v128.store(at, e);
    v128.store(at, m, 16);
    v128.store(at, n, 32);
    constant += 16;
  }
  return slot;
}

function sumPlain<T>(starts: usize, group: usize, slot: usize, end: usize): usize {
  return sumGroups<T>(true, starts, group, slot, end);
}

function sumOthers<T>(starts: usize, group: usize, slot: usize, end: usize): usize {
  return sumGroups<T>(false, starts, group, slot, end);
}

// @ts-ignore: decorator
@inline
function writeSums(isLending: bool, end: usize, out: usize, stride: usize, unit: v128): void {
  const zero = f64x2.splat(0);
  const nan = f64x2.splat(NaN);
  const twice = stride << 1;
  for (let at = sums; at < end; at += SUMS_BYTES) {
    const e = v128.load(at);
    const m = v128.load(at, 16);
    const n = v128.load(at, 32);
    const equity = f64x2.mul(e, unit);
    const notional = f64x2.mul(n, unit);
    v128.store(out, equity);
    v128.store(out + stride, notional);
    v128.store(out + twice, f64x2.mul(m, unit));
    const ratios = out + twice + stride;
    // Divisions, not products with 1 ÷ equity: what is exactly 1 must not lie below it.
    v128.store(ratios, v128.bitselect(f64x2.div(notional, equity), nan, f64x2.gt(equity, zero)));
    if (isLending) {
      const debt = f64x2.sub(n, e);
      const adjusted = f64x2.sub(n, m);
      const ratio = v128.bitselect(f64x2.div(debt, adjusted), nan, f64x2.gt(adjusted, zero));
      v128.store(ratios + stride, v128.andnot(ratio, f64x2.eq(debt, zero)));
    } else v128.store(ratios + stride, v128.bitselect(f64x2.div(m, e), nan, f64x2.gt(e, zero)));
    v128.store(ratios + twice, f64x2.mul(f64x2.sub(e, m), unit));
    out += 16;
  }
}

/** Writes the columns of summed groups from `out` on. */
function writeColumns(end: usize, out: usize, stride: usize, unit: v128): void {
  writeSums(false, end, out, stride, unit);
}

function writeLendingColumns(end: usize, out: usize, stride: usize, unit: v128): void {
  writeSums(true, end, out, stride, unit);
}

// @ts-ignore: decorator
@inline
function passColumns<T>(block: u32, groups: u32, kind: i32, rate: f64, out: usize, stride: usize): void {
  let starts = groupStartAt + ((<usize>block * (BLOCK_GROUPS + 1)) << 2);
  let group = <usize>block * BLOCK_GROUPS;
  let slot = slotAt + (<usize>load<u32>(starts) << (slotShift + 1));
  const unit = f64x2.splat(rate);
  while (groups > 0) {
    const count = min(groups, GROUPS_AT_ONCE);
    const end = sums + <usize>count * SUMS_BYTES;
    if (kind == PLAIN) slot = sumPlain<T>(starts, group, slot, end);
    else slot = sumOthers<T>(starts, group, slot, end);
    if (kind == LENDING) writeLendingColumns(end, out, stride, unit);
    else writeColumns(end, out, stride, unit);
    starts += <usize>count << 2;
    group += <usize>count;
    out += <usize>count << 4;
    groups -= count;
  }
}

/**
 * One pass over the first `groups` groups of a block: sums each, with turnover Σ |w·worth|, and writes its hits. Everything
 * stays in registers.
 */
// @ts-ignore: decorator
@inline
function passStates<T>(block: u32, groups: u32, kind: i32, isBanded: bool, band: f64, hits: usize): u32 {
  let starts = groupStartAt + ((<usize>block * (BLOCK_GROUPS + 1)) << 2);
  const first = <usize>block * BLOCK_GROUPS;
  const zero = f64x2.splat(0);
  const watch = f64x2.splat(WATCH);
  const warning = f64x2.splat(WARNING);
  const marginCall = f64x2.splat(MARGIN_CALL);
  const width = f64x2.splat(band);
  const two = f64x2.splat(2);
  const bankrupt = i64x2.splat(5);
  const indeterminate = i64x2.splat(7);
  let count: u32 = 0;
  let from = <usize>load<u32>(starts);
  let weight = weightAt + (from << 4);
  let slot = slotAt + (from << (slotShift + 1));
  for (let g: usize = 0; g < <usize>groups; g++) {
    starts += 4;
    const to = weightAt + (<usize>load<u32>(starts) << 4);
    const group = first + g;
    let e = v128.load(constantAt + (group << 4));
    let m = v128.load(requirementAt + (group << 4));
    let n = f64x2.splat(0);
    let t = f64x2.splat(0);
    while (weight < to) {
      const s0 = slotOf<T>(slot);
      const s1 = slotOf<T>(slot + sizeof<T>());
      const a = v128.load(coefficientAt + (s0 << 4));
      const b = v128.load(coefficientAt + (s1 << 4));
      const w = v128.load(weight);
      const value = f64x2.mul(w, v128.shuffle<f64>(a, b, 0, 2));
      const size = f64x2.abs(value);
      e = f64x2.add(e, value);
      m = f64x2.add(m, f64x2.mul(f64x2.abs(w), v128.shuffle<f64>(a, b, 1, 3)));
      if (kind == PLAIN) n = f64x2.add(n, size);
      else {
        const c = v128.load64_lane(countedAt + (s1 << 3), v128.load64_zero(countedAt + (s0 << 3)), 1);
        n = f64x2.add(n, f64x2.mul(size, c));
        t = f64x2.add(t, size);
      }
      weight += 16;
      slot += 2 * sizeof<T>();
    }
    let over = m;
    let under = e;
    if (kind == LENDING) {
      over = f64x2.sub(n, e);
      under = f64x2.sub(n, m);
    }
    const f30 = f64x2.sub(f64x2.mul(watch, under), over);
    const f50 = f64x2.sub(f64x2.mul(warning, under), over);
    const f80 = f64x2.sub(f64x2.mul(marginCall, under), over);
    const f100 = f64x2.sub(under, over);
    let code = i64x2.add(
      i64x2.add(f64x2.le(f30, zero), f64x2.le(f50, zero)),
      i64x2.add(f64x2.le(f80, zero), f64x2.lt(f100, zero)),
    );
    code = v128.and(i64x2.neg(code), f64x2.gt(over, zero));
    if (kind != PLAIN) code = v128.bitselect(indeterminate, code, f64x2.ne(f100, f100));
    code = v128.bitselect(bankrupt, code, f64x2.lt(e, zero));
    let near = f64x2.splat(0);
    if (isBanded) {
      // An unknown requirement is NaN in the second argument and leaves the first.
      const nearest = f64x2.pmin(
        f64x2.abs(e),
        f64x2.pmin(f64x2.pmin(f64x2.abs(f30), f64x2.abs(f50)), f64x2.pmin(f64x2.abs(f80), f64x2.abs(f100))),
      );
      const scale = f64x2.promote_low_f32x4(v128.load64_zero(scaleAt + (group << 3)));
      near = f64x2.lt(nearest, f64x2.mul(width, f64x2.add(scale, f64x2.mul(two, kind == PLAIN ? n : t))));
    }
    const c0 = <u32>i64x2.extract_lane(code, 0);
    const c1 = <u32>i64x2.extract_lane(code, 1);
    const old = <u32>load<u16>(stateAt + (group << 1));
    if (old != (c0 | (c1 << 8)) || v128.any_true(near)) {
      const n0 = <u32>i64x2.extract_lane(near, 0) & 0x100;
      const n1 = <u32>i64x2.extract_lane(near, 1) & 0x100;
      if (n0 || c0 != (old & 0xff)) {
        store<u32>(hits + (count << 3), <u32>(group << 1));
        store<u32>(hits + (count << 3), c0 | n0, 4);
        count++;
      }
      if (n1 || c1 != old >> 8) {
        store<u32>(hits + (count << 3), <u32>(group << 1) + 1);
        store<u32>(hits + (count << 3), c1 | n1, 4);
        count++;
      }
    }
  }
  return count;
}

/**
 * Six columns of the first `groups` groups of a block: equity, notional, requirement, leverage, ratio, excess; amounts times `rate`.
 * Column c begins at `out` + c × `stride` bytes.
 */
export function sweepColumns(block: u32, groups: u32, kind: i32, rate: f64, out: usize, stride: usize): void {
  if (slotShift == 1) {
    if (kind == PLAIN) passColumns<u16>(block, groups, PLAIN, rate, out, stride);
    else if (kind == GENERAL) passColumns<u16>(block, groups, GENERAL, rate, out, stride);
    else passColumns<u16>(block, groups, LENDING, rate, out, stride);
  } else {
    if (kind == PLAIN) passColumns<u32>(block, groups, PLAIN, rate, out, stride);
    else if (kind == GENERAL) passColumns<u32>(block, groups, GENERAL, rate, out, stride);
    else passColumns<u32>(block, groups, LENDING, rate, out, stride);
  }
}

/** Writes a hit (place, code | near << 8) for every pool whose state differs from the one held or lies in the band; the number of them. */
export function sweepStates(block: u32, groups: u32, kind: i32, band: f64, hits: usize): u32 {
  if (slotShift == 1) {
    if (kind == PLAIN) return passStates<u16>(block, groups, PLAIN, true, band, hits);
    if (kind == GENERAL) return passStates<u16>(block, groups, GENERAL, true, band, hits);
    return passStates<u16>(block, groups, LENDING, true, band, hits);
  }
  if (kind == PLAIN) return passStates<u32>(block, groups, PLAIN, true, band, hits);
  if (kind == GENERAL) return passStates<u32>(block, groups, GENERAL, true, band, hits);
  return passStates<u32>(block, groups, LENDING, true, band, hits);
}

/** The same for a plain block with two-byte slots and without the band: what the band costs is for the bench to say. */
export function sweepStatesUnbanded(block: u32, groups: u32, hits: usize): u32 {
  return passStates<u16>(block, groups, PLAIN, false, 0, hits);
}

// @ts-ignore: decorator
@inline
function margin(distance: f64, band: f64, slope: f64): f64 {
  return slope == 0 ? Infinity : (abs(distance) - band) / slope;
}

// @ts-expect-error: decorator
@inline
function radiusOf<T>(place: usize, from: usize, to: usize, kind: i32): f64 {
  let e = load<f64>(constantAt + (place << 3));
  let m = load<f64>(requirementAt + (place << 3));
  let n: f64 = 0;
  let g: f64 = 0;
  let all: f64 = 0;
  let pull: f64 = 0;
  let push: f64 = 0;
  let reach: f64 = 0;
  let most: f64 = 0;
  const lane = place & 1;
  let weight = weightAt + (((from << 1) + lane) << 3);
  let slot = slotAt + (((from << 1) + lane) << slotShift);
  for (let k = from; k < to; k++) {
    const w = load<f64>(weight);
    const s = slotOf<T>(slot);
    weight += 16;
    slot += 2 * sizeof<T>();
    if (w == 0) continue;
    const size = abs(w);
    const value = w * load<f64>(coefficientAt + (s << 4));
    const needs = size * load<f64>(coefficientAt + (s << 4), 8);
    const swing = load<f64>(swingAt + (s << 3));
    const gross = abs(value);
    const counted = kind == PLAIN ? gross : gross * load<f64>(countedAt + (s << 3));
    e += value;
    m += needs;
    n += counted;
    g += gross;
    all += gross * swing;
    if (kind == LENDING) {
      pull += (counted - needs) * swing;
      push += abs(counted - value) * swing;
    } else push += size * load<f64>(requiredHighAt + (s << 3)) * swing;
    const up = size * load<f64>(reachUpAt + (s << 3));
    const down = load<f64>(reachDownAt + (s << 3)) / size;
    reach = select(up, reach, up > reach);
    reach = select(down, reach, down > reach);
    most = select(swing, most, swing > most);
  }
  if (most == 0 || e != e) return Infinity;
  if (kind != LENDING) pull = all;
  const band = 2 * BAND * (<f64>load<f32>(scaleAt + (place << 2)) + 2 * g);
  const over = kind == LENDING ? n - e : m;
  const under = kind == LENDING ? n - m : e;
  let r = margin(e, band, all);
  if (over == over) {
    r = min(r, margin(WATCH * under - over, band, WATCH * pull + push));
    r = min(r, margin(WARNING * under - over, band, WARNING * pull + push));
    r = min(r, margin(MARGIN_CALL * under - over, band, MARGIN_CALL * pull + push));
    r = min(r, margin(under - over, band, pull + push));
  }
  r = min(r, min(1 - reach, MOVE_MAX) / most) * RADIUS_SHARE;
  return r < RADIUS_MIN ? 0 : r;
}

// @ts-expect-error: decorator
@inline
function certifyBlock<T>(block: u32, groups: u32, kind: i32, radii: usize): f64 {
  const starts = groupStartAt + ((<usize>block * (BLOCK_GROUPS + 1)) << 2);
  const first = <usize>block * BLOCK_GROUPS;
  let least: f64 = Infinity;
  for (let g: usize = 0; g < <usize>groups; g++) {
    const from = <usize>load<u32>(starts + (g << 2));
    const to = <usize>load<u32>(starts + (g << 2), 4);
    for (let lane: usize = 0; lane < 2; lane++) {
      const r = radiusOf<T>(((first + g) << 1) + lane, from, to, kind);
      store<f32>(radii + (((g << 1) + lane) << 2), <f32>r);
      least = min(least, r);
    }
  }
  return least;
}

/** Writes the radius of every pool of a block (certify.ts), as f32 from `radii` on, and returns the smallest, unrounded. */
export function certify(block: u32, groups: u32, kind: i32, radii: usize): f64 {
  if (slotShift == 1) {
    if (kind == 0) return certifyBlock<u16>(block, groups, 0, radii);
    if (kind == 1) return certifyBlock<u16>(block, groups, 1, radii);
    return certifyBlock<u16>(block, groups, 2, radii);
  }
  if (kind == 0) return certifyBlock<u32>(block, groups, 0, radii);
  if (kind == 1) return certifyBlock<u32>(block, groups, 1, radii);
  return certifyBlock<u32>(block, groups, 2, radii);
}

/** Sum of `bytes` bytes read as doubles from `at`: what reading the same memory costs. Not for arithmetic. */
export function sumBytes(at: usize, bytes: usize): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const end = at + (bytes & ~63);
  for (; at < end; at += 64) {
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, 16));
    c = f64x2.add(c, v128.load(at, 32));
    d = f64x2.add(d, v128.load(at, 48));
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/**
 * Counts the rows of a mask by the highest sixteen bits of their keys (select.ts): `halves` the keys, `histogram` two tables of 65,536
 * counts, one for even rows and one for odd, so that neighbours with equal keys do not wait for each other. Adds to what is there.
 */
export function countHalves(count: u32, halves: usize, mask: usize, histogram: usize): void {
  const even = count & ~1;
  let at = halves + 6;
  for (let row: u32 = 0; row < even; row += 2) {
    const a = histogram + (<usize>load<u16>(at) << 2);
    store<u32>(a, load<u32>(a) + <u32>load<u8>(mask + row));
    const b = histogram + 262_144 + (<usize>load<u16>(at, 8) << 2);
    store<u32>(b, load<u32>(b) + <u32>load<u8>(mask + row, 1));
    at += 16;
  }
  if (even < count) {
    const a = histogram + (<usize>load<u16>(at) << 2);
    store<u32>(a, load<u32>(a) + <u32>load<u8>(mask + even));
  }
}

/** Lists the rows of a mask whose highest sixteen bits `wanted` says 1 of, in row order, from `rows` on; returns how many (select.ts). */
export function collectHalves(count: u32, halves: usize, mask: usize, wanted: usize, rows: usize): u32 {
  const whole = count & ~3;
  let at = halves + 6;
  let to = rows;
  for (let row: u32 = 0; row < whole; row += 4) {
    const a = <u32>load<u8>(wanted + <usize>load<u16>(at));
    const b = <u32>load<u8>(wanted + <usize>load<u16>(at, 8));
    const c = <u32>load<u8>(wanted + <usize>load<u16>(at, 16));
    const d = <u32>load<u8>(wanted + <usize>load<u16>(at, 24));
    at += 32;
    if ((a | b | c | d) == 0) continue;
    to = take(to, row, a & <u32>load<u8>(mask + row));
    to = take(to, row + 1, b & <u32>load<u8>(mask + row, 1));
    to = take(to, row + 2, c & <u32>load<u8>(mask + row, 2));
    to = take(to, row + 3, d & <u32>load<u8>(mask + row, 3));
  }
  for (let row = whole; row < count; row++) {
    to = take(to, row, <u32>load<u8>(wanted + <usize>load<u16>(at)) & <u32>load<u8>(mask + row));
    at += 8;
  }
  return <u32>((to - rows) >> 2);
}

// @ts-expect-error: decorator
@inline
function take(to: usize, row: u32, isWanted: u32): usize {
  if (isWanted == 0) return to;
  store<u32>(to, row);
  return to + 4;
}
