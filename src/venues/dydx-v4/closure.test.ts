/** CL-14 of docs/spec/closure.md against the chain's own tests (vectors/chain.json): fillable price and insurance fund delta on exact decimals. */
import { expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { sumPool } from '../../engine/margin/pool.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import { type Case, readPlainJson } from '../testing/cases.ts';
import { CODE_DEFAULTS, fillableLimit, fundDelta } from './closure.ts';
import { dydxV4Rules } from './rules.ts';

interface Row {
  readonly market: string;
  readonly oraclePrice: string;
  readonly atomicResolution: string;
  readonly baseQuantums: string;
  readonly imPpm: string;
  readonly maintFractionPpm: string;
}

const million = new Decimal(1_000_000);
const sizeOf = (row: Row, quantums: string): Decimal => new Decimal(quantums).times(new Decimal(10).pow(row.atomicResolution));

/** The subaccount of a case: entry prices of 0, so that the balance is the chain's quote balance. */
function viewOf({ input }: Case) {
  const rows = input.positions as readonly Row[];
  const instruments: Book['instruments'] = new Map(
    rows.map((row) => [
      row.market,
      {
        id: row.market,
        venue: 'dydx-v4',
        contract: 'linear',
        base: row.market,
        quote: 'USD',
        settle: 'USDC',
        contractSize: new Decimal(1),
        markPrice: new Decimal(row.oraclePrice),
        tiers: [
          {
            notionalFloor: new Decimal(0),
            maintenanceMarginRate: new Decimal(row.imPpm).times(row.maintFractionPpm).div(million).div(million),
          },
        ],
      },
    ]),
  );
  const account = {
    id: 'a',
    venue: 'dydx-v4',
    balances: [{ asset: 'USDC', amount: new Decimal(String(input.quoteQuantums)).div(million) }],
    positions: rows.map((row) => ({
      instrument: row.market,
      size: sizeOf(row, row.baseQuantums),
      entryPrice: new Decimal(0),
      marginMode: 'cross' as const,
    })),
  };
  const assets = new Map([['USDC', { symbol: 'USDC', price: new Decimal(1) }]]);
  const book: Book = { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments, assets, accounts: [account] };
  const pool = resolveAccount(account, book, dydxV4Rules).pools[0];
  const sums = pool && sumPool(pool);
  const leg = pool?.legs[Number(input.closeIndex ?? 0)];
  const row = rows[Number(input.closeIndex ?? 0)];
  if (!sums?.equity.ok || !sums.maintenanceMargin.ok || !leg || !row) throw new Error('a subaccount');
  return { leg, row, view: { equity: sums.equity.value, requirement: sums.maintenanceMargin.value } };
}

const cases = readPlainJson(new URL('./vectors/chain.json', import.meta.url)) as Case[];

it('CL-14: the fillable price of every case of the chain', () => {
  const chosen = cases.filter(({ formula }) => formula === 'dydx.chain.fillable');
  for (const item of chosen) {
    const { leg, row, view } = viewOf(item);
    const config = {
      ...CODE_DEFAULTS,
      bankruptcyAdjustment: new Decimal(String(item.input.bankruptcyAdjustmentPpm)).div(million),
      spreadToMaintenanceMargin: new Decimal(String(item.input.spreadToMaintenanceMarginRatioPpm)).div(million),
    };
    // Subticks per quantum: quote quantums of 1e-6 for base quantums of 10^resolution.
    const [top = '', bottom = '1'] = String(item.expected.fillableSubticksPerQuantum).split('/');
    const expected = new Decimal(top).div(bottom).div(million).div(new Decimal(10).pow(row.atomicResolution));
    expect(fillableLimit(leg, view, config).toSignificantDigits(30).toFixed(), item.id).toBe(expected.toSignificantDigits(30).toFixed());
  }
  expect(chosen.length).toBeGreaterThanOrEqual(8);
});

it('CL-14: what the insurance fund gets or gives in every case of the chain', () => {
  const chosen = cases.filter(({ formula }) => formula === 'dydx.chain.insuranceDelta');
  for (const item of chosen) {
    const { leg, row, view } = viewOf(item);
    const size = sizeOf(row, String(item.input.deltaQuantums)).abs();
    const price = new Decimal(String(item.input.fillQuoteQuantums)).abs().div(million).div(size);
    const config = { ...CODE_DEFAULTS, maxLiquidationFee: new Decimal(String(item.input.maxLiquidationFeePpm)).div(million) };
    const delta = fundDelta(leg, size, price, view, config, new Decimal('0.000001'));
    expect(delta.times(million).toFixed(), item.id).toBe(String(item.expected.insuranceFundDelta));
  }
  expect(chosen.length).toBeGreaterThanOrEqual(12);
});
