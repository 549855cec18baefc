import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../domain/book.ts';
import { assessAccount } from '../../engine/assess.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual, scenarioOf } from '../testing/cex-cases.ts';
import { tiersOfRows } from '../tier-rows.ts';
import { autoExchangeAmount, binanceUsdmRules as rules } from './rules.ts';
import table2021 from './vectors/btcusdt-2021.json' with { type: 'json' };

const leg = (over: Partial<LegInputs>): LegInputs => ({
  id: 'BTCUSDT',
  contract: 'linear',
  side: 'long',
  quantity: d(1),
  entry: d(100),
  mark: d(100),
  mode: 'cross',
  leverage: d(10),
  ...over,
});
const closeTo = (found: ReturnType<typeof d>, wanted: unknown, tolerance = '1e-30') =>
  expect(relativeResidual(found, d(wanted)).lte(tolerance)).toBe(true);
const instrument = (over: Partial<Instrument>): Instrument => ({
  id: 'x',
  venue: 'binance-usdm',
  contract: 'linear',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  contractSize: d(1),
  ...over,
});

describe('BU-1 one wallet behind several positions', () => {
  const btc = leg({ id: 'BTCUSDT', quantity: d('109.488'), entry: d('32481.98'), mark: d('31967.27'), tiers: oneTier('0.025', 16300) });
  const eth = leg({ id: 'ETHUSDT', quantity: d('3683.979'), entry: d('1456.84'), mark: d('1335.18'), tiers: oneTier('0.1', 135365) });
  it("the FAQ's other leg: BTC at 26,316.89 while ETH holds its mark", () => {
    const { position } = assessLegs(rules, [btc, eth], d('1535443.01'), { target: 'BTCUSDT' });
    closeTo(numberOf(position.liquidationPrice), '26316.89', '1e-6');
  });
  it('ETH alone moves: the closed form with the other maintenance and profit frozen', () => {
    const { position } = assessLegs(rules, [btc, eth], d('1535443.01'), { target: 'ETHUSDT' });
    const other = btc.mark.times(btc.quantity).times('0.025').minus(16300);
    const profit = btc.mark.minus(btc.entry).times(btc.quantity);
    const top = d('1535443.01').minus(other).plus(profit).plus(135365).minus(eth.quantity.times(eth.entry));
    closeTo(numberOf(position.liquidationPrice), top.div(eth.quantity.times(d('0.1').minus(1))));
  });
});

describe('BU-2 hedge mode: LONG and SHORT of one market move together', () => {
  const long = leg({ quantity: d(3), entry: d(100), mark: d(95), tiers: oneTier('0.01', '0.5') });
  const short = leg({ side: 'short', quantity: d(1), entry: d(110), mark: d(95), tiers: oneTier('0.02', '0.25') });
  it('one price for both legs: (WB + Σcum − Σ side·q·entry) ÷ (Σ q·r − Σ side·q)', () => {
    const { assessment } = assessLegs(rules, [long, short], d(60));
    const [a, b] = assessment.positions;
    const wanted = d(60).plus('0.75').minus(300).plus(110).div(d('0.03').plus('0.02').minus(3).plus(1));
    closeTo(numberOf(a!.liquidationPrice), wanted);
    expect(numberOf(a!.liquidationPrice).eq(numberOf(b!.liquidationPrice))).toBe(true);
  });
  it('a full hedge whose maintenance no fall reaches is reached by a rise', () => {
    const { assessment } = assessLegs(rules, [long, { ...short, quantity: d(3) }], d(60));
    const price = numberOf(assessment.positions[0]!.liquidationPrice);
    // 60 + 3 × (110 − 100) + cum = (0.03 + 0.06) × x
    closeTo(price, d(60).plus(30).plus('0.75').div('0.09'));
  });
});

describe('BU-3 the row that holds at the liquidation price', () => {
  const rows = tiersOfRows(table2021.rows);
  it('a short that grows into the next row is liquidated by that row', () => {
    // 49,000 at entry is in the first row (0.4 %), the price in the second (0.5 %, cum 50).
    const { position } = assessLegs(
      rules,
      [leg({ side: 'short', quantity: d(1), entry: d(49_000), mark: d(49_000), tiers: rows })],
      d(5_000),
    );
    closeTo(numberOf(position.liquidationPrice), d(5_000).plus(50).plus(49_000).div('1.005'));
    expect(position.tier.ok && position.tier.value.maintenanceMarginRate.toFixed()).toBe('0.004');
    expect(position.tierAtLiquidation.ok && position.tierAtLiquidation.value.maintenanceMarginRate.toFixed()).toBe('0.005');
  });
  it('a long that shrinks into the row before is liquidated by that row', () => {
    const { position } = assessLegs(rules, [leg({ quantity: d(1), entry: d(52_000), mark: d(52_000), tiers: rows })], d(6_000));
    closeTo(numberOf(position.liquidationPrice), d(52_000).minus(6_000).div('0.996'));
    expect(position.tierAtLiquidation.ok && position.tierAtLiquidation.value.maintenanceMarginRate.toFixed()).toBe('0.004');
  });
  it('a bundled table is found by symbol with any prefix, or by base and quote', () => {
    const bySymbol = rules.marginTable(instrument({ id: 'binance:BTCUSDT' }));
    expect(bySymbol?.tiers).toHaveLength(12);
    expect(rules.marginTable(instrument({ id: 'mine' }))).toBe(bySymbol);
    expect(rules.marginTable(instrument({ id: 'BTC/USDT:USDT' }))).toBe(bySymbol);
    expect(rules.marginTable(instrument({ id: 'BTCUSDT_241227' }))?.tiers[0]?.maintenanceMarginRate.toFixed()).not.toBe(undefined);
    expect(rules.marginTable(instrument({ id: 'BTCUSDT_260327' }))).toBeUndefined();
    expect(rules.marginTable(instrument({ id: 'NEWUSDT', base: 'NEW' }))).toBeUndefined();
    expect(rules.marginTable(instrument({ id: 'BTCUSDT', contract: 'inverse' }))).toBeUndefined();
  });
});

describe('BU-4 no price', () => {
  it('a long that its wallet covers down to zero: never', () => {
    const { position } = assessLegs(rules, [leg({ tiers: oneTier('0.004') })], d(100));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
    expect(position.bankruptcyPrice).toEqual({ ok: false, reason: 'never' });
  });
});

describe('BU-5 a margin ratio of 100 % liquidates', () => {
  it('at equality, and not a hair before', () => {
    const at = (balance: string) => assessLegs(rules, [leg({ tiers: oneTier('0.01') })], d(balance)).assessment.pools[0]!.isLiquidatable;
    expect(at('1')).toEqual({ ok: true, value: true });
    expect(at('1.000000000000000000001')).toEqual({ ok: true, value: false });
  });
});

describe('BU-6 one pool per settlement asset', () => {
  it('a loss in USDT leaves the USDC pool alone', () => {
    const usdt = leg({ id: 'BTCUSDT', mark: d(60), tiers: oneTier('0.01') });
    const usdc = leg({ id: 'ETHUSDC', tiers: oneTier('0.01') });
    const { account, book } = scenarioOf(rules.id, [usdt, usdc], undefined);
    const balances = [
      { asset: 'USDT', amount: d(50) },
      { asset: 'USDC', amount: d(20) },
    ];
    const assets = new Map([...book.assets, ['USDC', { symbol: 'USDC', price: d(1) }] as const]);
    const assessment = assessAccount({ ...account, balances }, { ...book, assets }, rules);
    expect(assessment.pools.map((pool) => [pool.id, numberOf(pool.equity).toFixed()])).toEqual([
      ['cross:USDT', '10'],
      ['cross:USDC', '20'],
    ]);
  });
});

describe('BU-7 multi-assets mode sells collateral to cover a deficit', () => {
  it('deficit ÷ collateral rate', () => {
    closeTo(autoExchangeAmount(d(20_000), d('0.975')), d(20_000).div('0.975'));
    expect(autoExchangeAmount(d(10_000), d(1)).toFixed()).toBe('10000');
  });
});
