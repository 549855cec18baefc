import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Book, Instrument, MarginTable } from '../../domain/book.ts';
import type { Figure } from '../../domain/outcome.ts';
import { type Decimal, ONE } from '../../domain/units.ts';
import { thresholdPrice } from '../liquidation/price.ts';
import { sumPool } from '../margin/pool.ts';
import type { Pool } from '../resolve.ts';
import type { PositionRules, VenueRules } from '../rules.ts';
import { bookOf, d, type LegSpec, legSpec, plainRules, withMark } from '../testing/books.ts';
import { caseFloors } from '../testing/floors.ts';
import { PAST, SOLVED, UNCERTAIN, UNTOUCHED } from './market-shock.ts';
import { type MarketMove, marketShock } from './market-terms.ts';
import { both, only, poolsOf, REACH, RISE } from './testing/moves.ts';

const RUNS = { numRuns: 320, seed: 20260205 } as const;
const count = caseFloors();

/** The move as a number, NaN where there is none within reach. */
const within = (figure: Figure): number => {
  if (!figure.ok) return Number.NaN;
  const move = figure.value.toNumber();
  return (move < 0 ? -move / REACH : move / RISE) > 1 + 1e-6 ? Number.NaN : move;
};

function check(name: string, pools: readonly Pool[], move: MarketMove | undefined, floor: number): void {
  for (const { flag, down, up, error, exact } of both(pools, move)) {
    if (flag === UNCERTAIN) count('left to the exact path', 0);
    if (flag === PAST) expect(exact.nearest).toMatchObject({ ok: false, reason: 'already' });
    if (flag === UNTOUCHED) expect(exact.nearest.ok).toBe(false);
    if (flag !== SOLVED) continue;
    for (const [ours, theirs] of [
      [down, within(exact.down)],
      [up, within(exact.up)],
    ] as const) {
      if (Number.isNaN(theirs)) expect(ours).toBeNaN();
      else {
        expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(error);
        count(name, floor);
        if (error < 1e-9) count(`${name}, error below 1e-9`, Math.floor(floor * 0.9));
      }
    }
  }
}

const share = fc.integer({ min: 1, max: 500 });
/** Legs whose notionals, in the settle currency, lie about the tiers' floors; one in four of any size, tiny or huge. */
const leg = (contracts: readonly ('linear' | 'inverse')[], most = 900_000): fc.Arbitrary<LegSpec> =>
  fc.tuple(legSpec(contracts), fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: 3 })).map(([spec, notional, kind]) => {
    if (kind === 0 && most === 900_000) return spec;
    const size = spec.contract === 'inverse' ? spec.mark.times(notional) : d(notional).div(spec.mark).toDecimalPlaces(8);
    return { ...spec, size: spec.size.isNegative() ? size.negated() : size };
  });
/** A balance that is a share of what the legs carry, so that liquidation is within reach. */
const balanceFor = (specs: readonly LegSpec[], permille: number): Decimal =>
  specs
    .reduce((sum, s) => sum.plus(s.contract === 'inverse' ? s.size.abs().div(s.mark) : s.size.abs().times(s.mark)), d(0))
    .times(permille)
    .div(1000)
    .plus(specs.reduce((sum, s) => sum.minus(lossOf(s)), d(0)));
/** Profit at the mark, in the settle currency. */
const lossOf = ({ contract, size, entry, mark }: LegSpec): Decimal =>
  contract === 'inverse' ? size.times(ONE.div(entry).minus(ONE.div(mark))) : size.times(mark.minus(entry));

const SLOPED: MarginTable = {
  join: 'slope',
  measure: 'notional',
  tiers: [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01') }],
  maintenanceSlope: d('0.00005'),
  initialMarginRate: d('0.02'),
  initialSlope: d('0.00005'),
};

const FAMILIES: { name: string; rules: VenueRules; contracts: ('linear' | 'inverse')[]; floor: number }[] = [
  { name: 'linear', rules: plainRules(), contracts: ['linear'], floor: 100 },
  { name: 'inverse', rules: plainRules(), contracts: ['inverse'], floor: 100 },
  { name: 'linear and inverse together', rules: plainRules(), contracts: ['linear', 'inverse'], floor: 100 },
  { name: 'stepped tiers', rules: plainRules({ tableJoin: 'step' }), contracts: ['linear', 'inverse'], floor: 100 },
  {
    name: 'taker fee',
    rules: plainRules({ defaultTakerFeeRate: d('0.0005') }, { fee: 'taker' }),
    contracts: ['linear', 'inverse'],
    floor: 100,
  },
  {
    name: 'fee at the bankruptcy value',
    rules: plainRules({ defaultTakerFeeRate: d('0.0005') }, { fee: 'taker-at-bankruptcy-value' }),
    contracts: ['linear', 'inverse'],
    floor: 100,
  },
  { name: 'entry basis', rules: plainRules({}, { basis: 'entry' }), contracts: ['linear', 'inverse'], floor: 100 },
  {
    name: 'frozen basis',
    rules: plainRules({ defaultTakerFeeRate: d('0.0005') }, { basis: 'frozen', fee: 'taker' }),
    contracts: ['linear'],
    floor: 100,
  },
];

const unsupportedFee: Partial<PositionRules> = { fee: 'taker-at-bankruptcy-price' };

describe('DS-10 the move of a market that liquidates a pool', () => {
  for (const { name, rules, contracts, floor } of FAMILIES) {
    it(`${name}: equals the exact solver within the stated error`, () => {
      fc.assert(
        fc.property(
          fc.array(leg(contracts), { minLength: 1, maxLength: 5 }),
          share,
          fc.array(fc.constantFrom(true, true, true, false), { minLength: 5, maxLength: 5 }),
          (specs, permille, moved) => {
            const { book, account } = bookOf(specs, balanceFor(specs, permille));
            const move: MarketMove = { movesInstrument: (id) => moved[Number(id.slice(2))] ?? false, movesAsset: () => false };
            check(name, poolsOf(book, account, rules), move, floor);
          },
        ),
        RUNS,
      );
    });
  }

  it('isolated positions are pools of their own; a fee at the bankruptcy price stays what it is', () => {
    fc.assert(
      fc.property(fc.array(leg(['linear', 'inverse']), { minLength: 1, maxLength: 3 }), share, (specs, permille) => {
        const { book, account } = bookOf(specs, balanceFor(specs.slice(0, 1), permille), 'isolated');
        check('isolated', poolsOf(book, account, plainRules({ defaultTakerFeeRate: d('0.001') }, unsupportedFee)), only('t:0', 't:1'), 50);
      }),
      RUNS,
    );
  });

  it('one instrument: 1 + s is the liquidation price ÷ the mark', () => {
    fc.assert(
      fc.property(fc.array(leg(['linear']), { minLength: 1, maxLength: 4 }), share, (specs, permille) => {
        const { book, account } = bookOf(specs, balanceFor(specs, permille));
        const pool = poolsOf(book, account, plainRules())[0] as Pool;
        const leg = pool.legs[0];
        if (!leg?.mark.ok) throw new Error('no mark');
        const price = thresholdPrice(leg, pool, sumPool(pool), ONE);
        const shock = marketShock(pool, sumPool(pool), only('t:0')).nearest;
        if (!price.ok || !shock.ok) return;
        expect(price.value.div(leg.mark.value).minus(ONE).minus(shock.value).abs().lte('1e-30')).toBe(true);
        count('one instrument', 150);
      }),
      RUNS,
    );
  });

  it('lending: the chosen assets move, collateral and debt alike', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            amount: fc.integer({ min: 1, max: 400 }),
            price: fc.integer({ min: 1, max: 500 }),
            threshold: fc.integer({ min: 50, max: 95 }),
          }),
          {
            minLength: 2,
            maxLength: 5,
          },
        ),
        (items) => {
          const { book } = bookOf([], d(0));
          const assets = new Map(
            items.map(({ price, threshold }, i) => [
              `A${i}`,
              { symbol: `A${i}`, price: d(price), liquidationThreshold: d(threshold).div(100) },
            ]),
          );
          const balances = items.map(({ amount }, i) => ({ asset: `A${i}`, amount: d(i === 1 ? -amount : amount) }));
          const account: Account = { id: 'a', venue: 'test', balances, positions: [] };
          check('lending', poolsOf({ ...book, assets }, account, plainRules({ kind: 'lending' })), only('A0', 'A2'), 25);
        },
      ),
      RUNS,
    );
  });
});

describe('DS-10 all prices together', () => {
  const COIN_SETTLED = ['linear, settled in a coin that moves', ['linear']] as const;
  for (const [name, contracts] of [
    ['linear', ['linear']],
    ['inverse', ['inverse']],
    ['linear and inverse', ['linear', 'inverse']],
    COIN_SETTLED,
  ] as const) {
    it(`${name}: equals the exact uniform shock within the stated error`, () => {
      fc.assert(
        fc.property(fc.array(leg(contracts), { minLength: 1, maxLength: 5 }), share, (specs, permille) => {
          const { book, account } = bookOf(specs, balanceFor(specs, permille));
          const settle = (item: Instrument): Instrument => (name === COIN_SETTLED[0] ? { ...item, settle: 'COIN' } : item);
          const instruments = new Map([...book.instruments].map(([id, item]) => [id, settle(item)]));
          check(`uniform, ${name}`, poolsOf({ ...book, instruments }, account, plainRules()), undefined, 80);
        }),
        RUNS,
      );
    });
  }
});

describe('DS-10 the exact solver', () => {
  const FAMILY = [
    ['linear', ['linear'], false],
    ['inverse', ['inverse'], false],
    ['linear and inverse', ['linear', 'inverse'], false],
    ['sloped, linear', ['linear'], true],
    ['sloped, inverse', ['inverse'], true],
  ] as const;
  for (const [name, contracts, isSloped] of FAMILY) {
    it(`${name}: at the move found margin excess is zero`, () => {
      const rules = isSloped ? plainRules({ marginTable: () => SLOPED }) : plainRules();
      fc.assert(
        fc.property(fc.array(leg(contracts, isSloped ? 2_000 : undefined), { minLength: 1, maxLength: 4 }), share, (specs, permille) => {
          const { book, account } = bookOf(specs, balanceFor(specs, permille));
          const without = ({ tiers: _, ...rest }: Instrument): Instrument => rest;
          const instruments = new Map([...book.instruments].map(([id, item]) => [id, isSloped ? without(item) : item]));
          const start = { ...book, instruments };
          const pool = poolsOf(start, account, rules)[0] as Pool;
          const shock = marketShock(pool, sumPool(pool), only('t:0', 't:1'));
          for (const move of [shock.down, shock.up]) {
            if (!move.ok) continue;
            const moved = ['t:0', 't:1'].reduce((at, id) => {
              const mark = instruments.get(id)?.markPrice;
              return mark ? withMark(at, id, mark.times(move.value.plus(1))) : at;
            }, start as Book);
            const after = sumPool(poolsOf(moved, account, rules)[0] as Pool);
            const [equity, maintenance, gross] = [after.equity, after.maintenanceMargin, after.grossNotional].map((figure) =>
              figure.ok ? figure.value : d(Number.NaN),
            );
            expect(
              (equity as Decimal)
                .minus(maintenance as Decimal)
                .abs()
                .lte((gross as Decimal).plus(maintenance as Decimal).times('1e-28')),
            ).toBe(true);
            count(`exact, ${name}`, 100);
          }
        }),
        { ...RUNS, numRuns: 250 },
      );
    });
  }
});
