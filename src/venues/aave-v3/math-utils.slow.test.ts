/** Beside Aave's own library, on random pools and users. Its arithmetic is decimal; ours is the protocol's, so the last digits differ. */
import { formatReserves, formatUserSummary } from '@aave/math-utils';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { readJson } from '../../wire/json.ts';
import { calculateAccountData, healthFactorWad } from './account-data.ts';
import { aaveV3 } from './index.ts';
import { protocolRules } from './protocol.ts';
import { assessBook, numberOf } from './testing/families.ts';
import { anyPool, anyUser, BASE_CURRENCY, E_MODES, NOW } from './testing/market.ts';
import { readMarket, readUserReserves } from './user-reserves.ts';

const AS_OF = new Date(NOW * 1000).toISOString();
const lossless = (value: unknown): unknown => readJson(JSON.stringify(value));

const relative = (a: Decimal, b: Decimal): Decimal => a.minus(b).abs().div(Decimal.max(b.abs(), 1e-18));

describe('health factors', () => {
  it('AV-12 to AV-15: both regimes, the engine and math-utils agree', () => {
    let compared = 0;
    let withoutDebt = 0;
    fc.assert(
      fc.property(anyPool, anyUser, (reservesData, user) => {
        const meta = lossless({ reservesData, baseCurrencyData: BASE_CURRENCY, eModes: E_MODES });
        const reference = formatUserSummary({
          userReserves: [...user.userReserves],
          formattedReserves: formatReserves({
            reserves: [...reservesData],
            eModes: E_MODES,
            currentTimestamp: NOW,
            marketReferenceCurrencyDecimals: 8,
            marketReferencePriceInUsd: BASE_CURRENCY.marketReferenceCurrencyPriceInUsd,
          }),
          marketReferencePriceInUsd: BASE_CURRENCY.marketReferenceCurrencyPriceInUsd,
          marketReferenceCurrencyDecimals: 8,
          currentTimestamp: NOW,
          userEmodeCategoryId: user.userEmodeCategoryId,
        });
        const figures = (['v3.3', 'v3.7'] as const).map((version) => {
          const rules = protocolRules[version];
          const held = readUserReserves(lossless(user), readMarket(meta, BigInt(NOW), rules));
          expect(healthFactorWad(held.reserves, held.eModeCategory, rules)).toEqual(
            calculateAccountData(held.reserves, held.eModeCategory, rules).healthFactor,
          );
          return calculateAccountData(held.reserves, held.eModeCategory, rules);
        });
        const assessment = assessBook(aaveV3.parse!(lossless(user), { meta, asOf: AS_OF }));
        if (Number(reference.healthFactor) < 0) {
          withoutDebt++;
          for (const { healthFactor } of figures) expect(healthFactor).toEqual({ ok: false, reason: 'no-debt' });
          expect(assessment.healthFactor).toEqual({ ok: false, reason: 'no-debt' });
          return;
        }
        const wanted = new Decimal(reference.healthFactor);
        const debt = Number(reference.totalBorrowsUSD);
        if (debt < 1 || wanted.lt(1e-6)) return;
        compared++;
        const [before, after] = figures.map((figure) =>
          new Decimal(figure.healthFactor.ok ? figure.healthFactor.value.toString() : NaN).div(1e18),
        );
        // the average threshold is floored to a basis point: up to 1e-4 of a threshold that is at least 1 %
        expect(relative(before!, wanted).toNumber()).toBeLessThan(1.01e-2);
        // every reserve rounded to 1e-8 dollars, of a debt of at least a dollar
        expect(after!.minus(wanted).abs().toNumber()).toBeLessThan(1e-6 * Math.max(1, wanted.toNumber()));
        expect(numberOf(assessment.healthFactor)!.minus(after!).abs().toNumber()).toBeLessThan(1e-6 * Math.max(1, wanted.toNumber()));
        // the average loan-to-value is floored to a basis point
        const available = new Decimal(figures[1]!.availableBorrowsBase.toString()).div(1e8);
        const limit = new Decimal(reference.totalCollateralUSD);
        expect(available.minus(reference.availableBorrowsUSD).abs().toNumber()).toBeLessThan(1.0001e-4 * limit.toNumber() + 1e-6);
      }),
      { numRuns: 300, seed: 20260822, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(150);
    expect(withoutDebt).toBeGreaterThan(0);
  });
});
