import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readJson } from '../../wire/json.ts';
import { d, numberOf, relativeResidual } from '../testing/cex-cases.ts';
import { okx } from './index.ts';

const recorded = (name: string): unknown => readJson(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8'));
const parse = (response: unknown, context = {}): Book => okx.parse!(response, context);
const assess = (book: Book, i = 0) => assessAccount(book.accounts[i]!, book, okx.rules);
const faultsOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
};

/** 0.15 ETH long, cross, as the signal-bot sample of the documentation has it; sizes in contracts of 0.1 ETH. */
const row = (over: Record<string, unknown> = {}) => ({
  instId: 'ETH-USDT-SWAP',
  instType: 'SWAP',
  mgnMode: 'cross',
  posSide: 'net',
  pos: '1.5',
  avgPx: '1579.8',
  markPx: '1584.33',
  lever: '10',
  margin: '',
  mgnRatio: '11.719278420807477',
  mmr: '1.901196',
  upl: '0.6795',
  liqPx: '1438.7380360728976',
  uTime: '1695190491421',
  ...over,
});
const list = (rows: unknown[]) => ({ code: '0', msg: '', data: rows });

describe('OK-8 account/positions and account/balance as a book', () => {
  it('default: cross without a balance: the ratio implies the equity, and with it the reported price', () => {
    const book = parse(list([row()]));
    expect(book.asOf).toBe('2023-09-20T06:14:51.421Z');
    expect(book.accounts[0]?.unit).toBe('USDT');
    expect(book.accounts[0]?.balances[0]?.derived).toBe(true);
    const assessment = assess(book);
    expect(relativeResidual(numberOf(assessment.equity), d('23.673185585058')).lt('1e-9')).toBe(true);
    expect(relativeResidual(numberOf(assessment.positions[0]!.liquidationPrice), d('1438.7380360728976')).lt('1e-9')).toBe(true);
    expect(numberOf(assessment.positions[0]!.maintenanceMargin).toFixed()).toBe('1.901196');
  });

  it('OK-5 an isolated inverse future of the documentation: fee, rate and tick lead to the reported price to 13 digits', () => {
    const book = parse(recorded('positions-2021'));
    const instrument = book.instruments.get('okx:ETH-USD-210430');
    expect([instrument?.contract, instrument?.settle, instrument?.contractSize.toFixed()]).toEqual(['inverse', 'ETH', '10']);
    expect(instrument?.takerFeeRate?.toFixed()).toBe('0.0005');
    expect(book.accounts[0]?.positions[0]?.tiers?.[0]?.maintenanceMarginRate.toFixed()).toBe('0.008');
    const assessment = assess(book);
    const [position] = assessment.positions;
    expect(relativeResidual(numberOf(position!.liquidationPrice), d('2352.8496681818233')).lt('1e-12')).toBe(true);
    const ratio = new Decimal(1).div(numberOf(assessment.pools.find((pool) => pool.kind === 'isolated')!.marginRatio));
    expect(relativeResidual(ratio, d('11.731726509588816')).lt('1e-8')).toBe(true);
  });

  it('behavior: without a ratio the reported price implies the balance', () => {
    const book = parse(list([row({ mgnRatio: '' })]));
    expect(relativeResidual(numberOf(assess(book).equity), d('23.673185585058')).lt('1e-9')).toBe(true);
  });

  it('behavior: single-currency: an account a currency, equity without isolated equity', () => {
    const balance = list([
      {
        adjEq: '',
        uTime: '1744499648556',
        details: [
          { ccy: 'USDT', eq: '99.89', isoEq: '5.46', eqUsd: '99.88' },
          { ccy: 'BTC', eq: '0.5' },
        ],
      },
    ]);
    const inverse = row({ instId: 'BTC-USD-SWAP', pos: '-3', avgPx: '60000', markPx: '61000', mmr: '', mgnRatio: '' });
    const book = parse({ positions: list([row(), inverse]), balance });
    expect(book.asOf).toBe('2025-04-12T23:14:08.556Z');
    expect(book.accounts.map(({ id, unit }) => [id, unit])).toEqual([
      ['okx:USDT', 'USDT'],
      ['okx:BTC', 'BTC'],
    ]);
    expect(numberOf(assess(book, 0).equity).toFixed()).toBe('94.43');
    expect(numberOf(assess(book, 1).equity).toFixed()).toBe('0.5');
    expect(assess(book, 1).positions[0]?.liquidationPrice).toEqual({ ok: false, reason: 'missing-tiers', subject: 'okx:BTC-USD-SWAP' });
  });

  it('OK-4 multi-currency: discount rates are collateral factors, and equity is the reported adjusted equity', () => {
    const details = [
      { ccy: 'USDT', eq: '1000', eqUsd: '999.5', disEq: '999.5', isoEq: '0' },
      { ccy: 'BTC', eq: '0.1', eqUsd: '6100', disEq: '5795', isoEq: '' },
    ];
    const book = parse({ positions: list([row()]), balance: list([{ adjEq: '6794.5', uTime: '1744499648556', details }]) });
    const [account] = book.accounts;
    expect(account?.unit).toBe('USD');
    expect(book.assets.get('BTC')?.collateralFactor?.toFixed()).toBe('0.95');
    expect(account?.balances.map((balance) => balance.asset)).toEqual(['USDT', 'BTC']);
    expect(numberOf(assess(book).equity).toFixed()).toBe('6794.5');
  });

  it('OK-4 multi-currency: isolated equity is not discounted; what is reserved elsewhere is taken off in dollars', () => {
    const details = [{ ccy: 'USDT', eq: '99.89469657', eqUsd: '99.8887028882', disEq: '5.4682385527', isoEq: '5.468566666667' }];
    const book = parse({ positions: list([]), balance: list([{ adjEq: '-3', uTime: '1744499648556', details }]) });
    expect(book.assets.get('USDT')?.collateralFactor?.toDecimalPlaces(8).toFixed()).toBe('0');
    expect(numberOf(assess(book).equity).toFixed(10)).toBe('-3.0000000000');
  });

  it('behavior: long/short mode: a short is negative; public/instruments as meta gives contract value and tick', () => {
    const meta = list([{ instId: 'SOL-USDT-SWAP', ctVal: '1', ctMult: '1', ctType: 'linear', tickSz: '0.01' }]);
    const short = row({
      instId: 'SOL-USDT-SWAP',
      posSide: 'short',
      pos: '20',
      avgPx: '150',
      markPx: '140',
      mgnMode: 'isolated',
      margin: '300',
      mmr: '14',
      mgnRatio: '32.6',
      upl: '200',
    });
    const book = parse(list([short]), { meta });
    expect(book.accounts[0]?.positions[0]?.size.toFixed()).toBe('-20');
    expect(book.instruments.get('okx:SOL-USDT-SWAP')?.priceTick?.toFixed()).toBe('0.01');
    const price = numberOf(assess(book).positions[0]!.liquidationPrice);
    const exact = d(300)
      .div(20)
      .plus(150)
      .div(d(1).plus('0.005').plus(book.instruments.get('okx:SOL-USDT-SWAP')!.takerFeeRate!));
    expect(relativeResidual(price, exact.minus('0.01')).lt('1e-30')).toBe(true);
  });

  it('error: faults stand where they are', () => {
    expect(faultsOf(() => parse(list([row({ instId: 'BTC-USD-251226-100000-C' })])))[0]?.pointer).toBe('/data/0/instId');
    expect(faultsOf(() => parse(list([row({ instId: 'PEPE-USDT-SWAP' })])))[0]?.message).toContain('public/instruments');
    expect(faultsOf(() => parse(list([row({ mgnMode: 'cash' })])))[0]?.pointer).toBe('/data/0/mgnMode');
    expect(faultsOf(() => parse(list([row({ pos: 'x' })])))[0]?.pointer).toBe('/data/0/pos');
    expect(faultsOf(() => parse(list([row({ avgPx: '' })])))[0]?.pointer).toBe('/data/0/avgPx');
    expect(faultsOf(() => parse(list([row({ posSide: 'long', pos: '-1' })])))[0]?.pointer).toBe('/data/0/pos');
    expect(faultsOf(() => parse(list([row({ mgnMode: 'isolated' })])))[0]?.pointer).toBe('/data/0/margin');
    expect(faultsOf(() => parse(list([row({ mgnRatio: '', liqPx: '' })])))[0]?.pointer).toBe('/data/0');
    expect(faultsOf(() => parse({ code: '50111', msg: 'Invalid OK-ACCESS-KEY', data: [] }))[0]?.pointer).toBe('/code');
    expect(faultsOf(() => parse({ positions: list([row()]), balance: list([]) }))[0]?.pointer).toBe('/balance/data');
    expect(faultsOf(() => parse(list([])))[0]?.message).toContain('no time');
    expect(faultsOf(() => parse(null))[0]?.pointer).toBe('');
  });
});
