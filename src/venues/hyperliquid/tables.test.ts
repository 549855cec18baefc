import { describe, expect, it } from 'vitest';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { hyperliquidRules } from './rules.ts';
import { bundledTable, formerTable, maintenanceAtNotional, rowsOfTableId, singleRow, tierAtNotional, tiersOf } from './tables.ts';
import tiers from './tiers.json' with { type: 'json' };

const markets = Object.keys(tiers.markets);
const d = (text: string): Decimal => new Decimal(text);

describe('HL-3 maintenance rate and deduction', () => {
  it('default: half of one over the maximum leverage, the deduction keeps it continuous', () => {
    const [first, second] = tiersOf([
      [ZERO, d('40')],
      [d('150000000'), d('20')],
    ]);
    expect(first).toMatchObject({ maintenanceMarginRate: d('0.0125'), maintenanceDeduction: ZERO });
    expect(second).toMatchObject({ maintenanceMarginRate: d('0.025'), maintenanceDeduction: d('1875000') });
  });

  it('behavior: every bundled table is continuous at its floors and rises with notional', () => {
    let floors = 0;
    for (const market of markets) {
      const rows = bundledTable(market)!.tiers;
      for (const [i, tier] of rows.entries()) {
        if (i === 0) continue;
        const below = rows[i - 1]!;
        const fromBelow = below.maintenanceMarginRate.times(tier.notionalFloor).minus(below.maintenanceDeduction!);
        expect(maintenanceAtNotional(rows, tier.notionalFloor).minus(fromBelow).abs().lte(tier.notionalFloor.times('1e-38'))).toBe(true);
        expect(tier.maintenanceMarginRate.gt(below.maintenanceMarginRate)).toBe(true);
        floors++;
      }
    }
    expect(floors).toBeGreaterThanOrEqual(40);
  });
});

describe('HL-4 which table', () => {
  it('default: an id above 50 is listed, one up to 50 is a single row', () => {
    expect(bundledTable('BTC')!.tiers.map((tier) => [tier.notionalFloor.toFixed(), tier.maxLeverage!.toFixed()])).toEqual([
      ['0', '40'],
      ['150000000', '20'],
    ]);
    expect(bundledTable('DYDX')!.tiers.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['5']);
    expect(bundledTable('xyz:XYZ100')!.tiers.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['25']);
  });

  it.each([
    ['hl:BTC', 'BTC', '40'],
    ['hl:xyz:TSLA', 'xyz:TSLA', '10'],
    ['hl:xyz:TSLA', 'TSLA', '10'],
    ['mine', 'ETH', '25'],
    ['hl:ETH', 'BTC', '40'],
  ])('behavior: the instrument %s with base %s has the table of its market', (id, base, maxLeverage) => {
    const instrument = { id, base, venue: 'hyperliquid', contract: 'linear', quote: 'USD', settle: 'USDC', contractSize: ONE } as const;
    expect(hyperliquidRules.marginTable(instrument)!.tiers[0]!.maxLeverage!.toFixed()).toBe(maxLeverage);
  });

  it('behavior: the floor belongs to its own row', () => {
    const rows = bundledTable('ETH')!.tiers;
    expect(tierAtNotional(rows, d('99999999.999999'))!.maxLeverage!.toFixed()).toBe('25');
    expect(tierAtNotional(rows, d('100000000'))!.maxLeverage!.toFixed()).toBe('15');
  });

  it('behavior: a market that is not listed has no table, never a guessed one', () => {
    expect(bundledTable('NOT-LISTED')).toBeUndefined();
    expect(bundledTable('__proto__')).toBeUndefined();
    expect(rowsOfTableId(57, new Map())).toBeUndefined();
    expect(rowsOfTableId(0, new Map())).toBeUndefined();
  });

  it('behavior: former tables are those of markets whose limit was cut', () => {
    expect(formerTable('WIF')!.tiers.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['10', '5']);
    expect(bundledTable('WIF')!.tiers.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['5']);
    expect(formerTable('BTC')).toBeUndefined();
  });

  it('HL-5: a maximum leverage of its own is one row', () => {
    expect(singleRow(d('50')).tiers).toHaveLength(1);
    expect(maintenanceAtNotional(singleRow(d('50')).tiers, d('3831232.83103')).toFixed()).toBe('38312.3283103');
  });
});
