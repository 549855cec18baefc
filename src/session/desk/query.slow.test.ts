import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf } from './figures.ts';
import { drain } from './testing/open.ts';
import { anyQuery, plainAnswer, QUERY_CLOCK, queryDesk } from './testing/plain-query.ts';
import { QueryWindow } from './window.ts';

describe('DM-11 a query is what a plain evaluation of it says', () => {
  const desks = [1, 2, 3, 4].map(queryDesk);

  it('filters, orders and windows, held or not, on random books of every venue', () => {
    const reached = { queries: 0, some: 0, all: 0, sorted: 0, held: 0 };
    fc.assert(
      fc.property(anyQuery, fc.nat({ max: desks.length - 1 }), (asked, which) => {
        const open = desks[which]!;
        const window = new QueryWindow(open, figuresOf(open), false);
        drain(window.take(asked, QUERY_CLOCK));
        const frame = window.window(1, 1, QUERY_CLOCK);
        const expected = plainAnswer(open, asked);
        expect(frame.matched).toBe(expected.matched);
        expect(frame.rows?.account).toEqual(expected.accounts);
        expect(frame.from).toBe(Math.min(asked.window.from, expected.matched));
        expect(frame.frozen).toBe(asked.freeze);
        reached.queries++;
        if (expected.matched > 0 && expected.matched < 150) reached.some++;
        if (expected.matched === 150) reached.all++;
        if (asked.sort.length > 1 && expected.matched > 1) reached.sorted++;
        if (asked.freeze && expected.matched > 1) reached.held++;
      }),
      { numRuns: 200 },
    );
    console.log('queries compared with a plain evaluation', reached);
    expect(reached.some).toBeGreaterThan(40);
    expect(reached.all).toBeGreaterThan(0);
    expect(reached.sorted).toBeGreaterThan(20);
    expect(reached.held).toBeGreaterThan(20);
  });
});
