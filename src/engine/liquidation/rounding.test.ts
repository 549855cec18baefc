import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../domain/book.ts';
import { assessAccount } from '../assess.ts';
import { explain } from '../explain/explain.ts';
import type { PositionRules, PriceRounding, VenueRules } from '../rules.ts';
import { bookOf, d, plainRules } from '../testing/books.ts';

const TICK = d('0.5');

/** An isolated position of 3 at 100 with 30 behind it and 1 % maintenance. */
function published(size: number, venue: Partial<VenueRules>, position: Partial<PositionRules>, tick?: typeof TICK) {
  const tiers = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01') }];
  const { book, account } = bookOf([{ size: d(size), entry: d(100), mark: d(100), contract: 'linear', tiers }], d(30), 'isolated');
  const instruments = new Map(
    [...book.instruments].map(([id, instrument]): [string, Instrument] => [id, { ...instrument, ...(tick ? { priceTick: tick } : {}) }]),
  );
  const rules = plainRules(venue, position);
  const marked = { ...book, instruments };
  const assessed = assessAccount(account, marked, rules).positions[0];
  const price = (figure: 'liquidationPrice' | 'bankruptcyPrice') => {
    const value = assessed?.[figure];
    if (!value?.ok) throw new Error('no price');
    return value.value;
  };
  return {
    liquidation: price('liquidationPrice'),
    bankruptcy: price('bankruptcyPrice'),
    working: explain(account, marked, rules, { figure: 'liquidationPrice', position: 0 }),
  };
}

const LONG = d(90).div('0.99'); // 90.909…
const SHORT = d(110).div('1.01'); // 108.910…

describe('LQ-5 the price as the venue publishes it', () => {
  it('default: exact, also where a tick is known', () => {
    expect(published(3, {}, {}, TICK).liquidation.eq(LONG)).toBe(true);
  });
  it('behavior: to the tick against the trader, up for a long, down for a short, the bankruptcy price too', () => {
    const rules = { priceRounding: 'tick-against-trader' } as const;
    expect(published(3, rules, {}, TICK).liquidation.toFixed()).toBe('91');
    expect(published(-3, rules, {}, TICK).liquidation.toFixed()).toBe('108.5');
    expect(published(3, rules, {}, d('0.7')).bankruptcy.toFixed()).toBe('90.3');
    expect(published(-3, rules, {}, d('0.7')).bankruptcy.toFixed()).toBe('109.9');
  });
  it('behavior: a price on the tick stays', () => {
    expect(published(3, { priceRounding: 'tick-against-trader' }, {}, TICK).bankruptcy.toFixed()).toBe('90');
  });
  it('behavior: one tick early moves the liquidation price alone, and does not round it', () => {
    const early = published(3, { priceRounding: 'one-tick-early' }, {}, TICK);
    expect(early.liquidation.eq(LONG.plus(TICK))).toBe(true);
    expect(early.bankruptcy.toFixed()).toBe('90');
    expect(published(-3, { priceRounding: 'one-tick-early' }, {}, TICK).liquidation.eq(SHORT.minus(TICK))).toBe(true);
  });
  it('behavior: without a tick nothing is rounded', () => {
    const roundings: PriceRounding[] = ['none', 'tick-against-trader', 'one-tick-early'];
    for (const priceRounding of roundings) expect(published(3, { priceRounding }, {}).liquidation.eq(LONG)).toBe(true);
  });
  it("behavior: the position's own rounding stands before the venue's", () => {
    const result = published(3, { priceRounding: 'tick-against-trader' }, { priceRounding: 'none' }, TICK);
    expect(result.liquidation.eq(LONG)).toBe(true);
  });
  it("behavior: the venue's bundled tick stands in where the book names none", () => {
    const venue: Partial<VenueRules> = { priceRounding: 'tick-against-trader', priceTick: () => TICK };
    expect(published(3, venue, {}).liquidation.toFixed()).toBe('91');
    expect(published(3, venue, {}, d(1)).bankruptcy.toFixed()).toBe('90');
  });
  it('EX-1 the working names the rounding and the tick', () => {
    const working = published(3, { priceRounding: 'one-tick-early' }, {}, TICK).working;
    expect(working?.rounding).toContain('one tick early');
    expect(working?.terms.find((term) => term.symbol === 'tick')?.value).toEqual({ ok: true, value: TICK });
  });
});
