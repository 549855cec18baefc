/**
 * Two answers that share nothing with the desk: a scalar sweep over the book's own columns, row of the margin table searched for every
 * position, and exact arithmetic in scaled integers. For the synthetic book: linear contracts, continuous tables, one currency at 1.
 */
import type { FlatBook } from '../src/session/desk/flat-book.ts';

/** In `sweepOracle`'s codes: within 1e-9 of a threshold; ask `exactOracle`. */
export const UNSURE = 255;

interface Tables {
  /** Rows of instrument j: start[j] … start[j + 1] − 1. */
  readonly start: Uint32Array;
  readonly floor: Float64Array;
  readonly rate: Float64Array;
  readonly deduction: Float64Array;
}

function tablesOf(flat: FlatBook): Tables {
  const start = new Uint32Array(flat.instruments.length + 1);
  const rows = flat.instruments.flatMap((id, j) => {
    const tiers = flat.book.instruments.get(id)!.tiers!;
    start[j + 1] = start[j]! + tiers.length;
    let deduction = 0;
    return tiers.map(({ notionalFloor, maintenanceMarginRate }, i) => {
      const [floor, rate] = [notionalFloor.toNumber(), maintenanceMarginRate.toNumber()];
      if (i > 0) deduction += floor * (rate - tiers[i - 1]!.maintenanceMarginRate.toNumber());
      return { floor, rate, deduction };
    });
  });
  const column = (pick: (row: { floor: number; rate: number; deduction: number }) => number): Float64Array => Float64Array.from(rows, pick);
  return { start, floor: column(({ floor }) => floor), rate: column(({ rate }) => rate), deduction: column(({ deduction }) => deduction) };
}

const THRESHOLDS = [0.3, 0.5, 0.8] as const;
const MARGIN = 1e-9;

/** State codes of all accounts at `prices`, by account of the flat book. */
export function createSweepOracle(flat: FlatBook) {
  const { start, floor, rate, deduction } = tablesOf(flat);
  const { positionStart, positionInstrument, positionSize, positionEntry, balanceAmount } = flat;
  return (prices: Float64Array, into: Uint8Array): void => {
    for (let a = 0; a < flat.count; a++) {
      let equity = balanceAmount[a]!;
      let required = 0;
      let gross = Math.abs(equity);
      for (let p = positionStart[a]!; p < positionStart[a + 1]!; p++) {
        const j = positionInstrument[p]!;
        const size = positionSize[p]!;
        const value = size * prices[j]!;
        const notional = Math.abs(value);
        equity += value - size * positionEntry[p]!;
        gross += notional + Math.abs(size * positionEntry[p]!);
        let row = start[j + 1]! - 1;
        while (row > start[j]! && notional < floor[row]!) row--;
        required += notional * rate[row]! - deduction[row]!;
      }
      let code = 0;
      let nearest = Math.min(Math.abs(equity), Math.abs(equity - required));
      for (const threshold of THRESHOLDS) {
        const distance = threshold * equity - required;
        nearest = Math.min(nearest, Math.abs(distance));
        if (distance <= 0) code++;
      }
      if (equity < required) code++;
      if (required <= 0) code = 0;
      if (equity < 0) code = 5;
      into[a] = nearest <= MARGIN * gross ? UNSURE : code;
    }
  };
}

/** Integers of 10^-DIGITS. */
const DIGITS = 18;

/** A double's shortest decimal as an integer of 10^-DIGITS. */
export function scaled(value: number): bigint {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const shift = DIGITS - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (shift < 0) throw new Error(`${value} has more than ${DIGITS} decimals`);
  const result = digits * 10n ** BigInt(shift);
  return sign === '' ? result : -result;
}

/** Exact state code of one account, whose venue liquidates below the requirement and not at it. */
export function createExactOracle(flat: FlatBook) {
  const one = 10n ** BigInt(DIGITS);
  const rows = flat.instruments.map((id) => {
    let deduction = 0n;
    const tiers = flat.book.instruments.get(id)!.tiers!;
    return tiers.map(({ notionalFloor, maintenanceMarginRate }, i) => {
      const floor = scaled(notionalFloor.toNumber());
      const rate = scaled(maintenanceMarginRate.toNumber());
      if (i > 0) deduction += floor * (rate - scaled(tiers[i - 1]!.maintenanceMarginRate.toNumber()));
      // Amounts in 10^-(3 · DIGITS), floors beside notionals in 10^-(2 · DIGITS).
      return { floor: floor * one, rate, deduction: deduction * one };
    });
  });
  return (a: number, prices: readonly bigint[]): number => {
    let equity = scaled(flat.balanceAmount[a]!) * one;
    let required = 0n;
    for (let p = flat.positionStart[a]!; p < flat.positionStart[a + 1]!; p++) {
      const j = flat.positionInstrument[p]!;
      const size = scaled(flat.positionSize[p]!);
      const notional = (size < 0n ? -size : size) * prices[j]!;
      equity += size * (prices[j]! - scaled(flat.positionEntry[p]!));
      const own = rows[j]!;
      let row = own.length - 1;
      while (row > 0 && notional < own[row]!.floor) row--;
      required += notional * own[row]!.rate - own[row]!.deduction;
    }
    if (equity < 0n) return 5;
    if (required <= 0n) return 0;
    const held = equity * one;
    if (held < required) return 4;
    if (10n * required >= 8n * held) return 3;
    if (2n * required >= held) return 2;
    return 10n * required >= 3n * held ? 1 : 0;
  };
}
