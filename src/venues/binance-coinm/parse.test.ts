import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { assessAccount } from '../../engine/assess.ts';
import { d, numberOf, relativeResidual } from '../testing/cex-cases.ts';
import { binanceCoinm } from './index.ts';

const parse = (response: unknown, context = {}): Book => binanceCoinm.parse!(response, context);
const assess = (book: Book, i = 0) => assessAccount(book.accounts[i]!, book, binanceCoinm.rules);
const row = (over: Record<string, unknown> = {}) => ({
  symbol: 'BTCUSD_PERP',
  positionAmt: '100',
  entryPrice: '45000',
  markPrice: '44000',
  leverage: '10',
  marginType: 'cross',
  positionSide: 'BOTH',
  updateTime: '1627000000000',
  ...over,
});

describe('BC-6 COIN-M answers as a book', () => {
  it('default: contracts of 100 dollars, figures in bitcoin, the bundled table', () => {
    const book = parse({ positionRisk: [row()], account: { assets: [{ asset: 'BTC', walletBalance: '0.05' }] } });
    const assessment = assess(book);
    expect(assessment.unit).toBe('BTC');
    expect(numberOf(assessment.grossNotional).eq(d(10_000).div(44_000))).toBe(true);
    expect(numberOf(assessment.maintenanceMargin).eq(d(10_000).div(44_000).times('0.004'))).toBe(true);
    const price = numberOf(assessment.positions[0]!.liquidationPrice);
    // Q (r + 1) ÷ (WB + Q ÷ entry)
    expect(
      relativeResidual(
        price,
        d(10_000)
          .times('1.004')
          .div(d('0.05').plus(d(10_000).div(45_000))),
      ).lt('1e-30'),
    ).toBe(true);
  });

  it('behavior: a coin is a pool and an account of its own; other coins have contracts of 10 dollars', () => {
    const eth = row({ symbol: 'ETHUSD_PERP', positionAmt: '-50', entryPrice: '2500', markPrice: '2400' });
    const assets = [
      { asset: 'BTC', walletBalance: '1' },
      { asset: 'ETH', walletBalance: '2' },
    ];
    const meta = [
      {
        symbol: 'ETHUSD_PERP',
        brackets: [{ bracket: '1', initialLeverage: '100', qtyFloor: '0', qtyCap: '15', maintMarginRatio: '0.005', cum: '0' }],
      },
    ];
    const book = parse({ positionRisk: [row(), eth], account: { assets } }, { meta });
    expect(book.accounts.map((account) => account.unit)).toEqual(['BTC', 'ETH']);
    expect(relativeResidual(numberOf(assess(book, 1).grossNotional), d(500).div(2400)).lt('1e-30')).toBe(true);
    const profit = d(500).times(d(1).div(2400).minus(d(1).div(2500)));
    expect(relativeResidual(numberOf(assess(book, 1).unrealizedPnl), profit).lt('1e-30')).toBe(true);
  });

  it('behavior: an inverse short that the wallet covers has no liquidation price', () => {
    const book = parse({ positionRisk: [row({ positionAmt: '-100' })], account: { assets: [{ asset: 'BTC', walletBalance: '0.5' }] } });
    expect(assess(book).positions[0]?.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });

  it('behavior: the mark that notionalValue implies; the wallet that a reported price implies', () => {
    const { markPrice, ...plain } = row({ notionalValue: '0.22727272', liquidationPrice: '36750.5' });
    expect(markPrice).toBe('44000');
    const book = parse([plain]);
    expect(book.instruments.get('binance-coinm:BTCUSD_PERP')?.markPrice?.toFixed(2)).toBe('44000.00');
    expect(book.accounts[0]?.balances[0]?.derived).toBe(true);
    expect(relativeResidual(numberOf(assess(book).positions[0]!.liquidationPrice), d('36750.5')).lt('1e-30')).toBe(true);
  });

  it('error: a USDⓈ-M symbol has no place here', () => {
    expect(() => parse([row({ symbol: 'BTCUSDT' })])).toThrow(InputError);
  });
});
