import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../domain/outcome.ts';
import type { Decimal } from '../domain/units.ts';
import { assessAccount } from './assess.ts';
import { maintenanceOf, resolveTable, tierAt } from './margin/table.ts';
import { bookOf, d, type LegSpec, legSpec, plainRules, tiers, withMark } from './testing/books.ts';
import { caseFloors } from './testing/floors.ts';
import type { PositionAssessment } from './types.ts';

const RUNS = { numRuns: 400, seed: 20260205 } as const;
const count = caseFloors();

const value = (figure: Figure): Decimal => {
  if (!figure.ok) throw new Error(`no number: ${figure.reason}`);
  return figure.value;
};
const first = (positions: readonly PositionAssessment[]): PositionAssessment => positions[0] as PositionAssessment;
/** A balance that leaves the account healthy or not, in proportion to what it holds. */
const balance = fc.integer({ min: 1, max: 3000 });
const scaled = (specs: readonly LegSpec[], share: number): Decimal =>
  specs
    .reduce((sum, s) => sum.plus(s.contract === 'inverse' ? s.size.abs().div(s.mark) : s.size.abs().times(s.mark)), d(0))
    .times(share)
    .div(1000);

describe('LQ-1 at the liquidation price margin excess is zero', () => {
  for (const contract of ['linear', 'inverse'] as const) {
    it(`${contract}: |excess| ≤ 1e-30 of notional, every other mark held`, () => {
      fc.assert(
        fc.property(fc.array(legSpec([contract]), { minLength: 1, maxLength: 4 }), balance, (specs, share) => {
          const { book, account } = bookOf(specs, scaled(specs, share));
          for (const position of assessAccount(account, book, plainRules()).positions) {
            if (!position.liquidationPrice.ok) continue;
            const at = assessAccount(account, withMark(book, position.instrument, position.liquidationPrice.value), plainRules());
            count(`zero-${contract}`, 300);
            expect(value(at.marginExcess).abs().div(value(at.grossNotional)).lte('1e-30')).toBe(true);
          }
        }),
        RUNS,
      );
    });
  }
  it('bankruptcy: equity is zero; backstop: equity is two thirds of maintenance', () => {
    fc.assert(
      fc.property(fc.array(legSpec(), { minLength: 1, maxLength: 3 }), balance, (specs, share) => {
        const { book, account } = bookOf(specs, scaled(specs, share));
        for (const position of assessAccount(account, book, plainRules()).positions) {
          if (!position.bankruptcyPrice.ok || !position.backstopPrice.ok) continue;
          const bust = assessAccount(account, withMark(book, position.instrument, position.bankruptcyPrice.value), plainRules());
          const back = assessAccount(account, withMark(book, position.instrument, position.backstopPrice.value), plainRules());
          count('bust', 150);
          expect(value(bust.equity).abs().lte(value(bust.grossNotional).times('1e-30'))).toBe(true);
          expect(
            value(back.equity).minus(value(back.maintenanceMargin).times(2).div(3)).abs().lte(value(back.grossNotional).times('1e-30')),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe('LQ-2 order of prices', () => {
  it('healthy long: bankruptcy < liquidation < mark; short mirrored', () => {
    fc.assert(
      fc.property(legSpec(['linear', 'inverse']), balance, (spec, share) => {
        const { book, account } = bookOf([spec], scaled([spec], share));
        const result = assessAccount(account, book, plainRules());
        const p = first(result.positions);
        if (!p.liquidationPrice.ok || !p.bankruptcyPrice.ok || value(result.marginExcess).lte(0)) return;
        const chain = [p.bankruptcyPrice.value, p.liquidationPrice.value, spec.mark];
        if (p.side === 'short') chain.reverse();
        count(`order-${p.side}`, 30);
        expect((chain[0] as Decimal).lt(chain[1] as Decimal) && (chain[1] as Decimal).lt(chain[2] as Decimal)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('LQ-3 invariances', () => {
  it('more collateral never brings the liquidation price nearer', () => {
    fc.assert(
      fc.property(legSpec(['linear', 'inverse']), balance, fc.integer({ min: 1, max: 500 }), (spec, share, more) => {
        const before = bookOf([spec], scaled([spec], share));
        const after = bookOf([spec], scaled([spec], share + more));
        const a = first(assessAccount(before.account, before.book, plainRules()).positions).liquidationDistance;
        const b = first(assessAccount(after.account, after.book, plainRules()).positions).liquidationDistance;
        if (!a.ok) return;
        count('more', 100);
        expect(b.ok ? b.value.gt(a.value) : b.reason).toSatisfy((x: unknown) => x === true || x === 'never');
      }),
      RUNS,
    );
  });
  it('order of positions is irrelevant', () => {
    fc.assert(
      fc.property(fc.array(legSpec(), { minLength: 2, maxLength: 5 }), balance, (specs, share) => {
        const { book, account } = bookOf(specs, scaled(specs, share));
        const a = assessAccount(account, book, plainRules());
        const b = assessAccount({ ...account, positions: [...account.positions].reverse() }, book, plainRules());
        for (const position of a.positions) {
          const twin = b.positions.find((other) => other.instrument === position.instrument) as PositionAssessment;
          if (!position.liquidationPrice.ok) {
            expect(twin.liquidationPrice).toEqual(position.liquidationPrice);
            continue;
          }
          count('permutation', 300);
          expect(
            value(twin.liquidationPrice).minus(position.liquidationPrice.value).abs().div(position.liquidationPrice.value).lte('1e-32'),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });
  it('scaling sizes, balances and tier bounds by k keeps every price', () => {
    fc.assert(
      fc.property(fc.array(legSpec(), { minLength: 1, maxLength: 3 }), balance, fc.integer({ min: 2, max: 9999 }), (specs, share, k) => {
        const grown = specs.map((s) => ({
          ...s,
          size: s.size.times(k),
          tiers: s.tiers.map((t) => ({ ...t, notionalFloor: t.notionalFloor.times(k) })),
        }));
        const one = bookOf(specs, scaled(specs, share));
        const two = bookOf(grown, scaled(specs, share).times(k));
        const a = assessAccount(one.account, one.book, plainRules());
        const b = assessAccount(two.account, two.book, plainRules());
        a.positions.forEach((position, i) => {
          if (!position.liquidationPrice.ok) return;
          count('scaling', 150);
          expect(
            value((b.positions[i] as PositionAssessment).liquidationPrice)
              .div(position.liquidationPrice.value)
              .minus(1)
              .abs()
              .lte('1e-32'),
          ).toBe(true);
        });
      }),
      RUNS,
    );
  });
  it('an isolated position equals a cross account of one', () => {
    fc.assert(
      fc.property(legSpec(['linear', 'inverse']), balance, (spec, share) => {
        const margin = scaled([spec], share);
        const cross = bookOf([spec], margin);
        const isolated = bookOf([spec], margin, 'isolated');
        const a = first(assessAccount(cross.account, cross.book, plainRules()).positions);
        const b = first(assessAccount(isolated.account, isolated.book, plainRules()).positions);
        count('isolated', 400);
        expect({ ...b, marginMode: 'cross', pool: 'cross' }).toEqual(a);
      }),
      RUNS,
    );
  });
});

describe('MR-3 tiers', () => {
  it('maintenance is continuous at every floor of a continuous table', () => {
    fc.assert(
      fc.property(tiers, (list) => {
        const table = resolveTable({ join: 'continuous', measure: 'notional', tiers: list });
        table.tiers.slice(1).forEach((tier, i) => {
          count('continuous', 200);
          const below = table.tiers[i] as (typeof table.tiers)[number];
          expect(maintenanceOf(table, below, tier.floor, d(0)).eq(maintenanceOf(table, tier, tier.floor, d(0)))).toBe(true);
          expect(tierAt(table, tier.floor)).toBe(tier);
        });
      }),
      RUNS,
    );
  });
});

describe('US-1 the uniform shock', () => {
  it('moves every volatile price; at the shocked marks margin excess is zero', () => {
    fc.assert(
      fc.property(fc.array(legSpec(), { minLength: 1, maxLength: 4 }), balance, (specs, share) => {
        const { book, account } = bookOf(specs, scaled(specs, share));
        const result = assessAccount(account, book, plainRules());
        for (const shock of [result.uniformShockDown, result.uniformShockUp]) {
          if (!shock.ok) continue;
          let moved = book;
          for (const [id, instrument] of book.instruments)
            moved = withMark(moved, id, (instrument.markPrice as Decimal).times(shock.value.plus(1)));
          count('shock', 150);
          const at = assessAccount(account, moved, plainRules());
          expect(value(at.marginExcess).abs().div(value(at.grossNotional)).lte('1e-30')).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
