import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readJson } from '../../wire/json.ts';
import { d, numberOf, relativeResidual } from '../testing/cex-cases.ts';
import { bybit, bybitClassic } from './index.ts';

const recorded = (name: string): unknown => readJson(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8'));
const parse = (response: unknown, context = {}): Book => bybit.parse!(response, context);
const assess = (book: Book) =>
  assessAccount(book.accounts[0]!, book, book.accounts[0]!.venue === 'bybit' ? bybit.rules : bybitClassic.rules);
const faultsOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
};

const row = (over: Record<string, unknown> = {}) => ({
  symbol: 'BTCUSDT',
  side: 'Buy',
  size: '0.5',
  avgPrice: '60000',
  markPrice: '61000',
  leverage: '10',
  tradeMode: '0',
  positionMM: '169.8',
  positionIM: '3065.1',
  liqPrice: '',
  ...over,
});
const list = (rows: unknown[], category = 'linear') => ({
  retCode: '0',
  retMsg: 'OK',
  result: { category, list: rows },
  time: '1762607467807',
});
const wallet = (
  over: Record<string, unknown> = {},
  coins: unknown[] = [{ coin: 'USDT', walletBalance: '9500', equity: '10000', usdValue: '10001', unrealisedPnl: '500' }],
) => ({
  retCode: '0',
  result: {
    list: [
      { accountType: 'UNIFIED', totalWalletBalance: '9500.95', totalMarginBalance: '10001', totalPerpUPL: '500.05', coin: coins, ...over },
    ],
  },
});
const riskLimit = list([
  {
    symbol: 'BTCUSDT',
    riskLimitValue: '2000000',
    maintenanceMargin: '0.005',
    initialMargin: '0.01',
    maxLeverage: '100.00',
    mmDeduction: '510',
  },
  {
    symbol: 'BTCUSDT',
    riskLimitValue: '300000',
    maintenanceMargin: '0.0033',
    initialMargin: '0.0066',
    maxLeverage: '150.00',
    mmDeduction: '',
  },
]);

describe('BY-9 position/list and wallet-balance as a book', () => {
  it('default: unified, cross: equity is the reported margin balance, in US dollars', () => {
    const book = parse({ positions: list([row()]), wallet: wallet() });
    const assessment = assess(book);
    expect(book.asOf).toBe('2025-11-08T13:11:07.807Z');
    expect(assessment.unit).toBe('USD');
    expect(numberOf(assessment.equity).toFixed()).toBe('10001');
    expect(numberOf(assessment.unrealizedPnl).toFixed()).toBe('500.05');
  });

  it('behavior: without a table the rate is the one the reported maintenance margin implies, fee taken off', () => {
    const book = parse({ positions: list([row()]), wallet: wallet() });
    // 169.8 = 30500 × (0.5 % + 0.9 × 0.055 %) − rounding
    const [tier] = book.accounts[0]!.positions[0]!.tiers!;
    expect(relativeResidual(tier!.maintenanceMarginRate, d('0.005')).lt('0.05')).toBe(true);
    const [position] = assess(book).positions;
    expect(relativeResidual(numberOf(position!.maintenanceMargin), d('169.8').times('1.0001')).lt('1e-9')).toBe(true);
  });

  it('behavior: risk-limit rows as meta are the table, whatever their order; a tick comes from instruments-info', () => {
    const instruments = list([{ symbol: 'BTCUSDT', priceFilter: { tickSize: '0.10' } }]);
    const book = parse({ positions: list([row({ size: '10' })]), wallet: wallet() }, { meta: [riskLimit, instruments] });
    const instrument = book.instruments.get('bybit:BTCUSDT');
    expect(instrument?.tiers?.map((tier) => tier.notionalFloor.toFixed())).toEqual(['0', '300000']);
    expect(instrument?.priceTick?.toFixed()).toBe('0.1');
    const fee = d('610000').times('0.9').times('0.00055');
    expect(numberOf(assess(book).positions[0]!.maintenanceMargin).eq(d('610000').times('0.005').minus(510).plus(fee).times('1.0001'))).toBe(
      true,
    );
  });

  it('behavior: rates of the documentation, in per cent, are the same fractions', () => {
    const meta = list(
      [{ symbol: 'BTCUSD', riskLimitValue: '150', maintenanceMargin: '0.5', initialMargin: '1', maxLeverage: '100.00', mmDeduction: '' }],
      'inverse',
    );
    const isolated = row({
      symbol: 'BTCUSD',
      size: '60000',
      avgPrice: '50000',
      markPrice: '50000',
      tradeMode: '1',
      positionBalance: '0.1206',
    });
    const book = parse(list([isolated], 'inverse'), { meta });
    expect(book.instruments.get('bybit:BTCUSD')?.tiers?.[0]?.maintenanceMarginRate.toFixed()).toBe('0.005');
    expect(book.accounts[0]?.unit).toBe('BTC');
  });

  it('behavior: isolated margin leaves out the fee to close, which stands on both sides of the equation', () => {
    // ETHUSDT long 0.1 at 1198.45, 4.2x: 28.53452381 + fee 0.1 × 913.10476 × 0.055 %
    const margin = d('1198.45').times('0.1').div('4.2');
    const fee = d('1198.45')
      .times('0.1')
      .times(d(1).minus(d(1).div('4.2')))
      .times('0.00055');
    const isolated = row({
      symbol: 'ETHUSDT',
      size: '0.1',
      avgPrice: '1198.45',
      markPrice: '1200',
      leverage: '4.2',
      tradeMode: '1',
      positionBalance: margin.plus(fee).toFixed(),
      positionMM: '',
    });
    const meta = list([
      {
        symbol: 'ETHUSDT',
        riskLimitValue: '1000000',
        maintenanceMargin: '0.005',
        initialMargin: '0.01',
        maxLeverage: '100',
        mmDeduction: '',
      },
      { symbol: 'ETHUSDT', priceFilter: { tickSize: '0.05' } },
    ]);
    const [position] = assess(parse(list([isolated]), { meta })).positions;
    expect(numberOf(position!.liquidationPrice).toFixed()).toBe('919.1');
    expect(numberOf(position!.bankruptcyPrice).toFixed()).toBe('913.15');
  });

  it('behavior: account/info says isolated for the whole account', () => {
    const book = parse({ positions: list([row({ positionBalance: '3000' })]), account: { result: { marginMode: 'ISOLATED_MARGIN' } } });
    expect(book.accounts[0]?.positions[0]?.marginMode).toBe('isolated');
  });

  it('behavior: without a wallet the balance is the one the reported price implies', () => {
    const response = list([row({ side: 'Sell', liqPrice: '79000.5' })]);
    const book = parse(response);
    expect(book.accounts[0]?.balances[0]?.derived).toBe(true);
    expect(book.accounts[0]?.unit).toBe('USDT');
    expect(relativeResidual(numberOf(assess(book).positions[0]!.liquidationPrice), d('79000.5')).lt('1e-30')).toBe(true);
  });

  it('behavior: a classic account has no fee in its cross price', () => {
    const book = parse({ positions: list([row({ side: 'Sell' })]), wallet: wallet({ accountType: 'CONTRACT' }) });
    expect(book.accounts[0]?.venue).toBe('bybit-classic');
  });

  it('behavior: coins that are no collateral count nothing; the reported total holds', () => {
    const coins = [
      { coin: 'USDT', walletBalance: '1000', equity: '1000', usdValue: '1000' },
      { coin: 'MNT', walletBalance: '500', equity: '500', usdValue: '400', marginCollateral: false },
      { coin: 'BTC', walletBalance: '0.1', equity: '0.1', usdValue: '6100' },
      { coin: 'NEW', walletBalance: '3', equity: '', usdValue: '' },
    ];
    const book = parse({
      positions: list([]),
      wallet: wallet({ totalWalletBalance: '6800', totalMarginBalance: '6800', totalPerpUPL: '0' }, coins),
    });
    expect(book.accounts[0]?.balances.map(({ asset, amount, derived }) => [asset, amount.toFixed(), derived === true])).toEqual([
      ['USDT', '1000', false],
      ['MNT', '500', false],
      ['BTC', '0.1', false],
      ['USD', '-300', true],
    ]);
    expect(numberOf(assess(book).equity).toFixed()).toBe('6800');
  });

  it('behavior: linear and inverse answers make one account; what the totals require beyond them is kept', () => {
    const coins = [
      { coin: 'USDT', walletBalance: '1000', equity: '1500', usdValue: '1500', unrealisedPnl: '500' },
      { coin: 'BTC', walletBalance: '0.2', equity: '0.2', usdValue: '12200' },
    ];
    const inverse = row({ symbol: 'BTCUSD', size: '6000', avgPrice: '61000', markPrice: '61000', positionMM: '0.0005', positionIM: '' });
    const totals = {
      totalWalletBalance: '13200',
      totalMarginBalance: '13700',
      totalPerpUPL: '500',
      totalMaintenanceMargin: '400',
      totalInitialMargin: '1',
    };
    const book = parse({ positions: [list([row()]), list([inverse], 'inverse')], wallet: wallet(totals, coins) });
    expect(book.accounts[0]?.positions.map((position) => position.instrument)).toEqual(['bybit:BTCUSDT', 'bybit:BTCUSD']);
    expect(book.accounts[0]?.initialMarginOther).toBeUndefined();
    expect(numberOf(assess(book).maintenanceMargin).toFixed()).toBe('400');
  });

  it('behavior: "never" printed as the lowest price implies no balance', () => {
    expect(faultsOf(() => parse(recorded('position-list-2022')))[0]).toEqual({
      pointer: '/result/list/0',
      message: 'no wallet for this cross position: give {"positions": …, "wallet": …} with wallet-balance',
    });
    const funded = parse({ positions: recorded('position-list-2022'), wallet: wallet() });
    expect(funded.accounts[0]?.positions).toHaveLength(1);
  });

  it('error: faults stand where they are', () => {
    expect(faultsOf(() => parse(list([row({ size: '-1' })])))[0]?.pointer).toBe('/result/list/0/size');
    expect(faultsOf(() => parse(list([row({ side: '' })])))[0]?.pointer).toBe('/result/list/0/side');
    expect(faultsOf(() => parse(list([row({ avgPrice: '' })])))[0]?.pointer).toBe('/result/list/0/avgPrice');
    expect(faultsOf(() => parse(list([row({ symbol: 'BTC-26DEC25-80000-C' })])))[0]?.pointer).toBe('/result/list/0/symbol');
    expect(faultsOf(() => parse(list([row({ tradeMode: '1', positionIM: '' })])))[0]?.pointer).toBe('/result/list/0/positionBalance');
    expect(faultsOf(() => parse(list([row()], 'option')))[0]?.pointer).toBe('/result/category');
    expect(faultsOf(() => parse({ retCode: '10003', retMsg: 'API key is invalid.', result: null }))[0]?.pointer).toBe('/retMsg');
    expect(faultsOf(() => parse({ positions: list([row()]), wallet: { result: { list: [] } } }))[0]?.pointer).toBe('/wallet/result/list');
    expect(faultsOf(() => parse({ positions: list([]), account: { result: { marginMode: 'PORTFOLIO_MARGIN' } } }))[0]?.pointer).toBe(
      '/account/result/marginMode',
    );
    expect(faultsOf(() => parse({ positions: [list([]), list([row({ size: 'x' })])] }))[0]?.pointer).toBe(
      '/positions/1/result/list/0/size',
    );
    expect(faultsOf(() => parse({ ...list([]), time: '' }))[0]?.message).toContain('no time');
    expect(faultsOf(() => parse(list([]), { meta: list([{ symbol: 'X', riskLimitValue: '1', maintenanceMargin: '' }]) }))[0]?.pointer).toBe(
      '/meta',
    );
    expect(faultsOf(() => parse('x'))[0]?.pointer).toBe('');
  });
});
