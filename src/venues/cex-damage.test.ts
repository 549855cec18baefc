/** Responses of the centralized exchanges with one wrong value: refused with a pointer, or read into a book that can be assessed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { assessAccount } from '../engine/assess.ts';
import { binanceCoinm } from './binance-coinm/index.ts';
import { binanceUsdm } from './binance-usdm/index.ts';
import { bybit } from './bybit/index.ts';
import { okx } from './okx/index.ts';
import { venues } from './registry.ts';
import { mutations } from './testing/mutate.ts';
import type { Venue } from './venue.ts';

const recorded = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'), (_key, value) => (typeof value === 'number' ? String(value) : value));

const binanceAccount = { assets: [{ asset: 'USDT', walletBalance: '500', crossWalletBalance: '400' }] };
const bybitWallet = {
  retCode: '0',
  result: {
    list: [
      {
        accountType: 'UNIFIED',
        totalWalletBalance: '500',
        totalMarginBalance: '498.17',
        totalPerpUPL: '-1.83',
        totalMaintenanceMargin: '9',
        coin: [{ coin: 'USDT', walletBalance: '500', equity: '498.17', usdValue: '498.17' }],
      },
    ],
  },
};
const okxBalance = {
  code: '0',
  data: [{ adjEq: '900', uTime: '1744499648556', details: [{ ccy: 'ETH', eq: '0.5', eqUsd: '1250', disEq: '1125', isoEq: '0.0004' }] }],
};
const coinm = [
  {
    symbol: 'BTCUSD_PERP',
    positionAmt: '-100',
    entryPrice: '45000',
    markPrice: '44000',
    leverage: '10',
    marginType: 'isolated',
    isolatedWallet: '0.03',
    positionSide: 'BOTH',
  },
];

const RESPONSES: readonly [string, Venue, unknown][] = [
  ['binance positionRisk v2', binanceUsdm, recorded('./binance-usdm/vectors/position-risk-v2.json')],
  [
    'binance positionRisk v3 and account',
    binanceUsdm,
    { positionRisk: recorded('./binance-usdm/vectors/position-risk-v3.json'), account: binanceAccount },
  ],
  ['binance COIN-M', binanceCoinm, coinm],
  [
    'bybit position/list and wallet-balance',
    bybit,
    { positions: recorded('./bybit/vectors/position-list-2022.json'), wallet: bybitWallet },
  ],
  ['okx account/positions and account/balance', okx, { positions: recorded('./okx/vectors/positions-2021.json'), balance: okxBalance }],
];

describe('behavior: one wrong value never throws anything but a fault with a pointer', () => {
  for (const [name, venue, response] of RESPONSES) {
    it(name, () => {
      let read = 0;
      let refused = 0;
      fc.assert(
        fc.property(mutations(response), (damaged) => {
          try {
            const book = venue.parse!(damaged, { asOf: '2026-01-01T00:00:00Z' });
            for (const account of book.accounts) assessAccount(account, book, venues[account.venue]!.rules);
            read++;
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            expect(error.faults.length).toBeGreaterThan(0);
            refused++;
          }
        }),
        { numRuns: 400, seed: 7 },
      );
      expect(read).toBeGreaterThan(20);
      expect(refused).toBeGreaterThan(20);
    });
  }
});
