import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { carriersOf as exactCarriers, feedbackOf as exactFeedback } from '../../engine/cascade/feedback.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { createDesk } from '../desk/desk-engine.ts';
import { atOnce } from '../desk/placing.ts';
import { randomBook, rulesOf, seeded } from '../desk/testing/random-books.ts';
import { carriersOf, feedbackOf } from './feedback.ts';

const floor = caseFloors();

describe('ST-8 the feedback matrix in columns', () => {
  it.each([41, 42, 43, 44])('equals the exact matrix, its radius and its carriers (seed %i)', (seed) => {
    const book = randomBook(seeded(seed), { accounts: 120, edgeShare: 0.2 });
    const desk = createDesk(book, { rulesOf });
    const fall = [0.05, 0.02, 0.1, 0.2][seed % 4]!;
    const perCent = { BTC: 2e6, ETH: 8e5, SOL: 3e5, DOGE: 2e5, kPEPE: 1e5 };
    const found = atOnce(feedbackOf(desk, { perCent, otherwise: null, multiplier: 0.5 }, fall));
    const depth = new Map(
      found.markets.flatMap((market, i) => (Number.isFinite(found.depth[i]) ? [[market, new Decimal(found.depth[i]!)] as const] : [])),
    );
    const exact = exactFeedback({ book, rulesOf, step: new Decimal(fall), depth });
    for (const [i, market] of exact.markets.entries())
      for (const [j, other] of exact.markets.entries()) {
        const [row, column] = [found.markets.indexOf(market), found.markets.indexOf(other)];
        const value = Number(exact.matrix[i]![j]);
        const scale = Math.max(1e-9, ...exact.matrix.flat().map((x) => Math.abs(Number(x))));
        expect(Math.abs(found.matrix[row * found.markets.length + column]! - value), `${market} ${other}`).toBeLessThanOrEqual(
          1e-10 * scale,
        );
        if (value !== 0) floor('gains', 40);
      }
    expect(Math.abs(found.radius - exact.radius)).toBeLessThanOrEqual(1e-9 * exact.radius);
    const [own] = atOnce(carriersOf(desk, found, 0.8)).carriers;
    const [theirs] = exactCarriers(exact, depth, 10);
    expect(Math.abs(own!.lowers - theirs!.gain)).toBeLessThanOrEqual(1e-6 * (1 + exact.radius));
    floor('books', 4);
  });

  it('is halved by twice the depth, and the lever brings R below its target', () => {
    const desk = createDesk(randomBook(seeded(45), { accounts: 200 }), { rulesOf });
    const of = (multiplier: number) => atOnce(feedbackOf(desk, { perCent: {}, otherwise: 1e5, multiplier }, 0.05));
    const [one, two] = [of(1), of(2)];
    expect(Math.abs(one.radius / two.radius - 2)).toBeLessThan(1e-12);
    const target = one.radius / 2;
    const { lever } = atOnce(carriersOf(desk, one, target));
    expect(lever!.reached).toBeLessThan(target);
    expect(lever!.dollars).toBeGreaterThan(0);
    expect(atOnce(carriersOf(desk, one, one.radius * 2)).lever).toBeNull();
  });
});
