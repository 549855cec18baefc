import { describe, expect, it } from 'vitest';
import type { Contract, Instrument } from '../../domain/book.ts';
import { assessAccount } from '../../engine/assess.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual, scenarioOf } from '../testing/cex-cases.ts';
import { okxRules as rules } from './rules.ts';

const leg = (over: Partial<LegInputs>): LegInputs => ({
  id: 'market',
  contract: 'linear',
  side: 'long',
  quantity: d(2),
  entry: d(100),
  mark: d(104),
  mode: 'isolated',
  isolatedMargin: d(20),
  leverage: d(10),
  takerFeeRate: d('0.0005'),
  tiers: oneTier('0.004'),
  ...over,
});
const closeTo = (found: ReturnType<typeof d>, wanted: ReturnType<typeof d>) =>
  expect(relativeResidual(found, wanted).lte('1e-30')).toBe(true);

describe('OK-1 the price solves equity = maintenance + fee', () => {
  const rate = d('0.0045');
  for (const side of ['long', 'short'] as const) {
    const sign = side === 'long' ? 1 : -1;
    it(`linear ${side}: (entry − side·m ÷ q) ÷ (1 − side·(r + f))`, () => {
      const { position } = assessLegs(rules, [leg({ side })], undefined);
      closeTo(
        numberOf(position.liquidationPrice),
        d(100)
          .minus(d(20).div(2).times(sign))
          .div(d(1).minus(rate.times(sign))),
      );
    });
    it(`inverse ${side}: Q (r + f + side) ÷ (side·Q ÷ entry + m)`, () => {
      const inverse = leg({ side, contract: 'inverse', quantity: d(1000), isolatedMargin: d(1) });
      const { position } = assessLegs(rules, [inverse], undefined);
      closeTo(numberOf(position.liquidationPrice), d(1000).times(rate.plus(sign)).div(d(1000).div(100).times(sign).plus(1)));
    });
  }
  it('cross with no equity to lose: never, not a negative price', () => {
    const { position } = assessLegs(rules, [leg({ mode: 'cross' })], d(10_000));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });
});

describe('OK-2 the margin ratio', () => {
  it('is the inverse of ours: equity ÷ (maintenance + fees), liquidated at 100 %', () => {
    const { assessment } = assessLegs(rules, [leg({})], undefined);
    const pool = assessment.pools.find((candidate) => candidate.kind === 'isolated')!;
    closeTo(d(1).div(numberOf(pool.marginRatio)), d(28).div(d(208).times('0.0045')));
    const edge = (margin: string) =>
      assessLegs(rules, [leg({ mark: d(100), isolatedMargin: d(margin) })], undefined).assessment.pools.find(
        (candidate) => candidate.kind === 'isolated',
      )!;
    expect(edge('0.9').isLiquidatable).toEqual({ ok: true, value: true });
    expect(edge('0.9000000000001').isLiquidatable).toEqual({ ok: true, value: false });
  });
});

describe('OK-3 position tiers count contracts, and the rate of a row holds for the whole position', () => {
  const swap = (contractSize: string): Instrument => ({
    id: 'okx:BTC-USDT-SWAP',
    venue: 'okx',
    contract: 'linear',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    contractSize: d(contractSize),
  });
  const marginOf = (size: string, contractSize: string) => {
    const { account, book } = scenarioOf(
      rules.id,
      [leg({ id: 'okx:BTC-USDT-SWAP', mode: 'cross', quantity: d(size), mark: d(100_000) })],
      d(1),
    );
    const instruments = new Map([['okx:BTC-USDT-SWAP', { ...swap(contractSize), markPrice: d(100_000) }]]);
    const positions = account.positions.map(({ tiers, ...position }) => (tiers ? position : position));
    return numberOf(assessAccount({ ...account, positions }, { ...book, instruments }, rules).maintenanceMargin).toFixed();
  };
  it('1,000 contracts are in the first row, 1,000.01 in the second', () => {
    expect(marginOf('1000', '0.01')).toBe('4000');
    expect(marginOf('1000.01', '0.01')).toBe('5000.05');
  });
  it('the same in a book that counts bitcoins', () => {
    expect(marginOf('10', '1')).toBe('4000');
    expect(marginOf('10.0001', '1')).toBe('5000.05');
  });
  it('holds 99 rows; another market has none', () => {
    expect(rules.marginTable(swap('0.01'))?.tiers).toHaveLength(99);
    expect(rules.marginTable(swap('1'))).toBe(rules.marginTable(swap('1')));
    expect(rules.marginTable({ ...swap('0.01'), id: 'ETH-USDT-SWAP' })).toBeUndefined();
  });
  it('a stepped table by notional: where the rate jumps across equity, the price is the floor', () => {
    const tiers = [
      { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
      { notionalFloor: d(220), maintenanceMarginRate: d('0.1') },
    ];
    const { position } = assessLegs(rules, [leg({ side: 'short', mode: 'cross', mark: d(100), tiers, takerFeeRate: d(0) })], d(30));
    // At 110: equity 30 − 20 = 10, requirement jumps from 2.2 to 22.
    expect(numberOf(position.liquidationPrice).toFixed()).toBe('110');
  });
});

describe('OK-4 discount rates', () => {
  it('haircut positive balances of every currency in one pool; a debt counts in full', () => {
    const { account, book } = scenarioOf(rules.id, [leg({ mode: 'cross', mark: d(100) })], undefined);
    const assets = new Map([
      ['USDT', { symbol: 'USDT', price: d(1) }],
      ['BTC', { symbol: 'BTC', price: d(60_000), collateralFactor: d('0.95') }],
      ['ETH', { symbol: 'ETH', price: d(3_000), collateralFactor: d('0.9') }],
    ]);
    const balances = [
      { asset: 'USDT', amount: d(100) },
      { asset: 'BTC', amount: d('0.01') },
      { asset: 'ETH', amount: d('-0.1') },
    ];
    const assessment = assessAccount({ ...account, balances }, { ...book, assets }, rules);
    expect(numberOf(assessment.equity).toFixed()).toBe('370');
    expect(assessment.pools.map((pool) => pool.id)).toEqual(['cross']);
  });
});

describe('OK-5 isolated positions are reported one tick early', () => {
  const contracts: [string, Contract, string][] = [
    ['BTC-USDT-SWAP', 'linear', '0.1'],
    ['okx:ETH-USDT-SWAP', 'linear', '0.01'],
    ['ETH-USD-210430', 'inverse', '0.01'],
    ['BTC-USD-SWAP', 'inverse', '0.1'],
  ];
  for (const [id, contract, tick] of contracts) {
    it(`${id}: ${tick} nearer, on both sides; a cross price is exact`, () => {
      for (const side of ['long', 'short'] as const) {
        const margin = contract === 'inverse' ? d('0.001') : d(20);
        const priced = (name: string, mode: 'isolated' | 'cross') =>
          numberOf(
            assessLegs(rules, [leg({ id: name, contract, side, mode, isolatedMargin: margin })], mode === 'cross' ? margin : undefined)
              .position.liquidationPrice,
          );
        const exact = priced('market', 'isolated');
        expect(priced(id, 'isolated').eq(exact.plus(d(tick).times(side === 'long' ? 1 : -1)))).toBe(true);
        expect(priced(id, 'cross').eq(exact)).toBe(true);
      }
    });
  }
  it("the book's own tick stands before the bundled one", () => {
    const at = (tick: string) =>
      numberOf(assessLegs(rules, [leg({ id: 'BTC-USDT-SWAP', priceTick: d(tick) })], undefined).position.liquidationPrice);
    expect(at('0.5').minus(at('0.25')).toFixed()).toBe('0.25');
  });
});
