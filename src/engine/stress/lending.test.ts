import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import { healthFactorAfter, toxicRegion } from '../cure/toxic.ts';
import { d, plainRules } from '../testing/books.ts';
import { lendingDistances } from './lending.ts';
import { shortestShock } from './shortest-shock.ts';
import { modelOf } from './testing/accounts.ts';
import vectors from './vectors/distance.json' with { type: 'json' };

const rules = plainRules({ kind: 'lending' });

function lender(assets: Record<string, [amount: number, price: number, lt?: number]>): { book: Book; account: Account } {
  const account: Account = {
    id: 'a',
    venue: 'test',
    balances: Object.entries(assets).map(([asset, [amount]]) => ({ asset, amount: d(amount) })),
    positions: [],
  };
  const priced = Object.entries(assets).map(([symbol, [, price, lt]]) => {
    const asset = { symbol, price: d(price), ...(lt === undefined ? {} : { liquidationThreshold: d(lt), liquidationBonus: d('0.05') }) };
    return [symbol, asset] as const;
  });
  return {
    account,
    book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments: new Map(), assets: new Map(priced), accounts: [account] },
  };
}

const none = { supply: new Map<string, number>(), borrow: new Map<string, number>() };

describe('DI-11 lending', () => {
  it('AAVE-HF: uniform fall, per collateral, and the shortest shock between them', () => {
    const { expected } = vectors['AAVE-HF'];
    const { book, account } = lender({ ETH: [10, 3000, 0.83], BTC: [0.5, 60_000, 0.78], USDC: [-30_000, 1] });
    const found = lendingDistances(account, book, rules, none);
    if (!found.ok) throw new Error(found.reason);
    expect(found.value.healthFactor.ok && found.value.healthFactor.value.toNumber()).toBeCloseTo(expected.HF, 12);
    expect(found.value.uniformFall.ok && found.value.uniformFall.value.toNumber()).toBeCloseTo(-expected.uniform_drop_to_HF1, 12);
    // 24,900 + 23,400 − 30,000 = 18,300 of risk-adjusted collateral to lose.
    const alone = found.value.perAsset.map(({ asset, isDebt, move }) => [asset, isDebt, move.ok ? move.value.toFixed(9) : move.reason]);
    expect(alone).toEqual([
      ['ETH', false, (-18_300 / 24_900).toFixed(9)],
      ['BTC', false, (-18_300 / 23_400).toFixed(9)],
      ['USDC', true, (18_300 / 30_000).toFixed(9)],
    ]);
    expect(found.value.interest).toEqual({ ok: false, reason: 'never' });
    const one = shortestShock(account, book, rules, modelOf({ ETH: 0.04, BTC: 0.03 }, [['ETH', 'BTC', 1]], 'simple'));
    // Two markets as one: 18,300 ÷ (24,900·4 % + 23,400·3 %).
    expect(one.ok && one.value.distance).toBeCloseTo(18_300 / (24_900 * 0.04 + 23_400 * 0.03), 10);
  });
  it('HF-DECAY: interest alone, one debt in closed form and split in two the same', () => {
    const { inputs, expected } = vectors['HF-DECAY'];
    const rates = {
      supply: new Map([['ETH', inputs.supply_apr_cont]]),
      borrow: new Map(['USDC', 'DAI'].map((asset) => [asset, inputs.borrow_apr_cont])),
    };
    const plain = lender({ ETH: [1, 1050, 1], USDC: [-1000, 1] });
    const split = lender({ ETH: [1, 1050, 1], USDC: [-400, 1], DAI: [-600, 1] });
    for (const { book, account } of [plain, split]) {
      const found = lendingDistances(account, book, rules, rates);
      expect(found.ok && found.value.interest.ok && found.value.interest.value * 365).toBeCloseTo(expected.days_365, 9);
    }
  });
  it('TOXIC-1, TOXIC-2, TOXIC-3: where a liquidation makes it worse', () => {
    const { inputs, expected } = vectors['TOXIC-1'];
    const region = toxicRegion(d(inputs.lt), d(inputs.bonus));
    expect(region.healthFactorBelow.toNumber()).toBeCloseTo(expected.HF_toxic_below, 12);
    expect(region.loanToValueAbove.toNumber()).toBeCloseTo(expected.ltv_toxic_above, 12);
    for (const [id, isToxic] of [
      ['TOXIC-2', false],
      ['TOXIC-3', true],
    ] as const) {
      const { C, D, lt, bonus, close_factor } = vectors[id].inputs;
      const after = healthFactorAfter(d(C).times(lt), d(D), d(lt), d(bonus), d(D).times(close_factor));
      expect(after.toNumber()).toBeCloseTo(vectors[id].expected.HF_after, 12);
      const { book, account } = lender({ ETH: [1, C, lt], USDC: [-D, 1] });
      const found = lendingDistances(account, book, rules, none);
      expect(found.ok && found.value.toxic[0]!.isToxic, id).toEqual({ ok: true, value: isToxic });
    }
  });
  it('nothing owed, and no lending account', () => {
    const { book, account } = lender({ ETH: [1, 1000, 0.8] });
    const found = lendingDistances(account, book, rules, none);
    expect(found.ok && found.value.interest).toEqual({ ok: false, reason: 'no-debt' });
    expect(found.ok && found.value.perAsset[0]!.move).toEqual({ ok: false, reason: 'no-debt' });
    expect(lendingDistances(account, book, plainRules(), none)).toEqual({ ok: false, reason: 'not-applicable' });
  });
});
