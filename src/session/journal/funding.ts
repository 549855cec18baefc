/** What funding an account's positions pay as the feed tells rates (rule PE-16 of docs/spec/performance.md): for its history, and never in its equity. */
import type { FundingTerms, Tick } from '../../domain/tick.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { readDecimal } from '../../wire/schema.ts';
import type { PositionColumns } from '../protocol.ts';

const HOUR_MS = 3_600_000;

interface Terms {
  readonly rate: Decimal;
  readonly intervalMs: number;
}

/** One position as it was last seen. */
interface Leg {
  readonly instrument: string;
  /** Signed, in the account's unit; null: not known. */
  readonly notional: Decimal | null;
  readonly terms: Terms | undefined;
}

interface Seen {
  readonly stream: string;
  readonly timeMs: number;
  readonly legs: readonly Leg[];
}

/** Received (+) or paid (−) by instrument; null: it is not known. */
export type Accrued = ReadonlyMap<string, Decimal> | null;

export class FundingAccrual {
  private readonly rates = new Map<string, Terms>();
  private seen: Seen | undefined;
  private accrued: Map<string, Decimal> | null = null;

  /** Rates hold until others are told. One that is no number, or has no interval, is passed over. */
  learn(ticks: readonly Tick[]): void {
    for (const { market, funding } of ticks) {
      const terms = funding && termsOf(funding);
      if (terms) this.rates.set(market, terms);
    }
  }

  forget(): void {
    this.rates.clear();
    this.seen = undefined;
    this.accrued = null;
  }

  /**
   * Every funding time since the last look is paid for by the position, at the mark and at the rate as they were then last seen. What lay in a
   * time of which nothing was seen (`gapMs`) is not known, nor is what a position without a rate pays.
   */
  look(stream: string, positions: PositionColumns, timeMs: number, gapMs: number): void {
    const before = this.seen;
    this.seen = { stream, timeMs, legs: this.legsOf(positions) };
    if (before?.stream !== stream || timeMs < before.timeMs) {
      this.accrued = null;
      return;
    }
    if (timeMs === before.timeMs) return;
    for (const leg of before.legs) this.pay(leg, before.timeMs, timeMs, gapMs);
  }

  /** Money an hour at the rates as they stand, + received; null where one is not known. */
  perHour(): Decimal | null {
    let sum = ZERO;
    for (const { notional, terms } of this.seen?.legs ?? []) {
      if (!notional || !terms) return null;
      sum = sum.minus(notional.times(terms.rate).times(HOUR_MS).div(terms.intervalMs));
    }
    return this.seen ? sum : null;
  }

  /** Since it was last taken. */
  take(): Accrued {
    const { accrued } = this;
    this.accrued = new Map();
    return accrued;
  }

  private pay({ instrument, notional, terms }: Leg, fromMs: number, toMs: number, gapMs: number): void {
    if (!this.accrued) return;
    if (!terms) {
      this.accrued = null;
      return;
    }
    const times = Math.floor(toMs / terms.intervalMs) - Math.floor(fromMs / terms.intervalMs);
    if (times === 0) return;
    if (!notional || toMs - fromMs > gapMs) this.accrued = null;
    else this.accrued.set(instrument, (this.accrued.get(instrument) ?? ZERO).minus(notional.times(terms.rate).times(times)));
  }

  private legsOf({ count, instrument, base, size, notional }: PositionColumns): Leg[] {
    return Array.from({ length: count }, (_, i): Leg => {
      const [worth, held] = [notional.text[i] ?? '', size.text[i] ?? ''];
      const known = worth === '' || held === '' ? null : new Decimal(worth).abs().times(new Decimal(held).isNegative() ? -1 : 1);
      return { instrument: instrument[i] ?? '', notional: known, terms: this.rates.get(base[i] ?? '') };
    });
  }
}

/** No rate is larger than all of the position, no interval longer than a day. */
const RATE_MAX = 1;
const INTERVAL_MAX_MS = 24 * HOUR_MS;

function termsOf({ rate, intervalMs }: FundingTerms): Terms | undefined {
  const read = readDecimal(rate);
  const isInterval = Number.isSafeInteger(intervalMs) && intervalMs > 0 && intervalMs <= INTERVAL_MAX_MS;
  return typeof read === 'string' || read.abs().gt(RATE_MAX) || !isInterval ? undefined : { rate: read, intervalMs };
}

/** The sum of what was accrued; '' where it is not known. */
export const fundingText = (accrued: Accrued): string =>
  accrued ? [...accrued.values()].reduce((sum, amount) => sum.plus(amount), ZERO).toFixed() : '';

/** Both, by instrument; null where either is not known. */
export function bothAccrued(a: Accrued, b: Accrued): Accrued {
  if (!a || !b) return null;
  const both = new Map(a);
  for (const [instrument, amount] of b) both.set(instrument, (both.get(instrument) ?? ZERO).plus(amount));
  return both;
}
