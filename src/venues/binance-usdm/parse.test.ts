import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readJson } from '../../wire/json.ts';
import { sharedRows } from '../testing/cases.ts';
import { d, numberOf, relativeResidual } from '../testing/cex-cases.ts';
import { binanceUsdm } from './index.ts';

const recorded = (name: string): unknown => readJson(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8'));
const parse = (response: unknown, context = {}): Book =>
  binanceUsdm.parse!(typeof response === 'string' ? readJson(response) : response, context);
const assess = (book: Book, i = 0) => assessAccount(book.accounts[i]!, book, binanceUsdm.rules);
const faultsOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
};

/** One open position; what a test is about is overridden. */
const row = (over: Record<string, unknown> = {}) => ({
  symbol: 'BTCUSDT',
  positionAmt: '0.5',
  entryPrice: '60000',
  markPrice: '61000',
  leverage: '20',
  marginType: 'cross',
  positionSide: 'BOTH',
  updateTime: '1721634218979',
  ...over,
});

describe('BU-8 positionRisk and account as a book', () => {
  it('default: a v2 answer, isolated: the reported liquidation price comes back', () => {
    const book = parse(recorded('position-risk-v2'), { asOf: '2021-05-18T00:00:00Z' });
    expect(book.asOf).toBe('2021-05-18T00:00:00Z');
    expect(book.accounts).toHaveLength(1);
    expect(book.accounts[0]?.positions).toHaveLength(1);
    const [position] = assess(book).positions;
    expect(relativeResidual(numberOf(position!.liquidationPrice), d('21841.24993976')).lt('1e-9')).toBe(true);
    expect(numberOf(position!.unrealizedPnl).toFixed()).toBe('-0.04577');
  });

  it('default: a v3 answer with its account: leverage and margins as reported, covered by the wallet', () => {
    const response = {
      positionRisk: recorded('position-risk-v3'),
      account: { assets: [{ asset: 'USDT', walletBalance: '100', crossWalletBalance: '100' }] },
    };
    const book = parse(response, { asOf: '2024-07-22T00:00:00Z' });
    const assessment = assess(book);
    const [position] = assessment.positions;
    expect(book.accounts[0]?.positions[0]?.leverage?.toFixed()).toBe('5');
    expect(numberOf(position!.initialMargin).toFixed()).toBe('2.3956');
    expect(numberOf(position!.maintenanceMargin).toFixed()).toBe('0.071868');
    expect(position!.liquidationPrice).toEqual({ ok: false, reason: 'never' });
    expect(numberOf(assessment.equity).toFixed()).toBe('100.2365');
  });

  it('behavior: without an account the cross wallet is the one the reported price implies', () => {
    const response = [
      row({ positionAmt: '53', symbol: 'DOGEUSDT', entryPrice: '0.09522', markPrice: '0.09343648', liquidationPrice: '32.03850263' }),
    ].map((r) => ({
      ...r,
      positionAmt: '-53',
      leverage: '1',
    }));
    const book = parse(response, {
      meta: [
        {
          symbol: 'DOGEUSDT',
          brackets: [{ bracket: '1', initialLeverage: '75', notionalCap: '5000', notionalFloor: '0', maintMarginRatio: '0.005', cum: '0' }],
        },
      ],
    });
    const [balance] = book.accounts[0]!.balances;
    expect(balance?.derived).toBe(true);
    expect(balance?.amount.toFixed(8)).toBe('1701.48418259');
    expect(relativeResidual(numberOf(assess(book).positions[0]!.liquidationPrice), d('32.03850263')).lt('1e-20')).toBe(true);
  });

  it('behavior: every settlement asset is an account of its own, counted in that asset', () => {
    const account = {
      assets: [
        { asset: 'USDT', walletBalance: '5000' },
        { asset: 'USDC', walletBalance: '700' },
        { asset: 'BNB', walletBalance: '1' },
      ],
    };
    const book = parse({ positionRisk: [row(), row({ symbol: 'ETHUSDC', entryPrice: '3000', markPrice: '3100' })], account });
    expect(book.accounts.map(({ id, unit, balances }) => [id, unit, balances[0]?.amount.toFixed()])).toEqual([
      ['binance-usdm:USDT', 'USDT', '5000'],
      ['binance-usdm:USDC', 'USDC', '700'],
    ]);
    expect(numberOf(assess(book, 1).equity).toFixed()).toBe('750');
  });

  it('behavior: an account alone: the mark its notional implies, the cross wallet without isolated margin', () => {
    const positions = [
      {
        symbol: 'BTCUSDT',
        positionAmt: '-0.001',
        entryPrice: '29670',
        notional: '-29.7345',
        leverage: '6',
        isolated: true,
        isolatedWallet: '4.93323209',
        positionSide: 'BOTH',
      },
    ];
    const book = parse({ assets: [{ asset: 'USDT', walletBalance: '25.45013785' }], positions }, { asOf: '2022-06-04T09:38:00.477Z' });
    expect(book.instruments.get('binance:BTCUSDT')?.markPrice?.toFixed()).toBe('29734.5');
    expect(book.accounts[0]?.balances[0]?.amount.toFixed()).toBe('20.51690576');
    const assessment = assess(book);
    expect(assessment.pools.find((pool) => pool.kind === 'isolated')?.marginExcess.ok).toBe(true);
    expect(numberOf(assessment.positions[0]!.unrealizedPnl).toFixed()).toBe('-0.0645');
  });

  it('behavior: both legs of a hedge share one liquidation price', () => {
    const hedge = [
      row({ positionSide: 'LONG', positionAmt: '1' }),
      row({ positionSide: 'SHORT', positionAmt: '-0.4', entryPrice: '62000' }),
    ];
    const book = parse({ positionRisk: hedge, account: { assets: [{ asset: 'USDT', walletBalance: '9000' }] } });
    const [long, short] = assess(book).positions;
    expect(numberOf(long!.liquidationPrice).eq(numberOf(short!.liquidationPrice))).toBe(true);
  });

  it('behavior: a reported maintenance margin that the bundled table misses replaces it', () => {
    const stale = row({ notional: '30500', maintMargin: '305' });
    const book = parse({ positionRisk: [stale], account: { assets: [{ asset: 'USDT', walletBalance: '9000' }] } });
    expect(numberOf(assess(book).positions[0]!.maintenanceMargin).toFixed()).toBe('305');
    const current = parse({
      positionRisk: [row({ notional: '30500', maintMargin: '122' })],
      account: { assets: [{ asset: 'USDT', walletBalance: '9000' }] },
    });
    expect(current.accounts[0]?.positions[0]?.tiers).toBeUndefined();
  });

  it('behavior: leverageBracket as meta is the table', () => {
    const brackets = [
      { bracket: '2', initialLeverage: '50', notionalFloor: '10000', notionalCap: '90000', maintMarginRatio: '0.01', cum: '50' },
      { bracket: '1', initialLeverage: '125', notionalFloor: '0', notionalCap: '10000', maintMarginRatio: '0.005', cum: '0' },
    ];
    const book = parse(
      { positionRisk: [row()], account: { assets: [{ asset: 'USDT', walletBalance: '9000' }] } },
      { meta: [{ symbol: 'BTCUSDT', brackets }] },
    );
    expect(numberOf(assess(book).positions[0]!.maintenanceMargin).toFixed()).toBe('255');
  });

  it('error: faults stand where they are', () => {
    expect(faultsOf(() => parse([row({ positionAmt: 'abc' })]))[0]?.pointer).toBe('/0/positionAmt');
    expect(faultsOf(() => parse([row({ symbol: 'AAPL' })]))[0]?.pointer).toBe('/0/symbol');
    expect(faultsOf(() => parse([row({ entryPrice: '0' })]))[0]?.pointer).toBe('/0/entryPrice');
    expect(faultsOf(() => parse([row({ positionSide: 'SHORT' })]))[0]?.pointer).toBe('/0/positionAmt');
    expect(faultsOf(() => parse([row({ marginType: 'isolated' })]))[0]?.pointer).toBe('/0/isolatedWallet');
    expect(faultsOf(() => parse([row({ liquidationPrice: '0' })]))[0]?.pointer).toBe('/0');
    expect(faultsOf(() => parse({ positionRisk: [row()], account: { assets: [{ asset: 'USDT' }] } }))[0]?.pointer).toBe(
      '/account/assets/0/walletBalance',
    );
    expect(faultsOf(() => parse({ multiAssetsMargin: true, assets: [], positions: [] }))[0]?.pointer).toBe('/multiAssetsMargin');
    expect(faultsOf(() => parse([], {}))[0]?.message).toContain('no time');
    expect(faultsOf(() => parse(42))[0]?.pointer).toBe('');
    expect(faultsOf(() => parse({ code: '-2015', msg: 'Invalid API-key' }))[0]?.pointer).toBe('/assets');
    expect(faultsOf(() => parse([row({ updateTime: '9e30' })]))[0]?.message).toContain('no time');
  });
});

describe('BU-8 recorded positions read as the venue sends them', () => {
  const rows = sharedRows('real/binance.jsonl') as {
    id: string;
    account: Record<string, string>;
    positions: Record<string, string | null>[];
  }[];
  for (const record of rows.filter(({ positions }) => positions.every((position) => position.liquidationPrice))) {
    it(record.id, () => {
      const response = record.positions.map((position) => ({
        symbol: position.symbol,
        positionAmt: position.side === 'short' ? `-${position.size}` : position.size,
        entryPrice: position.entryPrice,
        markPrice: position.markPrice,
        liquidationPrice: position.liquidationPrice,
        leverage: position.leverage,
        marginType: position.marginMode,
        ...(position.isolatedWallet ? { isolatedWallet: position.isolatedWallet } : {}),
      }));
      const meta = record.positions.map((position) => ({
        symbol: position.symbol,
        brackets: [{ initialLeverage: '20', notionalFloor: '0', maintMarginRatio: position.mmr, cum: position.cum }],
      }));
      const book = parse(response, { meta, asOf: '2026-01-01T00:00:00Z' });
      const implied = record.account.crossWalletBalanceImplied;
      if (implied) expect(relativeResidual(book.accounts[0]!.balances[0]!.amount, d(implied)).lt('1e-8')).toBe(true);
      assess(book).positions.forEach((position, i) => {
        expect(relativeResidual(numberOf(position.liquidationPrice), d(record.positions[i]!.liquidationPrice)).lt('1e-7')).toBe(true);
      });
    });
  }
  it('reached its rows', () => expect(rows.length === 0 || rows.length >= 4).toBe(true));
});
